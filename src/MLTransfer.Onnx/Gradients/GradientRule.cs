using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Gradients;

/// <summary>
/// How the gradient goes back through one operator: from L's gradient with respect to the outputs to that with respect to the inputs. The forward half is the operator
/// itself, which ONNX Runtime runs.
/// </summary>
/// <param name="Backward">Emits the nodes of the backward half.</param>
internal sealed record GradientRule(Action<GradientNode> Backward)
{
    /// <summary>Why the rule does not cover a node with these attributes and, seen in its graph, these constants; null where it does.</summary>
    public Func<OnnxNode, NodeIndex, string?> Refusal { get; init; } = (_, _) => null;

    /// <summary>How many inputs, from the first, have a gradient; the others (bounds, exponents, statistics) are taken as constants.</summary>
    public int InputCount { get; init; } = int.MaxValue;

    /// <summary>The refusal of a node whose input is computed where the rule must know it when the backward half is made.</summary>
    /// <param name="index">Which input.</param>
    /// <param name="input">What the operator calls it.</param>
    public static Func<OnnxNode, NodeIndex, string?> Computed(int index, string input) => (node, graph) => node.Input(index) is { Length: > 0 } name && graph.Constant(name) is null
        ? $"its input {index} ({input}) is '{name}', which the graph computes; the gradient rule needs a constant there" : null;
}
