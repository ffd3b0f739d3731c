namespace MLTransfer.Onnx.Graphs;

/// <summary>Which values of a graph its inputs reach, if only by their shapes. All others are constants, whoever makes them.</summary>
internal static class InputReach
{
    /// <summary>The names of the inputs and of all values that depend on them. Inputs with an initializer of the same name are constants: old files list their weights so.</summary>
    public static HashSet<string> Of(OnnxGraph graph)
    {
        HashSet<string> initialized = [.. graph.Initializers.Select(t => t.Name)];
        HashSet<string> reached = [.. graph.Inputs.Select(i => i.Name).Where(name => !initialized.Contains(name))];
        // Nodes are in the order they run, so one pass follows every path.
        foreach (OnnxNode node in graph.Nodes)
        {
            if (NodeReads.Of(node).Any(reached.Contains))
                reached.UnionWith(node.Outputs.Where(name => name.Length > 0));
        }
        return reached;
    }
}
