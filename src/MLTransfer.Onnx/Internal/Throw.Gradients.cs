using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Internal;

internal static partial class Throw
{
    public static Exception ProbeFailed(string name, IEnumerable<OnnxValue> inputs, Exception inner) => new InvalidOperationException(
        $"The graph '{name}' does not run on small made-up inputs ({string.Join(", ", inputs.Select(i => $"'{i.Name}' {i.ElementType} [{string.Join(", ", i.Dimensions)}]"))}), " +
        $"which is needed to see its shapes: {inner.Message} State the sizes of open axes, or export the graph with fixed ones.", inner);

    public static Exception ProbeInputType(string input, OnnxElementType type) => new NotSupportedException(
        $"Input '{input}' holds {type}; a graph to be trained takes real numbers, integers or truth values. Cut the graph behind what turns '{input}' into numbers.");

    public static Exception ValueWithoutShape(string value) => new NotSupportedException(
        $"The value '{value}' is no tensor or has another rank in every run, so no gradient goes through it. Freeze everything in front of it.");

    public static Exception GradientType(OnnxElementType type) => new NotSupportedException(
        $"Gradients are computed in Float or Double, not in {type}. Use the float32 export of the model.");

    public static Exception ParameterWithoutEffect(string name, string parameter, string loss) => new ArgumentException(
        $"'{parameter}' of the graph '{name}' cannot be trained: '{loss}' does not depend on it, or it is no tensor of real numbers. Leave it out.");

    public static Exception NoGradientRule(string name, string node, string problem, string? cut) => new NotSupportedException(
        $"The graph '{name}' cannot be trained through node {node}: {problem}. " + (cut is null ? "Freeze everything in front of it."
        : $"Freeze everything in front of '{cut}': what lies behind that value can be trained. Or use a plain float export of the model."));
}
