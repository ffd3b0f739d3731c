using System.Collections.Immutable;
using System.Text;

namespace MLTransfer.Onnx.Graphs;

/// <summary>
/// A setting of a node: a number, a text, a tensor, a sub-graph, or a list of those. Only the property that <see cref="Type"/> names is set.
/// </summary>
internal sealed record OnnxAttribute : WireRecord
{
    public string Name { get; init { field = value; Wire = null; } } = "";

    public OnnxAttributeType Type { get; init { field = value; Wire = null; } }

    /// <summary>Inside a function: the attribute of the calling node that gives the value.</summary>
    public string ReferenceName { get; init { field = value; Wire = null; } } = "";

    public float Float { get; init { field = value; Wire = null; } }

    public long Int { get; init { field = value; Wire = null; } }

    public ReadOnlyMemory<byte> Bytes { get; init { field = value; Wire = null; } }

    public OnnxTensor? Tensor { get; init { field = value; Wire = null; } }

    public OnnxGraph? Graph { get; init { field = value; Wire = null; } }

    public OnnxSparseTensor? SparseTensor { get; init { field = value; Wire = null; } }

    public ImmutableArray<float> Floats { get; init { field = value; Wire = null; } } = [];

    public ImmutableArray<long> Ints { get; init { field = value; Wire = null; } } = [];

    public ImmutableArray<ReadOnlyMemory<byte>> Strings { get; init { field = value; Wire = null; } } = [];

    public ImmutableArray<OnnxTensor> Tensors { get; init { field = value; Wire = null; } } = [];

    public ImmutableArray<OnnxGraph> Graphs { get; init { field = value; Wire = null; } } = [];

    public ImmutableArray<OnnxSparseTensor> SparseTensors { get; init { field = value; Wire = null; } } = [];

    /// <summary><see cref="Bytes"/> as text.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes.Span);

    /// <summary>The sub-graphs, one or several.</summary>
    public IEnumerable<OnnxGraph> SubGraphs => Graph is null ? Graphs : Graphs.Prepend(Graph);

    public static OnnxAttribute Of(string name, long value) => new() { Name = name, Type = OnnxAttributeType.Int, Int = value };

    public static OnnxAttribute Of(string name, float value) => new() { Name = name, Type = OnnxAttributeType.Float, Float = value };

    public static OnnxAttribute Of(string name, string value) => new() { Name = name, Type = OnnxAttributeType.String, Bytes = Encoding.UTF8.GetBytes(value) };

    public static OnnxAttribute Of(string name, params ImmutableArray<long> values) => new() { Name = name, Type = OnnxAttributeType.Ints, Ints = values };

    public static OnnxAttribute Of(string name, params ImmutableArray<float> values) => new() { Name = name, Type = OnnxAttributeType.Floats, Floats = values };

    public static OnnxAttribute Of(string name, OnnxTensor value) => new() { Name = name, Type = OnnxAttributeType.Tensor, Tensor = value };

    public static OnnxAttribute Of(string name, OnnxGraph value) => new() { Name = name, Type = OnnxAttributeType.Graph, Graph = value };

