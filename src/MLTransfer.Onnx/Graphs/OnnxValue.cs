using System.Collections.Immutable;

namespace MLTransfer.Onnx.Graphs;

/// <summary>An input, output or inner value of a graph. Holds no part of the file, so it stays valid after its model is disposed.</summary>
internal sealed record OnnxValue : WireRecord
{
    public string Name { get; init { field = value; Wire = null; } } = "";

    /// <summary>The tensor's element type; <see cref="OnnxElementType.Undefined"/> where none is stated, or where the value is no tensor.</summary>
    public OnnxElementType ElementType { get; init { field = value; Wire = null; _type = null; } }

    /// <summary>The axes; empty for a scalar and where the rank is unknown.</summary>
    public ImmutableArray<OnnxDimension> Dimensions { get; init { field = value; Wire = null; _type = null; } } = [];

    /// <summary>Whether <see cref="Dimensions"/> is known at all.</summary>
    public bool IsRankKnown { get; init { field = value; Wire = null; _type = null; } } = true;

    // A type as it was read: of sequences, maps and optionals nothing more is known here.
    private ReadOnlyMemory<byte>? _type;

    internal static OnnxValue Read(ReadOnlyMemory<byte> message, ReadContext context)
    {
        context.CountRecord();
        message = message.ToArray();
        string name = "";
        ReadOnlyMemory<byte>? type = null;
        var others = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>(0);
        var reader = new WireReader(message, context);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: name = reader.Name(); break;
                case 2:
                    context.Once(type, "the type of a value");
                    type = reader.Bytes();
                    break;
                default: others.Add(reader.Whole()); break;
            }
        }
        (OnnxElementType element, ImmutableArray<OnnxDimension>? dimensions) = type is null ? default : ReadType(type.Value, context);
        return new OnnxValue
        {
            Name = name,
            ElementType = element,
            Dimensions = dimensions ?? [],
            IsRankKnown = dimensions is not null,
            OtherFields = others.ToImmutable(),
            _type = type,
            Wire = message,
        };
    }

    /// <summary>Reads a type, and walks the types inside it to see that they do not nest without end.</summary>
    internal static (OnnxElementType Element, ImmutableArray<OnnxDimension>? Dimensions) ReadType(ReadOnlyMemory<byte> message, ReadContext context)
    {
        context.EnterType();
        (OnnxElementType, ImmutableArray<OnnxDimension>?)? tensor = null;
        var reader = new WireReader(message, context);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    context.Once(tensor, "the tensor type of a value");
                    tensor = ReadTensorType(reader.Bytes(), context);
                    break;
                case 4 or 9:
                    ReadInner(reader.Bytes(), 1, context);
                    break;
                case 5:
                    ReadInner(reader.Bytes(), 2, context);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        context.LeaveType();
        return tensor ?? default;
    }

    internal override void WriteFields(WireWriter writer)
    {
        writer.Text(1, Name);
        if (_type is ReadOnlyMemory<byte> type)
            writer.Bytes(2, type);
        else if (ElementType != OnnxElementType.Undefined || Dimensions.Length > 0)
            writer.Message(2, static (w, v) => w.Message(1, static (w, v) => v.WriteTensorType(w), v), this);
        WriteOtherFields(writer);
    }

    private static void ReadInner(ReadOnlyMemory<byte> message, int field, ReadContext context)
    {
        var reader = new WireReader(message, context);
        while (reader.Next())
        {
            if (reader.Field == field && reader.Type == Google.Protobuf.WireFormat.WireType.LengthDelimited)
                ReadType(reader.Bytes(), context);
            else
                reader.Skip();
        }
    }

    private static (OnnxElementType, ImmutableArray<OnnxDimension>?) ReadTensorType(ReadOnlyMemory<byte> message, ReadContext context)
    {
        OnnxElementType element = OnnxElementType.Undefined;
        ImmutableArray<OnnxDimension>.Builder? dimensions = null;
        var reader = new WireReader(message, context);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: element = (OnnxElementType)reader.Int32(); break;
                case 2:
                    context.Once(dimensions, "the shape of a value");
                    dimensions = ImmutableArray.CreateBuilder<OnnxDimension>(0);
                    ReadShape(reader.Bytes(), dimensions, context);
                    break;
                default: reader.Skip(); break;
            }
        }
        return (element, dimensions?.ToImmutable());
    }

    private static void ReadShape(ReadOnlyMemory<byte> message, ImmutableArray<OnnxDimension>.Builder dimensions, ReadContext context)
    {
        var reader = new WireReader(message, context);
        while (reader.Next())
        {
            if (reader.Field != 1)
            {
                reader.Skip();
                continue;
            }
            if (dimensions.Count == ReadContext.LargestRank)
                throw Internal.Throw.GraphBeyondLimit(context.Name, "axes of a value", dimensions.Count + 1, ReadContext.LargestRank);
            dimensions.Add(OnnxDimension.Read(reader.Bytes(), context));
        }
    }

    private void WriteTensorType(WireWriter writer)
    {
        writer.Int64(1, (long)ElementType);
        if (!IsRankKnown)
            return;
        writer.Message(2, static (w, v) =>
        {
            foreach (OnnxDimension dimension in v.Dimensions)
                dimension.Write(w, 1);
        }, this);
    }
}
