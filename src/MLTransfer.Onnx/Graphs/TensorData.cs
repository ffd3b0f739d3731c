using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Google.Protobuf;
using MLTransfer.Onnx.Internal;

namespace MLTransfer.Onnx.Graphs;

/// <summary>The numbers of a tensor, from the five ways in which a file can store them.</summary>
internal static class TensorData
{
    private static readonly ReadContext Anonymous = new("a graph made here", folder: null);

    /// <summary>Bytes that the element type and the dimensions ask for.</summary>
    public static long ExpectedBytes(OnnxTensor tensor)
    {
        int bits = tensor.ElementType.Bits();
        if (bits == 0)
            throw Throw.TensorType(tensor.OriginName, tensor.Name, tensor.ElementType, "numbers");
        UInt128 bytes = ((UInt128)(ulong)tensor.ElementCount * (uint)bits + 7) / 8;
        return bytes <= long.MaxValue ? (long)bytes : throw Throw.TensorTooLarge(tensor.OriginName, tensor.Name, tensor.Dimensions);
    }

    /// <summary>Compares what is stored in the file with what the dimensions ask for. Reads no external file and allocates nothing.</summary>
    public static void CheckSize(OnnxTensor tensor)
    {
        if (tensor.External is not null)
            return;
        long expected;
        long found;
        if (tensor.ElementType == OnnxElementType.String)
        {
            expected = tensor.ElementCount;
            found = tensor.RawData is null ? CountTyped(tensor) : throw Throw.TensorType(tensor.OriginName, tensor.Name, tensor.ElementType, "no raw data");
        }
        else if (tensor.RawData is ReadOnlyMemory<byte> raw)
        {
            if (!tensor.TypedFields.IsEmpty && (raw.Length > 0 || CountTyped(tensor) > 0))
                throw Throw.GraphDamaged(tensor.OriginName, $"tensor '{tensor.Name}' has its data twice, raw and number by number");
            expected = ExpectedBytes(tensor);
            found = raw.Length;
        }
        else
        {
            expected = ExpectedBytes(tensor) / BytesPerTyped(tensor.ElementType);
            found = CountTyped(tensor);
            // Half-byte numbers stand in int32_data in pairs in some writers, one by one in others.
            if (tensor.ElementType.Bits() < 8 && found == tensor.ElementCount)
                return;
        }
        if (expected != found)
            throw Throw.TensorSize(tensor.OriginName, tensor.Name, tensor.ElementType, tensor.Dimensions, expected, found);
    }

    public static ReadOnlyMemory<byte> Load(OnnxTensor tensor)
    {
        if (tensor.External is not null)
            return ExternalFiles.Load(tensor);
        CheckSize(tensor);
        if (tensor.RawData is ReadOnlyMemory<byte> raw)
            return raw;
        long bytes = ExpectedBytes(tensor);
        if (bytes > Array.MaxLength || tensor.ElementType.Bits() < 8)
            throw Throw.TensorType(tensor.OriginName, tensor.Name, tensor.ElementType, "at most 2 GB of whole bytes");
        byte[] loaded = new byte[bytes];
        FillTyped(tensor, loaded);
        return loaded;
    }

