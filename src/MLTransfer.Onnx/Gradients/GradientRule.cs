using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Gradients;

/// <summary>
/// How the gradient goes back through one operator: from L's gradient with respect to the outputs to that with respect to the inputs. The forward half is the operator
/// itself, which ONNX Runtime runs.
/// </summary>
/// <param name="Backward">Emits the nodes of the backward half.</param>
internal sealed record GradientRule(Action<GradientNode> Backward)
{
    /// <summary>Why the rule does not cover a node with these attributes; null where it does.</summary>
    public Func<OnnxNode, string?> Refusal { get; init; } = _ => null;

    /// <summary>How many inputs, from the first, have a gradient; the others (bounds, exponents, statistics) are taken as constants.</summary>
    public int InputCount { get; init; } = int.MaxValue;
}
