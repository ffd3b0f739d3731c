using System.Collections.Immutable;
using MLTransfer.Onnx.Internal;

namespace MLTransfer.Onnx.Graphs;

/// <summary>
/// A model as its file has it. Reading takes the structure; weights stay in the mapped file. Immutable: a <c>with</c> expression makes a changed
/// copy, which shares the mapped file and is valid as long as the model it came from is not disposed. Disposing a copy does nothing.
/// </summary>
internal sealed record OnnxModel : WireRecord, IDisposable
{
    private readonly IDisposable? _mapping;

    public OnnxModel()
    {
    }

    // All but the mapping, which belongs to the original.
    private OnnxModel(OnnxModel other) : base(other)
    {
        IrVersion = other.IrVersion;
        ProducerName = other.ProducerName;
        ProducerVersion = other.ProducerVersion;
        Opsets = other.Opsets;
        Metadata = other.Metadata;
        Graph = other.Graph;
        Functions = other.Functions;
        Wire = other.Wire;
    }

    public long IrVersion { get; init { field = value; Wire = null; } } = 8;

    public string ProducerName { get; init { field = value; Wire = null; } } = "";

    public string ProducerVersion { get; init { field = value; Wire = null; } } = "";

    public ImmutableArray<OnnxOpset> Opsets { get; init { field = value; Wire = null; } } = [];

    public ImmutableArray<KeyValuePair<string, string>> Metadata { get; init { field = value; Wire = null; } } = [];

    public OnnxGraph Graph { get; init { field = value; Wire = null; } } = new();

    public ImmutableArray<OnnxFunction> Functions { get; init { field = value; Wire = null; } } = [];

    /// <summary>The version of ONNX's own operators; 0 where none is stated.</summary>
    public long Opset => Opsets.FirstOrDefault(o => o.Domain is "" or "ai.onnx")?.Version ?? 0;

    /// <summary>Reads a model from memory. For files, see <see cref="ModelSource"/>.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="name">For messages.</param>
    /// <exception cref="InvalidDataException">The bytes are no ONNX model, are damaged, or go beyond a limit.</exception>
    public static OnnxModel FromBytes(ReadOnlyMemory<byte> bytes, string name) => Read(bytes, new ReadContext(name, folder: null), mapping: null);

    public OnnxModel WithGraph(OnnxGraph graph) => this with { Graph = graph };

    public byte[] ToBytes()
    {
        byte[] bytes = new byte[CheckedSize()];
        using var stream = new MemoryStream(bytes);
        WireWriter.Write(this, stream);
        return bytes;
    }

    public void WriteTo(Stream stream)
    {
        CheckedSize();
        WireWriter.Write(this, stream);
    }

    public void Dispose() => _mapping?.Dispose();

    /// <summary>The graph, all sub-graphs in it and in functions, each before those inside it.</summary>
    public IEnumerable<OnnxGraph> AllGraphs() => Inside(Graph).Prepend(Graph).Concat(Functions.SelectMany(f => Inside(f.Nodes.SelectMany(n => n.Attributes).Concat(f.Attributes))));

    /// <summary>Every node: of the graph, of sub-graphs and of functions.</summary>
    public IEnumerable<OnnxNode> AllNodes() => AllGraphs().SelectMany(g => g.Nodes).Concat(Functions.SelectMany(f => f.Nodes));

    /// <summary>Every tensor: initializers, attributes, the parts of sparse ones.</summary>
    public IEnumerable<OnnxTensor> AllTensors()
    {
        foreach (OnnxGraph graph in AllGraphs())
        {
            foreach (OnnxTensor tensor in graph.Initializers)
                yield return tensor;
            foreach (OnnxTensor tensor in graph.SparseInitializers.SelectMany(Parts))
                yield return tensor;
        }
        foreach (OnnxAttribute attribute in AllNodes().SelectMany(n => n.Attributes).Concat(Functions.SelectMany(f => f.Attributes)))
        {
            if (attribute.Tensor is not null)
                yield return attribute.Tensor;
            foreach (OnnxTensor tensor in attribute.Tensors)
                yield return tensor;
            foreach (OnnxTensor tensor in attribute.SparseTensors.SelectMany(Parts))
                yield return tensor;
            foreach (OnnxTensor tensor in attribute.SparseTensor is null ? [] : Parts(attribute.SparseTensor))
                yield return tensor;
        }
    }

