namespace MLTransfer.Onnx.Graphs;

/// <summary>How often each name is read in a graph and in all sub-graphs: by nodes and as an output.</summary>
internal sealed class NameUses
{
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);

    public NameUses(OnnxGraph graph) => Count(graph);

    public int this[string name] => _counts.GetValueOrDefault(name);

    private void Count(OnnxGraph graph)
    {
        foreach (OnnxNode node in graph.Nodes)
        {
            foreach (string input in node.Inputs)
                _counts[input] = this[input] + 1;
            foreach (OnnxGraph inner in node.Attributes.SelectMany(a => a.SubGraphs))
                Count(inner);
        }
        foreach (OnnxValue output in graph.Outputs)
            _counts[output.Name] = this[output.Name] + 1;
    }
}
