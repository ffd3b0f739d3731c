using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Training.Parts;

/// <summary>
/// What a row's content becomes on its way through the weights: values that come of an input and of a constant that multiplies or is looked up in. Masks, positions and shapes,
/// which are made of inputs alone, are not among them: they are cheap and made anew wherever they are needed.
/// </summary>
internal sealed class HeavyFlow
{
    // Of a heavy value these make something that no weight has touched: sizes and places.
    private static readonly HashSet<string> Light = ["Shape", "Size", "NonZero", "ArgMax", "ArgMin"];

    private static readonly HashSet<string> Layers =
        ["MatMul", "Gemm", "Conv", "ConvTranspose", "MatMulInteger", "ConvInteger", "QLinearConv", "QLinearMatMul", "LSTM", "GRU", "RNN", "Gather", "Einsum"];

    private readonly HashSet<string> _values = [];

    public HeavyFlow(OnnxGraph graph)
    {
        HashSet<string> reached = InputReach.Of(graph);
        // Tables and matrices, not the small constants of shape arithmetic.
        HashSet<string> weights = [.. graph.Initializers.Where(t => t.Dimensions.Length >= 2 && (t.ElementType.IsReal() || t.ElementType.Bits() == 8)).Select(t => t.Name)];
        foreach (OnnxNode node in graph.Nodes)
        {
            bool isReached = NodeReads.Of(node).Any(reached.Contains);
            if (!isReached && NodeReads.Of(node).Any(weights.Contains))
                weights.UnionWith(node.Outputs);
            bool isLayer = isReached && (Layers.Contains(node.OpType) || !node.IsStandard) && NodeReads.Of(node).Any(weights.Contains);
            if (isLayer || (!Light.Contains(node.OpType) && NodeReads.Of(node).Any(_values.Contains)))
                _values.UnionWith(node.Outputs.Where(o => o.Length > 0));
        }
    }

    public bool Contains(string value) => _values.Contains(value);

    /// <summary>Whether a node multiplies rows by weights, or by each other: what a layer is counted by.</summary>
    public static bool IsLayer(OnnxNode node) => (Layers.Contains(node.OpType) && node.OpType != "Gather") || IsAttention(node);

    /// <summary>Whether a node is a whole attention, as optimisers fuse it.</summary>
    public static bool IsAttention(OnnxNode node) => node.OpType.EndsWith("Attention", StringComparison.Ordinal);
}
