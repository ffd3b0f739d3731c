namespace MLTransfer.Onnx.Graphs;

/// <summary>
/// Turns dynamic int8 arithmetic into float: DynamicQuantizeLinear, MatMulInteger or ConvInteger, Cast and the product of scales become one MatMul
/// or Conv over weights dequantised once. Rows no longer share a scale, so they can be batched; only the weights' rounding remains.
/// </summary>
/// <remarks>
/// What it computes, for activations x and weights W with scale s and zero point z (one, or one for each output channel): y = x · (W − z) s. The
/// pattern is the one that ONNX Runtime's dynamic quantiser writes.
/// </remarks>
internal static class Int8ToFloat
{
    /// <summary>
    /// Rewrites the graph and its sub-graphs. The copy shares the original's mapped file. A model without dynamic int8 comes back as it is.
    /// </summary>
    /// <exception cref="NotSupportedException">A node of the pattern stands in another one; the message names it.</exception>
    public static OnnxModel Rewrite(OnnxModel model)
    {
        if (!model.AllNodes().Any(Int8Pattern.IsPart))
            return model;
        if (model.Functions.SelectMany(f => f.Nodes).FirstOrDefault(Int8Pattern.IsPart) is OnnxNode inner)
            throw Internal.Throw.UnknownInt8Pattern(inner.Label, "it stands in a function of the model");
        var uses = new NameUses(model.Graph);
        return model.WithGraph(new Int8Pattern(model.Graph, outer: null, uses).Rewrite());
    }
}
