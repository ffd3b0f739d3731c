using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace MLTransfer.Features;

/// <summary>
/// SHA-256 over everything a feature depends on: the step's fingerprint (graph bytes, output, pooling, preprocessing, provider, precision) and the row's content.
/// A cryptographic hash, so that no text can be made to receive another text's features.
/// </summary>
internal readonly record struct FeatureKey(ulong A, ulong B, ulong C, ulong D)
{
    public const int ByteCount = 32;

    /// <summary>Hashes a span that starts with the step's fingerprint and goes on with the content.</summary>
    public static FeatureKey Of(ReadOnlySpan<byte> fingerprintAndContent)
    {
        Span<ulong> words = stackalloc ulong[4];
        SHA256.HashData(fingerprintAndContent, MemoryMarshal.AsBytes(words));
        return new FeatureKey(words[0], words[1], words[2], words[3]);
    }

    /// <summary>Writes the 32 bytes of the key.</summary>
    public void CopyTo(Span<byte> destination) => MemoryMarshal.Write(destination, in this);

    /// <summary>Reads what <see cref="CopyTo"/> wrote.</summary>
    public static FeatureKey Read(ReadOnlySpan<byte> bytes) => MemoryMarshal.Read<FeatureKey>(bytes);

    // The words are already uniformly distributed; one of them is a perfect hash code.
    public override int GetHashCode() => A.GetHashCode();
}
