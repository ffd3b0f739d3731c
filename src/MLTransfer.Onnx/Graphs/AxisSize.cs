namespace MLTransfer.Onnx.Graphs;

/// <summary>Fixes an open axis of a model's inputs at a size, and every axis of the same name with it.</summary>
internal static class AxisSize
{
    /// <param name="model">The model.</param>
    /// <param name="axes">Inputs by name, and the index of the axis.</param>
    /// <param name="size">The size that all of them get.</param>
    public static OnnxModel Fix(OnnxModel model, IReadOnlyDictionary<string, int> axes, long size)
    {
        OnnxGraph graph = model.Graph;
        HashSet<string> symbols = [.. graph.Inputs.Where(i => axes.ContainsKey(i.Name)).Select(i => i.Dimensions[axes[i.Name]].Symbol).OfType<string>()];
        return model.WithGraph(graph with
        {
            Inputs = [.. graph.Inputs.Select(i => Fixed(i, axes.TryGetValue(i.Name, out int axis) ? axis : -1))],
            Outputs = [.. graph.Outputs.Select(o => Fixed(o, -1))],
            ValueInfo = [.. graph.ValueInfo.Select(v => Fixed(v, -1))],
        });

        OnnxValue Fixed(OnnxValue value, int axis) => axis < 0 && !value.Dimensions.Any(d => d.Symbol is not null && symbols.Contains(d.Symbol)) ? value : value with
        {
            Dimensions = [.. value.Dimensions.Select((d, i) => i == axis || (d.Symbol is not null && symbols.Contains(d.Symbol)) ? size : d)],
        };
    }
}
