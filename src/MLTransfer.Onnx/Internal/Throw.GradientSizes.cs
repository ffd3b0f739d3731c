namespace MLTransfer.Onnx.Internal;

internal static partial class Throw
{
    public static Exception GradientNeedsFixedSize(string node, string why, string value) => new NotSupportedException(
        $"No gradient goes through node {node}: {why}, and the size of '{value}' differs from run to run. Export the model with that size fixed, or freeze everything in front of the node.");
}
