using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace MLTransfer.Features;

/// <summary>
/// One row in a segment. Head (52 bytes): key (32), bytes of the payload (4), checksum of the payload (8), checksum of the head (8). Payload: number of blocks (4), then for each block whether it
/// is float16 (1), its tokens or −1 (4), its numbers (4) and the numbers themselves. Little-endian. The head has a checksum of its own so that a scan needs not read payloads to find its way.
/// </summary>
internal static class FeatureRecord
{
    public const int HeadLength = HeadChecksumStart + SegmentChecksum.ByteCount;

    private const int LengthStart = FeatureKey.ByteCount;
    private const int PayloadChecksumStart = LengthStart + sizeof(int);
    private const int HeadChecksumStart = PayloadChecksumStart + SegmentChecksum.ByteCount;
    private const int BlockHeadLength = 1 + sizeof(int) + sizeof(int);
    private const int NoTokens = -1;

    /// <summary>Bytes of a row's record.</summary>
    public static long LengthOf(FeatureBlock[] blocks)
    {
        long length = HeadLength + sizeof(int);
        foreach (FeatureBlock block in blocks)
            length += BlockHeadLength + block.ByteCount;
        return length;
    }

    /// <summary>Fills a span of <see cref="LengthOf"/> bytes.</summary>
    public static void Write(in FeatureKey key, FeatureBlock[] blocks, Span<byte> record)
    {
        Span<byte> payload = record[HeadLength..];
        BinaryPrimitives.WriteInt32LittleEndian(payload, blocks.Length);
        int at = sizeof(int);
        foreach (FeatureBlock block in blocks)
        {
            payload[at] = block.IsHalf ? (byte)1 : (byte)0;
            BinaryPrimitives.WriteInt32LittleEndian(payload[(at + 1)..], block.TokenCount ?? NoTokens);
            BinaryPrimitives.WriteInt32LittleEndian(payload[(at + 1 + sizeof(int))..], block.Length);
            at += BlockHeadLength;
            block.Bytes.CopyTo(payload[at..]);
            at += (int)block.ByteCount;
        }
        key.CopyTo(record);
        BinaryPrimitives.WriteInt32LittleEndian(record[LengthStart..], payload.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(record[PayloadChecksumStart..], SegmentChecksum.Of(payload));
        BinaryPrimitives.WriteUInt64LittleEndian(record[HeadChecksumStart..], SegmentChecksum.Of(record[..HeadChecksumStart]));
    }

    /// <summary>Reads the key and the length of the whole record from its head; false where the head is damaged.</summary>
    public static bool TryReadHead(ReadOnlySpan<byte> head, out FeatureKey key, out long length)
    {
        key = FeatureKey.Read(head);
        length = HeadLength + (long)BinaryPrimitives.ReadInt32LittleEndian(head[LengthStart..]);
        return BinaryPrimitives.ReadUInt64LittleEndian(head[HeadChecksumStart..]) == SegmentChecksum.Of(head[..HeadChecksumStart]) && length >= HeadLength + sizeof(int);
    }

    /// <summary>Reads a whole record; false where it is damaged or belongs to another key.</summary>
    public static bool TryRead(ReadOnlySpan<byte> record, in FeatureKey key, [NotNullWhen(true)] out FeatureBlock[]? blocks)
    {
        blocks = null;
        if (!TryReadHead(record, out FeatureKey found, out long length) || found != key || length != record.Length)
            return false;
        ReadOnlySpan<byte> payload = record[HeadLength..];
        if (BinaryPrimitives.ReadUInt64LittleEndian(record[PayloadChecksumStart..]) != SegmentChecksum.Of(payload))
            return false;
        var read = new FeatureBlock[BinaryPrimitives.ReadInt32LittleEndian(payload)];
        payload = payload[sizeof(int)..];
        for (int i = 0; i < read.Length; i++)
            read[i] = ReadBlock(ref payload);
        blocks = read;
        return true;
    }

    private static FeatureBlock ReadBlock(ref ReadOnlySpan<byte> payload)
    {
        bool isHalf = payload[0] != 0;
        int tokens = BinaryPrimitives.ReadInt32LittleEndian(payload[1..]);
        int length = BinaryPrimitives.ReadInt32LittleEndian(payload[(1 + sizeof(int))..]);
        payload = payload[BlockHeadLength..];
        int? tokenCount = tokens == NoTokens ? null : tokens;
        return isHalf ? new FeatureBlock(Take<Half>(ref payload, length), tokenCount) : new FeatureBlock(Take<float>(ref payload, length), tokenCount);
    }

    private static T[] Take<T>(ref ReadOnlySpan<byte> payload, int count)
        where T : unmanaged
    {
        T[] values = new T[count];
        Span<byte> bytes = MemoryMarshal.AsBytes(values.AsSpan());
        payload[..bytes.Length].CopyTo(bytes);
        payload = payload[bytes.Length..];
        return values;
    }
}
