using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Heads.Network;

/// <summary>Layer normalisation over the last of two axes, in whatever version of ONNX's operators the graph is written.</summary>
internal static class LayerNorm
{
    // PyTorch's default.
    private const float Epsilon = 1e-5f;

    // The operator exists from this version on.
    private const long Since = 17;

    public static string Append(GraphBuilder graph, string x, string scale, string shift, string name)
    {
        if (graph.Opset >= Since)
            return graph.Node("LayerNormalization", [x, scale, shift], name, OnnxAttribute.Of("axis", -1L), OnnxAttribute.Of("epsilon", Epsilon));
        string centred = graph.Node("Sub", [x, Mean(x, $"{name}_mean")], $"{name}_centred");
        string variance = Mean(graph.Node("Mul", [centred, centred], $"{name}_squares"), $"{name}_variance");
        string padded = graph.Node("Add", [variance, graph.Initializer($"{name}_epsilon", [Epsilon])], $"{name}_padded");
        string standard = graph.Node("Div", [centred, graph.Node("Sqrt", [padded], $"{name}_deviation")], $"{name}_standard");
        return graph.Node("Add", [graph.Node("Mul", [standard, scale], $"{name}_scaled"), shift], name);

        string Mean(string values, string output) => graph.Node("ReduceMean", [values], output, OnnxAttribute.Of("axes", [1L]), OnnxAttribute.Of("keepdims", 1L));
    }
}
