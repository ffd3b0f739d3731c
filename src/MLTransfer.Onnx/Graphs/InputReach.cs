namespace MLTransfer.Onnx.Graphs;

/// <summary>Which values of a graph its inputs reach, if only by their shapes. All others are constants, whoever makes them.</summary>
internal static class InputReach
{
    /// <summary>The inputs that a caller feeds: those without an initializer of the same name.</summary>
    public static IEnumerable<OnnxValue> Entries(OnnxGraph graph)
    {
        HashSet<string> initialized = [.. graph.Initializers.Select(t => t.Name)];
        return graph.Inputs.Where(i => !initialized.Contains(i.Name));
    }

    /// <summary>The names of the inputs and of all values that depend on them. Inputs with an initializer of the same name are constants: old files list their weights so.</summary>
    public static HashSet<string> Of(OnnxGraph graph)
    {
        HashSet<string> reached = [.. Entries(graph).Select(i => i.Name)];
        // Nodes are in the order they run, so one pass follows every path.
        foreach (OnnxNode node in graph.Nodes)
        {
            if (NodeReads.Of(node).Any(reached.Contains))
                reached.UnionWith(node.Outputs.Where(name => name.Length > 0));
        }
        return reached;
    }
}
