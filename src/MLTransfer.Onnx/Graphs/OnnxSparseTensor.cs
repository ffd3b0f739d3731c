using System.Collections.Immutable;

namespace MLTransfer.Onnx.Graphs;

/// <summary>A constant stored as its non-zero numbers and their places. Kept and checked; nothing here computes with it.</summary>
internal sealed record OnnxSparseTensor : WireRecord
{
    public OnnxTensor? Values { get; init { field = value; Wire = null; } }

    public OnnxTensor? Indices { get; init { field = value; Wire = null; } }

    public ImmutableArray<long> Dimensions { get; init { field = value; Wire = null; } } = [];

    internal static OnnxSparseTensor Read(ReadOnlyMemory<byte> message, ReadContext context)
    {
        OnnxTensor? values = null;
        OnnxTensor? indices = null;
        var dimensions = ImmutableArray.CreateBuilder<long>(0);
        var others = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>(0);
        var reader = new WireReader(message, context);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    context.Once(values, "the values of a sparse tensor");
                    values = OnnxTensor.Read(reader.Bytes(), context);
                    break;
                case 2:
                    context.Once(indices, "the indices of a sparse tensor");
                    indices = OnnxTensor.Read(reader.Bytes(), context);
                    break;
                case 3: reader.Int64s(dimensions, ReadContext.LargestRank); break;
                default: others.Add(reader.Whole()); break;
            }
        }
        return new OnnxSparseTensor
        {
            Values = values,
            Indices = indices,
            Dimensions = dimensions.ToImmutable(),
            OtherFields = others.ToImmutable(),
            Wire = message,
        };
    }

    internal override void WriteFields(WireWriter writer)
    {
        if (Values is not null)
            writer.Message(1, Values);
        if (Indices is not null)
            writer.Message(2, Indices);
        writer.Int64s(3, Dimensions.AsSpan());
        WriteOtherFields(writer);
    }
}
