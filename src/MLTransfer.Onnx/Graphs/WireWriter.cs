using Google.Protobuf;

namespace MLTransfer.Onnx.Graphs;

/// <summary>
/// Writes protobuf fields through <see cref="CodedOutputStream"/>, or only counts their bytes: a message is preceded by its length.
/// </summary>
internal sealed class WireWriter : IDisposable
{
    private const int BufferSize = 1 << 16;

    private readonly CodedOutputStream? _output;
    private readonly Stream? _stream;
    private long _count;

    private WireWriter()
    {
    }

    private WireWriter(Stream stream)
    {
        _stream = stream;
        _output = new CodedOutputStream(stream, BufferSize, leaveOpen: true);
    }

    public static long Measure(WireRecord record)
    {
        if (record.Wire is ReadOnlyMemory<byte> wire)
            return wire.Length;
        using var counter = new WireWriter();
        record.WriteFields(counter);
        return counter._count;
    }

    public static void Write(WireRecord record, Stream stream)
    {
        using var writer = new WireWriter(stream);
        writer.Record(record);
    }

    /// <summary>Writes what is buffered; the stream stays open.</summary>
    public void Dispose() => _output?.Dispose();

    public void Int64(int field, long value)
    {
        Tag(field, WireFormat.WireType.Varint);
        _count += CodedOutputStream.ComputeInt64Size(value);
        _output?.WriteInt64(value);
    }

    public void Float(int field, float value)
    {
        Tag(field, WireFormat.WireType.Fixed32);
        _count += CodedOutputStream.ComputeFloatSize(value);
        _output?.WriteFloat(value);
    }

    public void Text(int field, string value)
    {
        Tag(field, WireFormat.WireType.LengthDelimited);
        _count += CodedOutputStream.ComputeStringSize(value);
        _output?.WriteString(value);
    }

    /// <summary>A text that is left out where it is empty, as an optional field is.</summary>
    public void OptionalText(int field, string value)
    {
        if (value.Length > 0)
            Text(field, value);
    }

    public void Texts(int field, IEnumerable<string> values)
    {
        foreach (string value in values)
            Text(field, value);
    }

    public void Bytes(int field, ReadOnlyMemory<byte> value)
    {
        Tag(field, WireFormat.WireType.LengthDelimited);
        Length(value.Length);
        Raw(value);
    }

    public void Int64s(int field, ReadOnlySpan<long> values)
    {
        foreach (long value in values)
            Int64(field, value);
    }

    public void Floats(int field, ReadOnlySpan<float> values)
    {
        foreach (float value in values)
            Float(field, value);
    }

    public void Message(int field, WireRecord record)
    {
        Tag(field, WireFormat.WireType.LengthDelimited);
        Length(checked((int)Measure(record)));
        Record(record);
    }

    public void Messages(int field, IEnumerable<WireRecord> records)
    {
        foreach (WireRecord record in records)
            Message(field, record);
    }

    public void Message<T>(int field, Action<WireWriter, T> write, T content)
    {
        using var counter = new WireWriter();
        write(counter, content);
        Tag(field, WireFormat.WireType.LengthDelimited);
        Length(checked((int)counter._count));
        write(this, content);
    }

    public void Pairs(int field, IEnumerable<KeyValuePair<string, string>> pairs)
    {
        foreach (KeyValuePair<string, string> pair in pairs)
        {
            Message(field, static (w, p) =>
            {
                w.Text(1, p.Key);
                w.Text(2, p.Value);
            }, pair);
        }
    }

    /// <summary>Fields as they were read, tag and all.</summary>
    public void Raw(ReadOnlyMemory<byte> fields)
    {
        _count += fields.Length;
        if (_output is null)
            return;
        // CodedOutputStream offers no way to write bytes without a length.
        _output.Flush();
        _stream!.Write(fields.Span);
    }

    private void Record(WireRecord record)
    {
        if (record.Wire is ReadOnlyMemory<byte> wire)
            Raw(wire);
        else
            record.WriteFields(this);
    }

    private void Tag(int field, WireFormat.WireType type)
    {
        _count += CodedOutputStream.ComputeTagSize(field);
        _output?.WriteTag(field, type);
    }

    private void Length(int length)
    {
        _count += CodedOutputStream.ComputeLengthSize(length);
        _output?.WriteLength(length);
    }
}
