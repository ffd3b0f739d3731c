using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Gradients;

/// <summary>
/// Which values have a gradient: real numbers on a way from a parameter to L. What is computed of shapes, indices and conditions carries none and is left as it is.
/// </summary>
internal static class ActiveValues
{
    public static HashSet<string> Between(OnnxGraph graph, IEnumerable<string> parameters, string loss, ProbedShapes shapes)
    {
        var index = new NodeIndex(graph);
        HashSet<string> reached = [.. parameters.Where(p => IsReal(shapes, p))];
        foreach (OnnxNode node in graph.Nodes)
        {
            if (Entering(node, index).Any(reached.Contains))
                reached.UnionWith(node.Outputs.Where(o => IsReal(shapes, o)));
        }
        HashSet<string> active = [];
        if (reached.Contains(loss))
            active.Add(loss);
        foreach (OnnxNode node in graph.Nodes.Reverse())
        {
            if (node.Outputs.Any(active.Contains))
                active.UnionWith(Entering(node, index).Where(reached.Contains));
        }
        return active;
    }

    /// <summary>The inputs of a node along which a gradient goes back. Of a node without a rule these are all, sub-graphs included, so that it is found and named.</summary>
    public static IEnumerable<string> Entering(OnnxNode node, NodeIndex index) => GradientRules.Find(node, index, out _) is GradientRule rule
        ? node.Inputs.Take(rule.InputCount).Where(i => i.Length > 0) : NodeReads.Of(node);

    private static bool IsReal(ProbedShapes shapes, string value) => shapes[value]?.Type.IsReal() == true;
}
