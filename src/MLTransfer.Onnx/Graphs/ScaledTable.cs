namespace MLTransfer.Onnx.Graphs;

/// <summary>A table of 8-bit rows with a scale for each, of which rows are picked before they become float: what <see cref="Int8Storage"/> writes.</summary>
/// <param name="Gather">Picks the rows.</param>
/// <param name="Numbers">V × D numbers of 8 bits.</param>
/// <param name="Scales">V × 1.</param>
internal sealed record ScaledTable(OnnxNode Gather, OnnxTensor Numbers, OnnxTensor Scales)
{
    /// <summary>The table in front of a product of picked rows and their scales; null where the node is no such thing.</summary>
    public static ScaledTable? Before(OnnxNode product, NodeIndex index)
    {
        if (product is not { OpType: "Mul", IsStandard: true, Inputs.Length: 2 })
            return null;
        if (index.Producer(product.Inputs[0]) is not { OpType: "Cast", IsStandard: true } cast || cast.Int("to", 0) != (long)OnnxElementType.Float)
            return null;
        OnnxNode? rows = Picks(index.Producer(cast.Inputs[0])), scaling = Picks(index.Producer(product.Inputs[1]));
        if (rows is null || scaling is null || rows.Inputs[1] != scaling.Inputs[1])
            return null;
        return index.Constant(rows.Inputs[0]) is { ElementType: OnnxElementType.Int8, Dimensions: [var count, _] } numbers
            && index.Constant(scaling.Inputs[0]) is { ElementType: OnnxElementType.Float, Dimensions: [var scaleCount, 1] } scales && scaleCount == count
            ? new ScaledTable(rows, numbers, scales) : null;
    }

    /// <summary>The table in float.</summary>
    public OnnxTensor ToFloat(string name)
    {
        float[] values = Numbers.ToFloats(), scales = Scales.ToFloats();
        int width = (int)Numbers.Dimensions[1];
        for (int i = 0; i < values.Length; i++)
            values[i] *= scales[i / width];
        return OnnxTensor.Of(name, values, Numbers.Dimensions.AsSpan());
    }

    private static OnnxNode? Picks(OnnxNode? node) => node is { OpType: "Gather", IsStandard: true } && node.Int("axis", 0) == 0 ? node : null;
}
