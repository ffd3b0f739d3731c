using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace MLTransfer.Features;

/// <summary>
/// The first 8 bytes of a SHA-256: chance makes a damaged record pass once in 2⁶⁴. The platform has no faster checksum without a further package, and for a vector of 384 numbers this takes
/// about as long as reading them from the disk's cache.
/// </summary>
internal static class SegmentChecksum
{
    public const int ByteCount = sizeof(ulong);

    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return MemoryMarshal.Read<ulong>(hash);
    }
}
