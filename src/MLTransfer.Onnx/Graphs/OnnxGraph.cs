using System.Collections.Immutable;

namespace MLTransfer.Onnx.Graphs;

/// <summary>Nodes in the order they run, with what goes in, what comes out, and the constants.</summary>
internal sealed record OnnxGraph : WireRecord
{
    public string Name { get; init { field = value; Wire = null; } } = "";

    public ImmutableArray<OnnxNode> Nodes { get; init { field = value; Wire = null; } } = [];

    public ImmutableArray<OnnxValue> Inputs { get; init { field = value; Wire = null; } } = [];

    public ImmutableArray<OnnxValue> Outputs { get; init { field = value; Wire = null; } } = [];

    public ImmutableArray<OnnxTensor> Initializers { get; init { field = value; Wire = null; } } = [];

    public ImmutableArray<OnnxSparseTensor> SparseInitializers { get; init { field = value; Wire = null; } } = [];

    /// <summary>Types and shapes of inner values, as far as the file states them.</summary>
    public ImmutableArray<OnnxValue> ValueInfo { get; init { field = value; Wire = null; } } = [];

    internal static OnnxGraph Read(ReadOnlyMemory<byte> message, ReadContext context)
    {
        context.EnterGraph();
        string name = "";
        var nodes = ImmutableArray.CreateBuilder<OnnxNode>(0);
        var inputs = ImmutableArray.CreateBuilder<OnnxValue>(0);
        var outputs = ImmutableArray.CreateBuilder<OnnxValue>(0);
        var values = ImmutableArray.CreateBuilder<OnnxValue>(0);
        var initializers = ImmutableArray.CreateBuilder<OnnxTensor>(0);
        var sparse = ImmutableArray.CreateBuilder<OnnxSparseTensor>(0);
        var others = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>(0);
        var reader = new WireReader(message, context);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: nodes.Add(OnnxNode.Read(reader.Bytes(), context)); break;
                case 2: name = reader.Name(); break;
                case 5: initializers.Add(OnnxTensor.Read(reader.Bytes(), context)); break;
                case 11: inputs.Add(OnnxValue.Read(reader.Bytes(), context)); break;
                case 12: outputs.Add(OnnxValue.Read(reader.Bytes(), context)); break;
                case 13: values.Add(OnnxValue.Read(reader.Bytes(), context)); break;
                case 15: sparse.Add(OnnxSparseTensor.Read(reader.Bytes(), context)); break;
                default: others.Add(reader.Whole()); break;
            }
        }
        context.LeaveGraph();
        return new OnnxGraph
        {
            Name = name,
            Nodes = nodes.ToImmutable(),
            Inputs = inputs.ToImmutable(),
            Outputs = outputs.ToImmutable(),
            ValueInfo = values.ToImmutable(),
            Initializers = initializers.ToImmutable(),
            SparseInitializers = sparse.ToImmutable(),
            OtherFields = others.ToImmutable(),
            Wire = message,
        };
    }

    internal override void WriteFields(WireWriter writer)
    {
        writer.Messages(1, Nodes);
        writer.Text(2, Name);
        writer.Messages(5, Initializers);
        writer.Messages(11, Inputs);
        writer.Messages(12, Outputs);
        writer.Messages(13, ValueInfo);
        writer.Messages(15, SparseInitializers);
        WriteOtherFields(writer);
    }
}
