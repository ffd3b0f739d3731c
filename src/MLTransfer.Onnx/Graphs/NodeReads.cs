namespace MLTransfer.Onnx.Graphs;

/// <summary>Names that a node reads: its inputs, and what the sub-graphs in its attributes take from around them.</summary>
internal static class NodeReads
{
    public static IEnumerable<string> Of(OnnxNode node) =>
        node.Inputs.Where(name => name.Length > 0).Concat(node.Attributes.SelectMany(a => a.SubGraphs).SelectMany(Free));

    /// <summary>Names that a graph reads and does not define itself. Its outputs count: a branch may hand on a value from outside.</summary>
    private static IEnumerable<string> Free(OnnxGraph graph)
    {
        HashSet<string> defined = new(StringComparer.Ordinal);
        defined.UnionWith(graph.Inputs.Select(i => i.Name));
        defined.UnionWith(graph.Initializers.Select(t => t.Name));
        defined.UnionWith(graph.SparseInitializers.Select(t => t.Values?.Name ?? ""));
        defined.UnionWith(graph.Nodes.SelectMany(n => n.Outputs));
        return graph.Nodes.SelectMany(Of).Concat(graph.Outputs.Select(o => o.Name)).Where(name => !defined.Contains(name));
    }
}
