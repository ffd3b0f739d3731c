using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Tests.Graphs;

/// <summary>Models of a few nodes.</summary>
internal static class TinyGraphs
{
    /// <summary>y = x · w + b, with w [3, 2] and b [2].</summary>
    public static GraphBuilder Linear()
    {
        var graph = new GraphBuilder("linear");
        string x = graph.Input("x", OnnxElementType.Float, "batch", 3);
        string w = graph.Initializer("w", [1f, 2, 3, 4, 5, 6], 3, 2);
        string b = graph.Initializer("b", [10f, 20], 2);
        string y = graph.Node("Add", [graph.Node("MatMul", [x, w], "xw"), b], "y");
        return graph.Output(y, OnnxElementType.Float, "batch", 2);
    }

    /// <summary>One node between x [batch, 4] and y.</summary>
    public static OnnxModel Between(string opType, params OnnxAttribute[] attributes)
    {
        var graph = new GraphBuilder(opType, opset: 13);
        string x = graph.Input("x", OnnxElementType.Float, "batch", 4);
        return graph.Output(graph.Node(opType, [x], "y", attributes), OnnxElementType.Float).Build();
    }

    /// <summary>The dynamic int8 product as ONNX Runtime's quantiser writes it: weights [3, 2].</summary>
    public static GraphBuilder Int8Product(Action<GraphBuilder> weights, string zeroPoint = "z")
    {
        var graph = new GraphBuilder("int8 product");
        string x = graph.Input("x", OnnxElementType.Float, "batch", 3);
        weights(graph);
        string[] q = graph.Node("DynamicQuantizeLinear", [x], ["xq", "xs", "xz"]);
        graph.Node("MatMulInteger", zeroPoint.Length == 0 ? [q[0], "w", q[2]] : [q[0], "w", q[2], zeroPoint], "product");
        graph.Node("Cast", ["product"], "real", OnnxAttribute.Of("to", (long)OnnxElementType.Float));
        graph.Node("Mul", [q[1], "s"], "scales");
        graph.Node("Mul", ["real", "scales"], "y");
        return graph.Output("y", OnnxElementType.Float, "batch", 2);
    }
}
