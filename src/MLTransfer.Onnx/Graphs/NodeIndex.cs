namespace MLTransfer.Onnx.Graphs;

/// <summary>The constants and nodes of a graph by the names they give. Built once, because looking names up in the lists is quadratic in large graphs.</summary>
internal sealed class NodeIndex
{
    private readonly Dictionary<string, OnnxTensor> _constants = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OnnxNode> _producers = new(StringComparer.Ordinal);

    public NodeIndex(OnnxGraph graph)
    {
        foreach (OnnxTensor tensor in graph.Initializers)
            _constants.TryAdd(tensor.Name, tensor);
        foreach (OnnxNode node in graph.Nodes)
        {
            if (node is { OpType: "Constant", IsStandard: true, Outputs.Length: > 0 } && ConstantForm.Value(node) is OnnxTensor value)
                _constants.TryAdd(node.Outputs[0], value);
            foreach (string output in node.Outputs)
                _producers.TryAdd(output, node);
        }
    }

    /// <summary>A constant by its name, or null.</summary>
    public OnnxTensor? Constant(string name) => _constants.GetValueOrDefault(name);

    /// <summary>The node that makes a value, or null for inputs and initializers.</summary>
    public OnnxNode? Producer(string name) => _producers.GetValueOrDefault(name);

    /// <summary>Goes back from a value over nodes of these kinds, along their first inputs, to the first value that none of them makes.</summary>
    public string Origin(string name, params ReadOnlySpan<string> passing)
    {
        // A damaged file may have a circle.
        for (int steps = _producers.Count; steps > 0 && Producer(name) is OnnxNode node && node.Inputs.Length > 0 && passing.Contains(node.OpType); steps--)
            name = node.Inputs[0];
        return name;
    }
}
