namespace MLTransfer.Onnx.Graphs;

/// <summary>
/// Gives values and operators of a graph other names, in its sub-graphs too: ONNX lets no sub-graph use a name of the graphs around it anew. What has no such name keeps its bytes.
/// </summary>
/// <param name="values">New names of values by their old ones.</param>
/// <param name="functions">New names of functions by domain and old name.</param>
internal sealed class Renaming(IReadOnlyDictionary<string, string> values, IReadOnlyDictionary<(string Domain, string Name), string> functions)
{
    public bool IsEmpty => values.Count == 0 && functions.Count == 0;

    public string Of(string value) => values.GetValueOrDefault(value, value);

    public OnnxGraph Of(OnnxGraph graph) => IsEmpty ? graph : graph with
    {
        Nodes = [.. graph.Nodes.Select(Of)],
        Inputs = [.. graph.Inputs.Select(Of)],
        Outputs = [.. graph.Outputs.Select(Of)],
        ValueInfo = [.. graph.ValueInfo.Select(Of)],
        Initializers = [.. graph.Initializers.Select(Of)],
        SparseInitializers = [.. graph.SparseInitializers.Select(s => s.Values is OnnxTensor tensor && values.ContainsKey(tensor.Name) ? s with { Values = Of(tensor) } : s)],
    };

    /// <summary>A function under its new name, its calls of others too. Names of values in a function are its own.</summary>
    public OnnxFunction Of(OnnxFunction function)
    {
        var callsOnly = new Renaming(new Dictionary<string, string>(), functions);
        return function with
        {
            Name = functions.GetValueOrDefault((function.Domain, function.Name), function.Name),
            Nodes = [.. function.Nodes.Select(callsOnly.Of)],
        };
    }

    public OnnxValue Of(OnnxValue value) => values.TryGetValue(value.Name, out string? name) ? value with { Name = name } : value;

    private OnnxTensor Of(OnnxTensor tensor) => values.TryGetValue(tensor.Name, out string? name) ? tensor with { Name = name } : tensor;

    private OnnxNode Of(OnnxNode node)
    {
        bool isCalled = functions.TryGetValue((node.Domain, node.OpType), out string? operation);
        bool hasGraphs = node.Attributes.Any(a => a.SubGraphs.Any());
        if (!isCalled && !hasGraphs && !node.Inputs.Any(values.ContainsKey) && !node.Outputs.Any(values.ContainsKey))
            return node;
        return node with
        {
            OpType = operation ?? node.OpType,
            Inputs = [.. node.Inputs.Select(Of)],
            Outputs = [.. node.Outputs.Select(Of)],
            Attributes = hasGraphs ? [.. node.Attributes.Select(Of)] : node.Attributes,
        };
    }

    private OnnxAttribute Of(OnnxAttribute attribute) => attribute.Graph is OnnxGraph graph ? attribute with { Graph = Of(graph) }
        : attribute.Graphs.Length > 0 ? attribute with { Graphs = [.. attribute.Graphs.Select(Of)] } : attribute;
}
