using System.Buffers.Binary;
using MLTransfer.Internal;

namespace MLTransfer.Features;

/// <summary>
/// The first 52 bytes of a segment: magic (8), version (4), fingerprint of the store (32), checksum of these (8). Little-endian. This layout is the same in every version, so that damage, a newer
/// version and another store's file are told apart.
/// </summary>
internal static class SegmentHeader
{
    public const int ByteCount = ChecksumStart + SegmentChecksum.ByteCount;
    public const int Version = 1;

    private const int VersionStart = 8;
    private const int FingerprintStart = VersionStart + sizeof(int);
    private const int FingerprintLength = 32;
    private const int ChecksumStart = FingerprintStart + FingerprintLength;

    private static ReadOnlySpan<byte> Magic => "MLTFEA\r\n"u8;

    /// <summary>Writes the header of a segment of the store with this fingerprint, 64 hexadecimal digits.</summary>
    public static void Write(Span<byte> header, string fingerprint, int version = Version)
    {
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[VersionStart..], version);
        Convert.FromHexString(fingerprint).CopyTo(header[FingerprintStart..]);
        BinaryPrimitives.WriteUInt64LittleEndian(header[ChecksumStart..], SegmentChecksum.Of(header[..ChecksumStart]));
    }

    /// <summary>Whether these bytes are a header of this version and store; false where they are damaged or something else.</summary>
    /// <exception cref="InvalidDataException">A whole header, of another version or another store.</exception>
    public static bool Check(ReadOnlySpan<byte> header, string path, string fingerprint)
    {
        if (!header.StartsWith(Magic) || BinaryPrimitives.ReadUInt64LittleEndian(header[ChecksumStart..]) != SegmentChecksum.Of(header[..ChecksumStart]))
            return false;
        int version = BinaryPrimitives.ReadInt32LittleEndian(header[VersionStart..]);
        if (version != Version)
            throw Throw.SegmentVersion(path, version, Version);
        string found = Convert.ToHexString(header.Slice(FingerprintStart, FingerprintLength));
        if (!found.Equals(fingerprint, StringComparison.OrdinalIgnoreCase))
            throw Throw.SegmentOfAnotherStore(path, fingerprint, found);
        return true;
    }
}
