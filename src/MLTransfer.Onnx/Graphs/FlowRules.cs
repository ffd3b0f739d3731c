namespace MLTransfer.Onnx.Graphs;

/// <summary>
/// What is known of a value: whether the content of rows reaches it, whether it holds real numbers, and the axis of the rows where that is certain.
/// </summary>
internal readonly record struct Flow(bool Reached, bool Real, int? RowAxis);

/// <summary>
/// What an operator's result is, given its inputs. Operators not named here pass on what reaches them and lose the axis of the rows.
/// </summary>
internal static class FlowRules
{
    public static Flow Join(Flow a, Flow b) => new(a.Reached || b.Reached, a.Real || b.Real, a.RowAxis == b.RowAxis ? a.RowAxis : null);

    public static Flow Result(OnnxNode node, Flow[] inputs, Func<string, OnnxTensor?> constant) =>
        inputs.Length == 0 ? new Flow(Reached: false, Real: true, RowAxis: null)
            : new Flow(Reaches(node, inputs), IsReal(node, inputs), RowAxis(node, inputs, constant));

    /// <summary>A constant list of axes or sizes; null where there is none, or where it is too long to be one: loading it for every node that names it would take hours.</summary>
    public static long[]? Axes(OnnxTensor? constant) => constant is not null && constant.ElementCount <= ReadContext.LargestRank ? constant.ToInt64s() : null;

    private static bool Reaches(OnnxNode node, Flow[] inputs) => node.OpType switch
    {
        // A shape says how many rows there are, not what is in them.
        "Shape" or "Size" or "ConstantOfShape" or "EyeLike" or "RandomNormalLike" or "RandomUniformLike" => false,
        _ => inputs.Any(i => i.Reached),
    };

    private static bool IsReal(OnnxNode node, Flow[] inputs) => node.OpType switch
    {
        "Cast" => ((OnnxElementType)node.Int("to", 0)).IsReal(),
        "Shape" or "Size" or "ArgMax" or "ArgMin" or "NonZero" or "Equal" or "Less" or "Greater" or "LessOrEqual" or "GreaterOrEqual"
            or "Not" or "And" or "Or" or "Xor" or "IsNaN" or "IsInf" or "QuantizeLinear" or "DynamicQuantizeLinear" or "MatMulInteger" or "ConvInteger"
            or "QLinearMatMul" or "QLinearConv" => false,
        "DequantizeLinear" => true,
        "Where" => inputs[^1].Real,
        "Gather" or "GatherElements" or "GatherND" or "Reshape" or "Expand" or "Slice" or "Tile" or "Unsqueeze" or "Squeeze" or "Pow" =>
            inputs[0].Real,
        _ => inputs.Any(i => i.Real),
    };

    private static int? RowAxis(OnnxNode node, Flow[] inputs, Func<string, OnnxTensor?> constant)
    {
        int? axis = inputs[0].RowAxis;
        switch (node.OpType)
        {
            case "Add" or "Sub" or "Mul" or "Div" or "Pow" or "Min" or "Max" or "Sum" or "Mean" or "Where" or "PRelu" or "MatMul"
                or "Equal" or "Less" or "Greater" or "And" or "Or":
                Flow[] reached = [.. inputs.Where(i => i.Reached)];
                return reached.Length > 0 && reached.All(r => r.RowAxis == reached[0].RowAxis) ? reached[0].RowAxis : null;
            case "Identity" or "Cast" or "Relu" or "Gelu" or "Erf" or "Tanh" or "Sigmoid" or "Sqrt" or "Reciprocal" or "Neg" or "Abs" or "Exp" or "Log" or "Clip"
                or "LeakyRelu" or "Elu" or "Selu" or "Softplus" or "HardSigmoid" or "HardSwish" or "Dropout" or "Softmax" or "LogSoftmax"
                or "LayerNormalization" or "BatchNormalization" or "InstanceNormalization" or "DequantizeLinear" or "QuantizeLinear"
                or "DynamicQuantizeLinear" or "Not" or "Sin" or "Cos" or "Floor" or "Round":
                return axis;
            case "Conv" or "ConvInteger" or "ConvTranspose" or "Gemm" or "MatMulInteger" or "MaxPool" or "AveragePool"
                or "GlobalAveragePool" or "GlobalMaxPool" or "Flatten":
                // These take rows on axis 0 alone.
                return axis == 0 && node.Int("axis", 1) >= 1 && node.Int("transA", 0) == 0 ? 0 : null;
            case "Transpose":
                int found = axis is int before ? node.Attribute("perm")?.Ints.IndexOf(before) ?? -1 : -1;
                return found < 0 ? null : found;
            case "Gather":
                // An embedding table: the result begins with the axes of the indices. Otherwise an axis behind the rows is picked from.
                long picked = node.Int("axis", 0);
                return !inputs[0].Reached && picked == 0 && inputs.Length > 1 ? inputs[1].RowAxis : axis == 0 && picked > 0 ? 0 : null;
            case "Unsqueeze" or "Squeeze":
                long[]? axes = Axes(constant(node.Input(1))) ?? node.Attribute("axes")?.Ints.ToArray();
                return axis == 0 && axes?.All(a => a > 0) == true ? 0 : null;
            case "Reshape":
                // Zero copies the size, so the first axis stays what it is.
                return axis == 0 && Axes(constant(node.Input(1))) is [0, ..] && node.Int("allowzero", 0) == 0 ? 0 : null;
            case "Concat":
                return inputs.Where(i => i.Reached).All(i => i.RowAxis == 0) && node.Int("axis", 0) > 0 ? 0 : null;
            case "Split":
                return axis == 0 && node.Int("axis", 0) > 0 ? 0 : null;
            default:
                // With its axes in front and the dimensions kept or not, axis 0 survives a reduction over the others, which have positive or negative numbers.
                return node.OpType.StartsWith("Reduce", StringComparison.Ordinal) && axis == 0 ? 0 : null;
        }
    }
}
