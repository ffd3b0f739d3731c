using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using Google.Protobuf;
using MLTransfer.Onnx.Internal;

namespace MLTransfer.Onnx.Graphs;

/// <summary>
/// Walks the fields of one protobuf message in memory. Google.Protobuf's CodedInputStream reads arrays and streams and copies every bytes field;
/// here a field stays where it lies, so that weights remain slices of the mapped file. Nothing is allocated by a length that the message itself does
/// not hold.
/// </summary>
/// <remarks>
/// Reference: protobuf.dev, "Encoding". Groups, which ONNX never uses, are refused: they are the one construct that nests without a length.
/// </remarks>
internal ref struct WireReader
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlyMemory<byte> _memory;
    private readonly ReadOnlySpan<byte> _span;
    private readonly ReadContext _context;
    private int _position;
    private int _fieldStart;

    public WireReader(ReadOnlyMemory<byte> message, ReadContext context)
    {
        _memory = message;
        _span = message.Span;
        _context = context;
    }

    /// <summary>Number of the current field.</summary>
    public int Field { get; private set; }

    /// <summary>How the current field is encoded.</summary>
    public WireFormat.WireType Type { get; private set; }

    /// <summary>Goes to the next field, whose value must then be read or skipped.</summary>
    public bool Next()
    {
        if (_position == _span.Length)
            return false;
        _fieldStart = _position;
        ulong tag = Varint();
        Field = (int)(tag >> 3);
        Type = (WireFormat.WireType)(tag & 7);
        if (tag > uint.MaxValue || Field == 0
            || Type is not (WireFormat.WireType.Varint or WireFormat.WireType.Fixed64 or WireFormat.WireType.LengthDelimited or WireFormat.WireType.Fixed32))
        {
            throw Throw.GraphDamaged(_context.Name, $"field {Field} has the impossible encoding {(int)Type}");
        }
        return true;
    }

    public long Int64()
    {
        Expect(WireFormat.WireType.Varint);
        return (long)Varint();
    }

    /// <summary>A 32-bit number or an enum: longer ones lose their upper half, as in every protobuf reader.</summary>
    public int Int32() => unchecked((int)Int64());

    public float Float()
    {
        Expect(WireFormat.WireType.Fixed32);
        return BinaryPrimitives.ReadSingleLittleEndian(Take(sizeof(float)).Span);
    }

    /// <summary>The bytes of a length-delimited field, not copied.</summary>
    public ReadOnlyMemory<byte> Bytes()
    {
        Expect(WireFormat.WireType.LengthDelimited);
        ulong length = Varint();
        return length <= int.MaxValue ? Take((int)length) : throw Throw.GraphTruncated(_context.Name, Field, length, _span.Length - _position);
    }

    public string Name() => Text(ReadContext.LongestName);

    public string Text(int longest)
    {
        ReadOnlyMemory<byte> bytes = Bytes();
        if (bytes.Length > longest)
            throw Throw.GraphBeyondLimit(_context.Name, "bytes in one name", bytes.Length, longest);
        try
        {
            return StrictUtf8.GetString(bytes.Span);
        }
        catch (DecoderFallbackException)
        {
            throw Throw.GraphDamaged(_context.Name, $"the text in field {Field} is not UTF-8");
        }
    }

    /// <summary>Adds the numbers of a repeated field, packed or not.</summary>
    public void Int64s(ImmutableArray<long>.Builder numbers, int limit)
    {
        if (Type != WireFormat.WireType.LengthDelimited)
        {
            numbers.Add(Int64());
        }
        else
        {
            int end = EnterPacked();
            while (_position < end)
            {
                if (numbers.Count >= limit)
                    break;
                numbers.Add((long)Varint());
            }
        }
        if (numbers.Count >= limit)
            throw Throw.GraphBeyondLimit(_context.Name, "numbers in one list", numbers.Count, limit);
    }

    /// <summary>Adds the numbers of a repeated field, packed or not.</summary>
    public void Floats(ImmutableArray<float>.Builder numbers, int limit)
    {
        if (Type != WireFormat.WireType.LengthDelimited)
        {
            numbers.Add(Float());
        }
        else
        {
            ReadOnlyMemory<byte> bytes = Bytes();
            if (bytes.Length % sizeof(float) != 0)
                throw Throw.GraphDamaged(_context.Name, $"field {Field} holds {bytes.Length} bytes, which are no whole 32-bit numbers");
            for (int i = 0; i < bytes.Length && numbers.Count < limit; i += sizeof(float))
                numbers.Add(BinaryPrimitives.ReadSingleLittleEndian(bytes.Span[i..]));
        }
        if (numbers.Count >= limit)
            throw Throw.GraphBeyondLimit(_context.Name, "numbers in one list", numbers.Count, limit);
    }

    public void Skip()
    {
        switch (Type)
        {
            case WireFormat.WireType.Varint:
                Varint();
                break;
            case WireFormat.WireType.Fixed32:
                Take(sizeof(uint));
                break;
            case WireFormat.WireType.Fixed64:
                Take(sizeof(ulong));
                break;
            default:
                Bytes();
                break;
        }
    }

    /// <summary>Skips the field and returns it whole, tag and all, so that it can be written back as it was.</summary>
    public ReadOnlyMemory<byte> Whole()
    {
        _context.CountName();
        Skip();
        return _memory[_fieldStart.._position];
    }

    private int EnterPacked()
    {
        int length = Bytes().Length;
        int end = _position;
        _position = end - length;
        return end;
    }

    private readonly void Expect(WireFormat.WireType type)
    {
        if (Type != type)
            throw Throw.GraphDamaged(_context.Name, $"field {Field} is encoded as {Type}, expected {type}");
    }

    private ReadOnlyMemory<byte> Take(int length)
    {
        if (length > _span.Length - _position)
            throw Throw.GraphTruncated(_context.Name, Field, (ulong)length, _span.Length - _position);
        ReadOnlyMemory<byte> bytes = _memory.Slice(_position, length);
        _position += length;
        return bytes;
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            if (_position == _span.Length)
                throw Throw.GraphTruncated(_context.Name, Field, 1, 0);
            byte next = _span[_position++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }
        throw Throw.GraphDamaged(_context.Name, $"a number after field {Field} has more than ten bytes");
    }
}