    internal static OnnxAttribute Read(ReadOnlyMemory<byte> message, ReadContext context)
    {
        context.CountRecord();
        var found = OnnxAttributeType.Undefined;
        var floats = ImmutableArray.CreateBuilder<float>(0);
        var ints = ImmutableArray.CreateBuilder<long>(0);
        var strings = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>(0);
        var tensors = ImmutableArray.CreateBuilder<OnnxTensor>(0);
        var graphs = ImmutableArray.CreateBuilder<OnnxGraph>(0);
        var sparse = ImmutableArray.CreateBuilder<OnnxSparseTensor>(0);
        var others = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>(0);
        var content = new AttributeContent();
        var reader = new WireReader(message, context);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: content.Name = reader.Name(); break;
                case 2: (content.Float, found) = (reader.Float(), OnnxAttributeType.Float); break;
                case 3: (content.Int, found) = (reader.Int64(), OnnxAttributeType.Int); break;
                case 4: (content.Bytes, found) = (reader.Bytes(), OnnxAttributeType.String); break;
                case 5:
                    context.Once(content.Tensor, $"the tensor of attribute '{content.Name}'");
                    (content.Tensor, found) = (OnnxTensor.Read(reader.Bytes(), context), OnnxAttributeType.Tensor);
                    break;
                case 6:
                    context.Once(content.Graph, $"the graph of attribute '{content.Name}'");
                    (content.Graph, found) = (OnnxGraph.Read(reader.Bytes(), context), OnnxAttributeType.Graph);
                    break;
                case 7:
                    reader.Floats(floats, ReadContext.MostNumbers);
                    found = OnnxAttributeType.Floats;
                    break;
                case 8:
                    reader.Int64s(ints, ReadContext.MostNumbers);
                    found = OnnxAttributeType.Ints;
                    break;
                case 9:
                    context.CountName();
                    strings.Add(reader.Bytes());
                    found = OnnxAttributeType.Strings;
                    break;
                case 10:
                    tensors.Add(OnnxTensor.Read(reader.Bytes(), context));
                    found = OnnxAttributeType.Tensors;
                    break;
                case 11:
                    graphs.Add(OnnxGraph.Read(reader.Bytes(), context));
                    found = OnnxAttributeType.Graphs;
                    break;
                case 14 or 15:
                    ReadOnlyMemory<byte> type = reader.Whole();
                    others.Add(type);
                    var inner = new WireReader(type, context);
                    inner.Next();
                    OnnxValue.ReadType(inner.Bytes(), context);
                    break;
                case 20: content.Type = (OnnxAttributeType)reader.Int32(); break;
                case 21: content.ReferenceName = reader.Name(); break;
                case 22:
                    context.Once(content.Sparse, $"the sparse tensor of attribute '{content.Name}'");
                    (content.Sparse, found) = (OnnxSparseTensor.Read(reader.Bytes(), context), OnnxAttributeType.SparseTensor);
                    break;
                case 23:
                    sparse.Add(OnnxSparseTensor.Read(reader.Bytes(), context));
                    found = OnnxAttributeType.SparseTensors;
                    break;
                default: others.Add(reader.Whole()); break;
            }
        }
        return new OnnxAttribute
        {
            Name = content.Name,
            // Files of the first versions state no type.
            Type = content.Type == OnnxAttributeType.Undefined ? found : content.Type,
            ReferenceName = content.ReferenceName,
            Float = content.Float,
            Int = content.Int,
            Bytes = content.Bytes,
            Tensor = content.Tensor,
            Graph = content.Graph,
            SparseTensor = content.Sparse,
            Floats = floats.ToImmutable(),
            Ints = ints.ToImmutable(),
            Strings = strings.ToImmutable(),
            Tensors = tensors.ToImmutable(),
            Graphs = graphs.ToImmutable(),
            SparseTensors = sparse.ToImmutable(),
            OtherFields = others.ToImmutable(),
            Wire = message,
        };
    }

    internal override void WriteFields(WireWriter writer)
    {
        writer.Text(1, Name);
        if (Type == OnnxAttributeType.Float && ReferenceName.Length == 0)
            writer.Float(2, Float);
        if (Type == OnnxAttributeType.Int && ReferenceName.Length == 0)
            writer.Int64(3, Int);
        if (Type == OnnxAttributeType.String && ReferenceName.Length == 0)
            writer.Bytes(4, Bytes);
        if (Tensor is not null)
            writer.Message(5, Tensor);
        if (Graph is not null)
            writer.Message(6, Graph);
        writer.Floats(7, Floats.AsSpan());
        writer.Int64s(8, Ints.AsSpan());
        foreach (ReadOnlyMemory<byte> text in Strings)
            writer.Bytes(9, text);
        writer.Messages(10, Tensors);
        writer.Messages(11, Graphs);
        writer.Int64(20, (long)Type);
        writer.OptionalText(21, ReferenceName);
        if (SparseTensor is not null)
            writer.Message(22, SparseTensor);
        writer.Messages(23, SparseTensors);
        WriteOtherFields(writer);
    }

    private struct AttributeContent
    {
        public string Name = "";
        public OnnxAttributeType Type;
        public string ReferenceName = "";
        public float Float;
        public long Int;
        public ReadOnlyMemory<byte> Bytes;
        public OnnxTensor? Tensor;
        public OnnxGraph? Graph;
        public OnnxSparseTensor? Sparse;

        public AttributeContent()
        {
        }
    }
}
