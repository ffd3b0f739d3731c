using System.Buffers.Binary;
using System.Text;

namespace MLTransfer.Tests.Audio;

/// <summary>Wav files as a test wants them, right and wrong, byte by byte.</summary>
internal sealed record WavFile
{
    private const int ExtensibleTag = 0xFFFE;
    private static readonly byte[] SubFormatTail = [0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x80, 0x00, 0x00, 0xAA, 0x00, 0x38, 0x9B, 0x71];

    /// <summary>1 for PCM, 3 for floats.</summary>
    public int Tag { get; init; } = 1;

    public int Bits { get; init; } = 16;

    public int Channels { get; init; } = 1;

    public long Rate { get; init; } = 16_000;

    /// <summary>What the header says of a block's size; what follows from bits and channels unless set.</summary>
    public int? BlockSize { get; init; }

    public bool IsExtensible { get; init; }

    /// <summary>The identifier that an extensible format ends with; that of PCM and floats unless set.</summary>
    public byte[] SubFormat { get; init; } = SubFormatTail;

    /// <summary>The bytes of the samples.</summary>
    public byte[] Data { get; init; } = [];

    /// <summary>What the header says of the data's size; the truth unless set.</summary>
    public uint? DataSize { get; init; }

    public bool HasFormat { get; init; } = true;

    public bool HasData { get; init; } = true;

    /// <summary>A chunk between format and data.</summary>
    public (string Id, byte[] Content)? Between { get; init; }

    /// <summary>A chunk behind the data.</summary>
    public (string Id, byte[] Content)? Behind { get; init; }

    public byte[] ToBytes()
    {
        var body = new List<byte>();
        body.AddRange("WAVE"u8);
        if (HasFormat)
            Chunk(body, "fmt ", Format());
        if (Between is { } between)
            Chunk(body, between.Id, between.Content);
        if (HasData)
            Chunk(body, "data", Data, DataSize);
        if (Behind is { } behind)
            Chunk(body, behind.Id, behind.Content);
        var file = new List<byte>();
        file.AddRange("RIFF"u8);
        file.AddRange(Little((uint)body.Count));
        file.AddRange(body);
        return [.. file];
    }

    /// <summary>Numbers of one kind, one after the other.</summary>
    public static byte[] Bytes<T>(int size, Action<byte[], T> write, params T[] values) => [.. values.SelectMany(v =>
    {
        byte[] bytes = new byte[size];
        write(bytes, v);
        return bytes;
    })];

    public static byte[] Int16(params short[] values) => Bytes<short>(2, (b, v) => BinaryPrimitives.WriteInt16LittleEndian(b, v), values);

    public static byte[] Int32(params int[] values) => Bytes<int>(4, (b, v) => BinaryPrimitives.WriteInt32LittleEndian(b, v), values);

    public static byte[] Single(params float[] values) => Bytes<float>(4, (b, v) => BinaryPrimitives.WriteSingleLittleEndian(b, v), values);

    public static byte[] Double(params double[] values) => Bytes<double>(8, (b, v) => BinaryPrimitives.WriteDoubleLittleEndian(b, v), values);

    private byte[] Format()
    {
        int block = BlockSize ?? Channels * Bits / 8;
        var format = new List<byte>();
        format.AddRange(Little((ushort)(IsExtensible ? ExtensibleTag : Tag)));
        format.AddRange(Little((ushort)Channels));
        format.AddRange(Little((uint)Rate));
        format.AddRange(Little((uint)(Rate * block)));
        format.AddRange(Little((ushort)block));
        format.AddRange(Little((ushort)Bits));
        if (IsExtensible)
        {
            format.AddRange(Little((ushort)22));
            format.AddRange(Little((ushort)Bits));
            format.AddRange(Little(0u));
            format.AddRange(Little((ushort)Tag));
            format.AddRange(SubFormat);
        }
        return [.. format];
    }

    private static void Chunk(List<byte> file, string id, byte[] content, uint? size = null)
    {
        file.AddRange(Encoding.ASCII.GetBytes(id));
        file.AddRange(Little(size ?? (uint)content.Length));
        file.AddRange(content);
        if (content.Length % 2 == 1)
            file.Add(0);
    }

    private static byte[] Little(uint value) => [(byte)value, (byte)(value >> 8), (byte)(value >> 16), (byte)(value >> 24)];

    private static byte[] Little(ushort value) => [(byte)value, (byte)(value >> 8)];
}
