using System.Collections.Immutable;

namespace MLTransfer.Onnx.Graphs;

/// <summary>
/// Tells on which axis of a feature map the channels lie, by what made it: ONNX's convolutions and pools have them on axis 1 whatever the layout of the model's input, products
/// with weights and layer norms on the last, and a Transpose moves them.
/// </summary>
internal sealed class ChannelAxis(OnnxGraph graph)
{
    private static readonly HashSet<string> AxisOne =
    [
        "Conv", "ConvTranspose", "ConvInteger", "QLinearConv", "FusedConv", "MaxPool", "AveragePool", "LpPool", "GlobalAveragePool", "GlobalMaxPool", "BatchNormalization",
        "InstanceNormalization", "GroupNormalization", "LRN", "DepthToSpace", "SpaceToDepth", "Upsample",
    ];

    // Keep every axis where it is. Of two operands the other may be broadcast, and mostly is a constant.
    private static readonly HashSet<string> Keeping =
    [
        "Relu", "LeakyRelu", "PRelu", "Elu", "Selu", "Celu", "Gelu", "Clip", "Sigmoid", "HardSigmoid", "HardSwish", "Mish", "Softplus", "Softsign", "ThresholdedRelu", "Tanh", "Erf",
        "Abs", "Neg", "Exp", "Log", "Sqrt", "Pow", "Add", "Sub", "Mul", "Div", "Max", "Min", "Sum", "Where", "Identity", "Dropout", "Cast", "Concat", "Split", "Slice", "Pad",
        "Resize", "QuantizeLinear", "DequantizeLinear", "QLinearAdd", "QLinearConcat", "ReduceMean", "Softmax", "LogSoftmax",
    ];

    private readonly NodeIndex _index = new(graph);
    private readonly HashSet<string> _reached = InputReach.Of(graph);
    private readonly int _nodeCount = graph.Nodes.Length;

    /// <summary>The axis, 0 to <paramref name="rank"/> − 1; null where the nodes do not tell.</summary>
    public int? Find(string value, int rank)
    {
        var transposed = new Stack<ImmutableArray<long>>();
        // A damaged file may have a circle.
        for (int steps = _nodeCount; steps > 0 && _index.Producer(value) is OnnxNode node; steps--)
        {
            if (AxisOne.Contains(node.OpType))
                return Forward(transposed, 1);
            if (node.OpType is "MatMul" or "Gemm" && !_reached.Contains(node.Input(1)))
                return Forward(transposed, rank - 1);
            if (node.OpType is "LayerNormalization" && node.Int("axis", -1) is long axis && (axis == -1 || axis == rank - 1))
                return Forward(transposed, rank - 1);
            if (node.OpType == "Transpose")
            {
                ImmutableArray<long> order = node.Attribute("perm")?.Ints ?? [.. Enumerable.Range(0, rank).Reverse().Select(i => (long)i)];
                if (order.Length != rank)
                    return null;
                transposed.Push(order);
                value = node.Input(0);
            }
            else if (Keeping.Contains(node.OpType))
            {
                value = node.Inputs.FirstOrDefault(_reached.Contains) ?? node.Input(0);
            }
            else
            {
                return null;
            }
        }
        return null;
    }

    /// <summary>Where the axis comes to lie behind the transpositions, the last met first.</summary>
    private static int? Forward(Stack<ImmutableArray<long>> transposed, int axis)
    {
        foreach (ImmutableArray<long> order in transposed)
        {
            axis = order.IndexOf(axis);
            if (axis < 0)
                return null;
        }
        return axis;
    }
}
