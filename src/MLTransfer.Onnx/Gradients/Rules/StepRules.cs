namespace MLTransfer.Onnx.Gradients.Rules;

/// <summary>
/// Functions whose value stays as it is when x moves a little: rounding, comparisons, indices, shapes. Their slope is 0, so nothing is sent back, and what is in front of them is
/// trained over its other readers alone.
/// </summary>
internal static class StepRules
{
    private static readonly string[] Operators =
    [
        "Floor", "Ceil", "Round", "Sign", "Hardmax",
        "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Not", "And", "Or", "Xor", "IsNaN", "IsInf",
        "ArgMax", "ArgMin", "NonZero", "Shape", "Size", "Constant", "ConstantOfShape", "EyeLike",
    ];

    public static Dictionary<string, GradientRule> All { get; } = Operators.ToDictionary(o => o, _ => new GradientRule(_ => { }) { InputCount = 0 }, StringComparer.Ordinal);
}