    public static float[] ToFloats(OnnxTensor tensor)
    {
        ReadOnlySpan<byte> bytes = tensor.ToBytes().Span;
        float[] floats = new float[tensor.ElementCount];
        switch (tensor.ElementType)
        {
            case OnnxElementType.Float: MemoryMarshal.Cast<byte, float>(bytes).CopyTo(floats); break;
            case OnnxElementType.Double: Convert(MemoryMarshal.Cast<byte, double>(bytes), floats); break;
            case OnnxElementType.Float16: TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(bytes), floats); break;
            case OnnxElementType.BFloat16:
                ReadOnlySpan<ushort> upperHalves = MemoryMarshal.Cast<byte, ushort>(bytes);
                for (int i = 0; i < floats.Length; i++)
                    floats[i] = BitConverter.UInt32BitsToSingle((uint)upperHalves[i] << 16);
                break;
            case OnnxElementType.Int8: Convert(MemoryMarshal.Cast<byte, sbyte>(bytes), floats); break;
            case OnnxElementType.UInt8 or OnnxElementType.Bool: Convert(bytes, floats); break;
            case OnnxElementType.Int16: Convert(MemoryMarshal.Cast<byte, short>(bytes), floats); break;
            case OnnxElementType.UInt16: Convert(MemoryMarshal.Cast<byte, ushort>(bytes), floats); break;
            case OnnxElementType.Int32: Convert(MemoryMarshal.Cast<byte, int>(bytes), floats); break;
            case OnnxElementType.UInt32: Convert(MemoryMarshal.Cast<byte, uint>(bytes), floats); break;
            case OnnxElementType.Int64: Convert(MemoryMarshal.Cast<byte, long>(bytes), floats); break;
            case OnnxElementType.UInt64: Convert(MemoryMarshal.Cast<byte, ulong>(bytes), floats); break;
            default: throw Throw.TensorType(tensor.OriginName, tensor.Name, tensor.ElementType, "numbers that fit float");
        }
        return floats;
    }

    public static long[] ToInt64s(OnnxTensor tensor)
    {
        ReadOnlySpan<byte> bytes = tensor.ToBytes().Span;
        long[] integers = new long[tensor.ElementCount];
        switch (tensor.ElementType)
        {
            case OnnxElementType.Int64: MemoryMarshal.Cast<byte, long>(bytes).CopyTo(integers); break;
            case OnnxElementType.Int8: Convert(MemoryMarshal.Cast<byte, sbyte>(bytes), integers); break;
            case OnnxElementType.UInt8 or OnnxElementType.Bool: Convert(bytes, integers); break;
            case OnnxElementType.Int16: Convert(MemoryMarshal.Cast<byte, short>(bytes), integers); break;
            case OnnxElementType.UInt16: Convert(MemoryMarshal.Cast<byte, ushort>(bytes), integers); break;
            case OnnxElementType.Int32: Convert(MemoryMarshal.Cast<byte, int>(bytes), integers); break;
            case OnnxElementType.UInt32: Convert(MemoryMarshal.Cast<byte, uint>(bytes), integers); break;
            case OnnxElementType.UInt64: TensorPrimitives.ConvertChecked(MemoryMarshal.Cast<byte, ulong>(bytes), integers.AsSpan()); break;
            default: throw Throw.TensorType(tensor.OriginName, tensor.Name, tensor.ElementType, "integers");
        }
        return integers;
    }

    public static void CopyTypedFields(OnnxTensor tensor, WireWriter writer)
    {
        var reader = new WireReader(tensor.TypedFields, tensor.Origin ?? Anonymous);
        while (reader.Next())
        {
            if (reader.Field is 4 or 5 or 6 or 7 or 10 or 11)
                writer.Raw(reader.Whole());
            else
                reader.Skip();
        }
    }

    private static void Convert<TFrom, TTo>(ReadOnlySpan<TFrom> from, TTo[] to)
        where TFrom : System.Numerics.INumberBase<TFrom> where TTo : System.Numerics.INumberBase<TTo> =>
        TensorPrimitives.ConvertTruncating(from, to.AsSpan());

    /// <summary>The field of TensorProto that holds numbers of a type one by one.</summary>
    private static int TypedField(OnnxElementType type) => type switch
    {
        OnnxElementType.Float or OnnxElementType.Complex64 => 4,
        OnnxElementType.String => 6,
        OnnxElementType.Int64 => 7,
        OnnxElementType.Double or OnnxElementType.Complex128 => 10,
        OnnxElementType.UInt32 or OnnxElementType.UInt64 => 11,
        _ => 5,
    };

    /// <summary>Bytes of the tensor that one stored number stands for.</summary>
    private static int BytesPerTyped(OnnxElementType type) => type switch
    {
        OnnxElementType.Complex64 or OnnxElementType.Complex128 => type.Bits() / 16,
        _ => Math.Max(type.Bits() / 8, 1),
    };

    private static long CountTyped(OnnxTensor tensor)
    {
        int field = TypedField(tensor.ElementType);
        int width = field switch { 4 => sizeof(float), 10 => sizeof(double), _ => 0 };
        long count = 0;
        var reader = new WireReader(tensor.TypedFields, tensor.Origin ?? Anonymous);
        while (reader.Next())
        {
            if (reader.Field != field || reader.Type != WireFormat.WireType.LengthDelimited || field == 6)
            {
                count += reader.Field == field ? 1 : 0;
                reader.Skip();
                continue;
            }
            ReadOnlySpan<byte> packed = reader.Bytes().Span;
            if (width > 0 ? packed.Length % width != 0 : packed.Length > 0 && packed[^1] >= 0x80)
                throw Throw.GraphDamaged(tensor.OriginName, $"tensor '{tensor.Name}' ends inside a number");
            // Each varint has one last byte, and only that is below 128.
            count += width > 0 ? packed.Length / width : packed.Length - CountContinued(packed);
        }
        return count;
    }

    private static int CountContinued(ReadOnlySpan<byte> varints)
    {
        int continued = 0;
        foreach (byte b in varints)
            continued += b >> 7;
        return continued;
    }

    private static void FillTyped(OnnxTensor tensor, Span<byte> destination)
    {
        int field = TypedField(tensor.ElementType);
        int size = BytesPerTyped(tensor.ElementType);
        var numbers = ImmutableArray.CreateBuilder<long>(0);
        var reader = new WireReader(tensor.TypedFields, tensor.Origin ?? Anonymous);
        int position = 0;
        while (reader.Next())
        {
            if (reader.Field != field)
            {
                reader.Skip();
            }
            else if (field is 4 or 10)
            {
                ReadOnlySpan<byte> bytes = reader.Type == WireFormat.WireType.LengthDelimited ? reader.Bytes().Span : reader.Whole().Span[^size..];
                bytes.CopyTo(destination[position..]);
                position += bytes.Length;
            }
            else
            {
                numbers.Clear();
                reader.Int64s(numbers, int.MaxValue);
                foreach (long number in numbers)
                {
                    WriteInteger(destination.Slice(position, size), number);
                    position += size;
                }
            }
        }
    }

    private static void WriteInteger(Span<byte> destination, long number)
    {
        switch (destination.Length)
        {
            case 1: destination[0] = unchecked((byte)number); break;
            case 2: BinaryPrimitives.WriteUInt16LittleEndian(destination, unchecked((ushort)number)); break;
            case 4: BinaryPrimitives.WriteUInt32LittleEndian(destination, unchecked((uint)number)); break;
            default: BinaryPrimitives.WriteInt64LittleEndian(destination, number); break;
        }
    }
}
