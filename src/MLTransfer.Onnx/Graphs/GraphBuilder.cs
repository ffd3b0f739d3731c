using System.Collections.Immutable;

namespace MLTransfer.Onnx.Graphs;

/// <summary>
/// Makes small models: inputs, constants and nodes in the order they run, each call returning the name of what it made. The same calls give the same
/// bytes.
/// </summary>
/// <example>
/// <code>
/// var graph = new GraphBuilder("scale");
/// string x = graph.Input("x", OnnxElementType.Float, "batch", 3);
/// string w = graph.Initializer("w", [1f, 2f, 3f], 3);
/// graph.Output(graph.Node("Mul", [x, w], "y"), OnnxElementType.Float, "batch", 3);
/// byte[] bytes = graph.ToBytes();
/// </code>
/// </example>
internal sealed class GraphBuilder
{
    private readonly string _name;
    private readonly OnnxModel? _base;
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly ImmutableArray<OnnxNode>.Builder _nodes = ImmutableArray.CreateBuilder<OnnxNode>();
    private readonly ImmutableArray<OnnxValue>.Builder _inputs = ImmutableArray.CreateBuilder<OnnxValue>();
    private readonly ImmutableArray<OnnxValue>.Builder _outputs = ImmutableArray.CreateBuilder<OnnxValue>();
    private readonly ImmutableArray<OnnxTensor>.Builder _initializers = ImmutableArray.CreateBuilder<OnnxTensor>();
    private readonly ImmutableArray<OnnxOpset>.Builder _opsets = ImmutableArray.CreateBuilder<OnnxOpset>();

    public GraphBuilder(string name = "graph", int opset = 17)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(opset, 1);
        _name = name;
        _opsets.Add(new OnnxOpset("", opset));
    }

    private GraphBuilder(OnnxModel model)
    {
        OnnxGraph graph = model.Graph;
        _base = model;
        _name = graph.Name;
        _names = [.. graph.Nodes.SelectMany(n => n.Outputs), .. graph.Inputs.Select(i => i.Name), .. graph.Initializers.Select(t => t.Name)];
        _nodes.AddRange(graph.Nodes);
        _inputs.AddRange(graph.Inputs);
        _outputs.AddRange(graph.Outputs);
        _initializers.AddRange(graph.Initializers);
        _opsets.AddRange(model.Opsets);
    }

    /// <summary>The version of ONNX's own operators that nodes are written in; 0 where the model states none.</summary>
    public long Opset => _opsets.FirstOrDefault(o => o.Domain is "" or "ai.onnx")?.Version ?? 0;

    /// <summary>Goes on from a model: what is made comes behind its nodes. Everything else of it stays, its weights as slices of its file.</summary>
    public static GraphBuilder On(OnnxModel model) => new(model);

    /// <summary>Axes are sizes or names: <c>Input("x", OnnxElementType.Float, "batch", 3)</c>.</summary>
    public string Input(string name, OnnxElementType type, params ReadOnlySpan<OnnxDimension> dimensions)
    {
        _inputs.Add(new OnnxValue { Name = Take(name), ElementType = type, Dimensions = [.. dimensions] });
        return name;
    }

    public string Initializer(string name, float[] values, params ReadOnlySpan<long> dimensions) =>
        Initializer<float>(name, OnnxElementType.Float, values, dimensions);

    public string Initializer(string name, long[] values, params ReadOnlySpan<long> dimensions) =>
        Initializer<long>(name, OnnxElementType.Int64, values, dimensions);

    public string Initializer(string name, sbyte[] values, params ReadOnlySpan<long> dimensions) =>
        Initializer<sbyte>(name, OnnxElementType.Int8, values, dimensions);

    public string Initializer(string name, byte[] values, params ReadOnlySpan<long> dimensions) =>
        Initializer<byte>(name, OnnxElementType.UInt8, values, dimensions);

    public string Initializer(string name, Half[] values, params ReadOnlySpan<long> dimensions) =>
        Initializer<Half>(name, OnnxElementType.Float16, values, dimensions);

    /// <summary>A constant of any other element type, or one that is a tensor already.</summary>
    public string Initializer(OnnxTensor tensor)
    {
        Take(tensor.Name);
        TensorData.CheckSize(tensor);
        _initializers.Add(tensor);
        return tensor.Name;
    }

    /// <summary>A node with one output, whose name comes back.</summary>
    public string Node(string opType, ReadOnlySpan<string> inputs, string output, params ReadOnlySpan<OnnxAttribute> attributes) =>
        Node(opType, inputs, [output], attributes)[0];

    /// <summary>A node with several outputs, whose names come back.</summary>
    public string[] Node(string opType, ReadOnlySpan<string> inputs, string[] outputs, params ReadOnlySpan<OnnxAttribute> attributes)
    {
        Add(new OnnxNode { OpType = opType, Name = outputs[0], Inputs = [.. inputs], Outputs = [.. outputs], Attributes = [.. attributes] });
        return outputs;
    }

    /// <summary>A node of another domain, with another name, or taken from another graph.</summary>
    public GraphBuilder Add(OnnxNode node)
    {
        foreach (string output in node.Outputs)
        {
            if (output.Length > 0)
                Take(output);
        }
        _nodes.Add(node);
        return this;
    }

    /// <summary>Makes something an output of the graph.</summary>
    public GraphBuilder Output(string name, OnnxElementType type, params ReadOnlySpan<OnnxDimension> dimensions)
    {
        if (!_names.Contains(name))
            throw new ArgumentException($"Nothing in graph '{_name}' is called '{name}'. Add the node that makes it first.", nameof(name));
        _outputs.Add(new OnnxValue { Name = name, ElementType = type, Dimensions = [.. dimensions] });
        return this;
    }

    /// <summary>Whether something in the graph has this name.</summary>
    public bool Has(string name) => _names.Contains(name);

    /// <summary>A name that nothing in the graph has, starting with <paramref name="name"/>.</summary>
    public string Free(string name)
    {
        string free = name;
        for (int number = 2; _names.Contains(free); number++)
            free = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{name}_{number}");
        return free;
    }

    /// <summary>Uses a set of operators besides ONNX's own.</summary>
    public GraphBuilder Import(string domain, long version)
    {
        _opsets.Add(new OnnxOpset(domain, version));
        return this;
    }

    /// <summary>The graph alone, for an attribute of a node that has sub-graphs.</summary>
    public OnnxGraph BuildGraph() => (_base?.Graph ?? new OnnxGraph()) with
    {
        Name = _name,
        Nodes = _nodes.ToImmutable(),
        Inputs = _inputs.ToImmutable(),
        Outputs = _outputs.ToImmutable(),
        Initializers = _initializers.ToImmutable(),
    };

    public OnnxModel Build() => _base is not null ? _base with { Opsets = _opsets.ToImmutable(), Graph = BuildGraph() } : new OnnxModel
    {
        IrVersion = _opsets[0].Version switch { <= 17 => 8, <= 20 => 9, _ => 10 },
        ProducerName = "MLTransfer",
        Opsets = _opsets.ToImmutable(),
        Graph = BuildGraph(),
    };

    public byte[] ToBytes() => Build().ToBytes();

    private string Initializer<T>(string name, OnnxElementType type, ReadOnlySpan<T> values, ReadOnlySpan<long> dimensions) where T : unmanaged =>
        Initializer(OnnxTensor.Of(name, type, values, dimensions));

    private string Take(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return _names.Add(name) ? name : throw new ArgumentException($"Graph '{_name}' has something called '{name}' already. Choose another name.", nameof(name));
    }
}
