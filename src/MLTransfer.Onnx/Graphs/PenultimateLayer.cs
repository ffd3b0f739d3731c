namespace MLTransfer.Onnx.Graphs;

/// <summary>
/// Finds what goes into the layer that makes a classifier's scores: the feature that transfer learning wants where a file offers scores alone. Goes by structure, so of a
/// graph that ends in features it finds what goes into the last layer of those.
/// </summary>
internal sealed class PenultimateLayer
{
    // Between the classifying layer and the output: all that changes numbers one by one, changes shape, or averages over places.
    private static readonly HashSet<string> Behind =
    [
        "Softmax", "LogSoftmax", "Sigmoid", "HardSigmoid", "Identity", "Cast", "Flatten", "Reshape", "Squeeze", "Unsqueeze", "Transpose", "Dropout", "Clip", "Relu",
        "QuantizeLinear", "DequantizeLinear", "QLinearSoftmax", "QLinearSigmoid", "GlobalAveragePool", "AveragePool", "ReduceMean", "QLinearGlobalAveragePool",
    ];

    private readonly OnnxGraph _graph;
    private readonly NodeIndex _index;
    private readonly HashSet<string> _reached;

    private PenultimateLayer(OnnxGraph graph)
    {
        _graph = graph;
        _index = new NodeIndex(graph);
        _reached = InputReach.Of(graph);
    }

    /// <summary>The value that goes into the layer behind this output; null where the output ends in no such layer, or the layer reads the graph's input itself.</summary>
    public static string? Find(OnnxGraph graph, string outputName) => new PenultimateLayer(graph).Find(outputName);

    /// <summary>
    /// For each output that ends in such a layer, the value that goes in. An output that is itself such a value (features beside scores) is no scores and is not asked.
    /// </summary>
    public static IReadOnlyDictionary<string, string> FindAll(OnnxGraph graph)
    {
        var search = new PenultimateLayer(graph);
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (OnnxValue output in graph.Outputs)
        {
            if (search.Find(output.Name) is string value)
                found[output.Name] = value;
        }
        foreach (string value in found.Values.ToArray())
            found.Remove(value);
        return found;
    }

    private string? Find(string name)
    {
        // A damaged file may have a circle.
        for (int steps = _graph.Nodes.Length; steps > 0 && _index.Producer(name) is OnnxNode node; steps--)
        {
            if (Entering(node) is string value)
                return Usable(value);
            if (Before(node) is not string before)
                return null;
            name = before;
        }
        return null;
    }

    /// <summary>The operand that a node's weights multiply; null where the node is no layer with weights.</summary>
    private string? Entering(OnnxNode node)
    {
        switch (node.OpType)
        {
            case "MatMul" or "Gemm" or "FusedMatMul" or "FusedGemm" or "MatMulInteger" or "MatMulIntegerToFloat" or "DynamicQuantizeMatMul":
                return Varying(node.Input(0), node.Input(1));
            case "QLinearMatMul" or "QGemm":
                return Varying(node.Input(0), node.Input(3));
            case "MatMulNBits":
                return node.Input(0);
            case "Conv" or "FusedConv" or "ConvInteger":
                return IsPointwise(node, node.Input(1)) ? Varying(node.Input(0), node.Input(1)) : null;
            case "QLinearConv":
                return IsPointwise(node, node.Input(3)) ? Varying(node.Input(0), node.Input(3)) : null;
            default:
                return null;
        }
    }

    /// <summary>The value to go on with from a node that may stand behind the classifying layer; null from all others.</summary>
    private string? Before(OnnxNode node)
    {
        if (Behind.Contains(node.OpType))
            return node.Input(0);
        if (node.OpType == "QLinearAdd")
            return Varying(node.Input(0), node.Input(3));
        if (node.OpType is not ("Add" or "Sub" or "Mul" or "Div"))
            return null;
        // A bias or a factor. In int8 arithmetic the factor is no constant: it is made of the scale of what came in.
        return Varying(node.Input(0), node.Input(1)) ?? node.Inputs.FirstOrDefault(IsInteger);
    }

    private bool IsInteger(string operand) => _index.Producer(_index.Origin(operand, "Cast", "Identity")) is { OpType: "MatMulInteger" or "ConvInteger" };

    /// <summary>The one of two operands that depends on the input; null where both do, or neither.</summary>
    private string? Varying(string first, string second)
    {
        bool one = _reached.Contains(first);
        return one == _reached.Contains(second) ? null : one ? first : second;
    }

    private bool IsPointwise(OnnxNode convolution, string weights)
    {
        IEnumerable<long>? kernel = convolution.Attribute("kernel_shape")?.Ints
            ?? _index.Constant(_index.Origin(weights, "DequantizeLinear", "Cast", "Identity"))?.Dimensions.Skip(2);
        return kernel is not null && kernel.All(size => size == 1);
    }

    /// <summary>The value in float and under its first name: behind what only rounds it, hands it on or is idle outside of training.</summary>
    private string? Usable(string value)
    {
        for (int steps = _graph.Nodes.Length; steps > 0 && _index.Producer(value) is OnnxNode node && !_graph.Outputs.Any(o => o.Name == value)
            && node.OpType is "QuantizeLinear" or "DynamicQuantizeLinear" or "Identity" or "Dropout"; steps--)
        {
            value = node.Input(0);
        }
        // 8-bit numbers without a scale are no feature.
        return _index.Producer(value) is { OpType: var type } && !type.StartsWith("QLinear", StringComparison.Ordinal) && type is not "QGemm" ? value : null;
    }
}
