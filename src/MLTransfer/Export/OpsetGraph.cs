using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Export;

/// <summary>
/// Writes nodes in a given version of ONNX's operators: what versions write differently has a method here, so that a head or a pooling is joined to a backbone of any age without
/// touching the backbone's nodes. Of the others, those are safe whose form has not changed since version 7: MatMul, Gemm, Add, Mul, Div, Sqrt, Relu, Tanh, Sigmoid, Cast, Reshape, Gather,
/// Transpose, Concat, ArgMax, and Softmax over the last of two axes.
/// </summary>
internal sealed class OpsetGraph
{
    /// <summary>Broadcasting as it is now came with version 7.</summary>
    public const int Oldest = 7;

    private readonly int _opset;
    private int _count;

    public OpsetGraph(string name, int opset)
    {
        _opset = opset >= Oldest ? opset : throw Internal.Throw.ExportOpset(opset, Oldest, "its operators do not broadcast");
        Builder = new GraphBuilder(name, opset);
    }

    /// <summary>For inputs, outputs and constants.</summary>
    public GraphBuilder Builder { get; }

    /// <summary>A node with one output, whose new name comes back.</summary>
    public string Node(string opType, ReadOnlySpan<string> inputs, params ReadOnlySpan<OnnxAttribute> attributes) =>
        Builder.Node(opType, inputs, NewName(opType), attributes);

    /// <summary>A node with one output under a name of the caller's.</summary>
    public string NamedNode(string output, string opType, ReadOnlySpan<string> inputs, params ReadOnlySpan<OnnxAttribute> attributes) =>
        Builder.Node(opType, inputs, output, attributes);

    public string Constant(float[] values, params ReadOnlySpan<long> dimensions) => Builder.Initializer(NewName("constant"), values, dimensions);

    public string Constant(long[] values, params ReadOnlySpan<long> dimensions) => Builder.Initializer(NewName("constant"), values, dimensions);

    public string Cast(string value, OnnxElementType type) => Node("Cast", [value], OnnxAttribute.Of("to", (long)type));

    public string Reshape(string value, params long[] shape) => Node("Reshape", [value, Constant(shape, shape.Length)]);

    /// <summary>Sum along an axis; its axes are an attribute before version 13.</summary>
    public string Sum(string value, long axis, bool keepsAxis) => Reduce("ReduceSum", value, axis, keepsAxis, inputSince: 13);

    /// <summary>Maximum along an axis; its axes are an attribute before version 18.</summary>
    public string Maximum(string value, long axis, bool keepsAxis) => Reduce("ReduceMax", value, axis, keepsAxis, inputSince: 18);

    /// <summary>Mean along an axis; its axes are an attribute before version 18.</summary>
    public string Mean(string value, long axis, bool keepsAxis) => Reduce("ReduceMean", value, axis, keepsAxis, inputSince: 18);

    /// <summary>Refuses a version that lacks an operator.</summary>
    public void Require(int opset, string reason)
    {
        if (_opset < opset)
            throw Internal.Throw.ExportOpset(_opset, opset, reason);
    }

    private string Reduce(string opType, string value, long axis, bool keepsAxis, int inputSince)
    {
        OnnxAttribute keep = OnnxAttribute.Of("keepdims", keepsAxis ? 1L : 0L);
        return _opset >= inputSince ? Node(opType, [value, Constant([axis], 1)], keep)
            : Node(opType, [value], OnnxAttribute.Of("axes", [axis]), keep);
    }

    private string NewName(string kind) => $"mltransfer_{kind}_{_count++}";
}
