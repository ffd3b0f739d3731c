using System.Collections.Immutable;
using System.Runtime.InteropServices;
using MLTransfer.Onnx.Internal;

namespace MLTransfer.Onnx.Graphs;

/// <summary>
/// A constant of a graph. Its numbers stay in the mapped file, or in the file beside it, until one of the methods here is called; those work until
/// the model that the tensor was read from is disposed.
/// </summary>
internal sealed record OnnxTensor : WireRecord
{
    public string Name { get; init { field = value; Wire = null; } } = "";

    public OnnxElementType ElementType { get; init { field = value; Wire = null; } }

    public ImmutableArray<long> Dimensions { get; init { field = value; Wire = null; } } = [];

    /// <summary>
    /// The numbers in little-endian order; null where they are stored one by one (<c>float_data</c> and its kin) or in another file.
    /// </summary>
    public ReadOnlyMemory<byte>? RawData { get; init { field = value; Wire = null; } }

    /// <summary>Where the numbers lie if not in this file.</summary>
    public ExternalData? External { get; init { field = value; Wire = null; } }

    /// <summary>The numbers stored one by one: fields 4, 5, 6, 7, 10 and 11 as they were read, among others.</summary>
    internal ReadOnlyMemory<byte> TypedFields { get; init { field = value; Wire = null; } }

    /// <summary>For messages and for the folder of external data.</summary>
    internal ReadContext? Origin { get; init { field = value; Wire = null; } }

    /// <summary>How many numbers the dimensions ask for.</summary>
    /// <exception cref="InvalidDataException">More than 2^63.</exception>
    public long ElementCount
    {
        get
        {
            long count = 1;
            bool overflows = false;
            foreach (long dimension in Dimensions)
            {
                // A zero anywhere makes an empty tensor, however large the others are.
                if (dimension == 0)
                    return 0;
                overflows |= Math.BigMul(count, dimension, out count) != 0 || count < 0;
            }
            return overflows ? throw Throw.TensorTooLarge(OriginName, Name, Dimensions) : count;
        }
    }

    internal string OriginName => Origin?.Name ?? "a graph made here";

    /// <summary>A tensor of numbers made here, stored raw.</summary>
    public static OnnxTensor Of<T>(string name, OnnxElementType type, ReadOnlySpan<T> values, params ReadOnlySpan<long> dimensions) where T : unmanaged =>
        new() { Name = name, ElementType = type, Dimensions = [.. dimensions], RawData = MemoryMarshal.AsBytes(values).ToArray() };

    public static OnnxTensor Of(string name, ReadOnlySpan<float> values, params ReadOnlySpan<long> dimensions) =>
        Of(name, OnnxElementType.Float, values, dimensions);

    public static OnnxTensor Of(string name, ReadOnlySpan<long> values, params ReadOnlySpan<long> dimensions) =>
        Of(name, OnnxElementType.Int64, values, dimensions);

    /// <summary>The numbers in little-endian order, wherever they are stored.</summary>
    /// <exception cref="InvalidDataException">There are not as many as the dimensions say, or the external file is not where it must be.</exception>
    public ReadOnlyMemory<byte> ToBytes() => TensorData.Load(this);

    /// <summary>The numbers as float: reals, integers and truth values alike.</summary>
    /// <exception cref="InvalidDataException">As <see cref="ToBytes"/>, or the element type is none of those.</exception>
    public float[] ToFloats() => TensorData.ToFloats(this);

    /// <summary>The numbers as long: integers and truth values.</summary>
    /// <exception cref="InvalidDataException">As <see cref="ToBytes"/>, or the element type is none of those.</exception>
    public long[] ToInt64s() => TensorData.ToInt64s(this);

    internal static OnnxTensor Read(ReadOnlyMemory<byte> message, ReadContext context)
    {
        context.CountRecord();
        string name = "";
        OnnxElementType type = OnnxElementType.Undefined;
        var dimensions = ImmutableArray.CreateBuilder<long>(0);
        ReadOnlyMemory<byte>? raw = null;
        bool external = false;
        bool typed = false;
        var location = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>(0);
        var others = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>(0);
        var reader = new WireReader(message, context);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: reader.Int64s(dimensions, ReadContext.LargestRank); break;
                case 2: type = (OnnxElementType)reader.Int32(); break;
                case 8: name = reader.Name(); break;
                case 9: raw = reader.Bytes(); break;
                case 13: location.Add(ReadPair(reader.Bytes(), context)); break;
                case 14:
                    // Protobuf passes over a number that its enum does not have and keeps what stood before; so nobody may write one.
                    int place = reader.Int32();
                    external = place is 0 or 1 ? place == 1 : throw Throw.GraphDamaged(context.Name, $"tensor '{name}' has the unknown data location {place}");
                    break;
                case 4 or 5 or 6 or 7 or 10 or 11:
                    reader.Skip();
                    typed = true;
                    break;
                default: others.Add(reader.Whole()); break;
            }
        }
        foreach (long dimension in dimensions)
        {
            if (dimension < 0)
                throw Throw.GraphDamaged(context.Name, $"tensor '{name}' has a dimension of {dimension}");
        }
        if (external && (typed || raw is { Length: > 0 }))
            throw Throw.GraphDamaged(context.Name, $"tensor '{name}' has its data both here and in another file");
        return new OnnxTensor
        {
            Name = name,
            ElementType = type,
            Dimensions = dimensions.ToImmutable(),
            RawData = external ? null : raw,
            External = external ? ExternalData.From(location.ToImmutable(), name, context) : null,
            TypedFields = typed ? message : default,
            OtherFields = others.ToImmutable(),
            Origin = context,
            Wire = message,
        };
    }

    internal override void WriteFields(WireWriter writer)
    {
        writer.Int64s(1, Dimensions.AsSpan());
        writer.Int64(2, (long)ElementType);
        if (RawData is null && !TypedFields.IsEmpty)
            TensorData.CopyTypedFields(this, writer);
        writer.OptionalText(8, Name);
        if (RawData is ReadOnlyMemory<byte> raw)
            writer.Bytes(9, raw);
        if (External is not null)
        {
            writer.Pairs(13, External.ToPairs());
            writer.Int64(14, 1);
        }
        WriteOtherFields(writer);
    }
}