    /// <summary>Reads a model that owns <paramref name="mapping"/> from then on; when reading fails, the mapping is released.</summary>
    internal static OnnxModel Read(ReadOnlyMemory<byte> bytes, ReadContext context, IDisposable? mapping)
    {
        try
        {
            FileKind.Check(bytes.Span, context.Name);
            return ReadFields(bytes, context, mapping);
        }
        catch
        {
            mapping?.Dispose();
            throw;
        }
    }

    internal override void WriteFields(WireWriter writer)
    {
        writer.Int64(1, IrVersion);
        writer.OptionalText(2, ProducerName);
        writer.OptionalText(3, ProducerVersion);
        writer.Message(7, Graph);
        foreach (OnnxOpset opset in Opsets)
            opset.Write(writer, 8);
        writer.Pairs(14, Metadata);
        writer.Messages(25, Functions);
        WriteOtherFields(writer);
    }

    private static OnnxModel ReadFields(ReadOnlyMemory<byte> bytes, ReadContext context, IDisposable? mapping)
    {
        long irVersion = 0;
        string producer = "";
        string producerVersion = "";
        OnnxGraph? graph = null;
        var opsets = ImmutableArray.CreateBuilder<OnnxOpset>(0);
        var metadata = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>(0);
        var functions = ImmutableArray.CreateBuilder<OnnxFunction>(0);
        var others = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>(0);
        var reader = new WireReader(bytes, context);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: irVersion = reader.Int64(); break;
                case 2: producer = reader.Name(); break;
                case 3: producerVersion = reader.Name(); break;
                case 7:
                    context.Once(graph, "the graph");
                    graph = OnnxGraph.Read(reader.Bytes(), context);
                    break;
                case 8: opsets.Add(OnnxOpset.Read(reader.Bytes(), context)); break;
                case 14: metadata.Add(ReadPair(reader.Bytes(), context)); break;
                case 25: functions.Add(OnnxFunction.Read(reader.Bytes(), context)); break;
                default: others.Add(reader.Whole()); break;
            }
        }
        return new OnnxModel(mapping)
        {
            IrVersion = irVersion,
            ProducerName = producer,
            ProducerVersion = producerVersion,
            Graph = graph ?? throw Throw.GraphAbsent(context.Name, bytes.Length),
            Opsets = opsets.ToImmutable(),
            Metadata = metadata.ToImmutable(),
            Functions = functions.ToImmutable(),
            OtherFields = others.ToImmutable(),
            Wire = bytes,
        };
    }

    private OnnxModel(IDisposable? mapping) => _mapping = mapping;

    private static IEnumerable<OnnxGraph> Inside(OnnxGraph graph) => Inside(graph.Nodes.SelectMany(n => n.Attributes));

    private static IEnumerable<OnnxGraph> Inside(IEnumerable<OnnxAttribute> attributes)
    {
        foreach (OnnxGraph graph in attributes.SelectMany(a => a.SubGraphs))
        {
            yield return graph;
            foreach (OnnxGraph inner in Inside(graph))
                yield return inner;
        }
    }

    private static IEnumerable<OnnxTensor> Parts(OnnxSparseTensor sparse)
    {
        if (sparse.Values is not null)
            yield return sparse.Values;
        if (sparse.Indices is not null)
            yield return sparse.Indices;
    }

    private long CheckedSize()
    {
        long size = WireWriter.Measure(this);
        return size <= ModelGuard.LargestFile ? size : throw Throw.GraphTooLargeToWrite(size);
    }
}
