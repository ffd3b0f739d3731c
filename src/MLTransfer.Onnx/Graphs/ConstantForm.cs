namespace MLTransfer.Onnx.Graphs;

/// <summary>A Constant node holds a tensor or, since version 12, plain numbers.</summary>
internal static class ConstantForm
{
    /// <summary>The node's value as a tensor; null for texts and sparse tensors.</summary>
    public static OnnxTensor? Value(OnnxNode node)
    {
        string name = node.Outputs[0];
        if (node.Attribute("value")?.Tensor is OnnxTensor tensor)
            return tensor;
        if (node.Attribute("value_int") is OnnxAttribute integer)
            return OnnxTensor.Of(name, [integer.Int]);
        if (node.Attribute("value_float") is OnnxAttribute real)
            return OnnxTensor.Of(name, [real.Float]);
        if (node.Attribute("value_ints") is OnnxAttribute integers)
            return OnnxTensor.Of(name, integers.Ints.AsSpan(), integers.Ints.Length);
        return node.Attribute("value_floats") is OnnxAttribute reals ? OnnxTensor.Of(name, reals.Floats.AsSpan(), reals.Floats.Length) : null;
    }
}
