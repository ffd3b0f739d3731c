using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Training.Losses;

/// <summary>
/// Focal loss over a softmax: l = −Σ_k t_k · (1 − p_k)^γ · log p_k. Rows that are classified well count less; γ = 0 is <see cref="CrossEntropyLoss"/>. Class weights (the paper's
/// α) are in the targets.
/// </summary>
/// <param name="Gamma">γ, 0 or above; the paper's choice is 2.</param>
/// <remarks>Reference: Lin, Goyal, Girshick, He and Dollár (2017), "Focal loss for dense object detection", equation 5.</remarks>
internal sealed record FocalLoss(double Gamma) : TrainingLoss
{
    // Below this 1 − p is rounding; a power below 1 of 0 would have an infinite gradient.
    private const float Least = 1e-7f;

    public override LossNodes Append(GraphBuilder graph, string prediction, string target, string weight)
    {
        string logarithms = Node(graph, "LogSoftmax", [prediction], OnnxAttribute.Of("axis", -1));
        string doubt = Node(graph, "Sub", [Number(graph, 1), Node(graph, "Exp", [logarithms])]);
        string factor = Node(graph, "Pow", [Node(graph, "Clip", [doubt, Number(graph, Least)]), Number(graph, (float)Gamma)]);
        string rows = RowSums(graph, Node(graph, "Mul", [target, Node(graph, "Mul", [factor, logarithms])]));
        return new LossNodes(Node(graph, "Neg", [Weighted(graph, rows, weight)]), null);
    }
}
