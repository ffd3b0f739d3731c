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

    public static Exception StretchUnclear(string node, string value) => new NotSupportedException(
        $"The value '{value}' that goes into node {node} has an axis which is stretched for some sizes of the inputs and not for others, so its gradient cannot be written down. " +
        "Freeze everything in front of that node, or export the graph with that axis fixed.");

    public static Exception ParameterWithoutEffect(string name, string parameter, string loss) => new ArgumentException(
        $"'{parameter}' of the graph '{name}' cannot be trained: '{loss}' does not depend on it, or it is no tensor of real numbers. Leave it out.");

    public static Exception NoGradientRule(string name, string node, string problem, string? cut) => new NotSupportedException(
        $"The graph '{name}' cannot be trained through node {node}: {problem}. " + (cut is null ? "Freeze everything in front of it."
        : $"Freeze everything in front of '{cut}': what lies behind that value can be trained. Or use a plain float export of the model."));

    public static Exception OpsetBeyondRange(string name, long opset, int earliest, int latest) => new NotSupportedException(
        $"The graph '{name}' is written in version {opset} of ONNX's operators; versions {earliest} to {latest} can be trained. Export it again in one of those, such as 17.");

    public static Exception OpsetOfFunctions(string name, long opset, string function) => new NotSupportedException(
        $"The graph '{name}' is written in version {opset} of ONNX's operators and has functions of its own ('{function}'), which cannot be raised to version 17. " +
        "Export it in version 17, or with its functions written out.");

    public static Exception OpsetNotRaised(string name, string node, string problem) => new NotSupportedException(
        $"The graph '{name}' cannot be raised to version 17 of ONNX's operators because of node {node}: {problem}. Export the model in version 17.");
}
