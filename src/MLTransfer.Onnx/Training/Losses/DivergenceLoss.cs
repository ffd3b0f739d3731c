using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Training.Losses;

/// <summary>
/// Kullback-Leibler divergence from the target to the prediction: l = Σ_k t_k · (log t_k − log p_k) with p = softmax(x), 0 · log 0 = 0. Its gradient is that of
/// <see cref="CrossEntropyLoss"/>; the value is 0 where both agree.
/// </summary>
/// <remarks>Reference: Kullback and Leibler (1951), "On information and sufficiency".</remarks>
internal sealed record DivergenceLoss : TrainingLoss
{
    // The smallest normal float: its logarithm is finite, and times 0 it is 0.
    private const float Least = 1.17549435e-38f;

    public override LossNodes Append(GraphBuilder graph, string prediction, string target, string weight)
    {
        LossNodes cross = new CrossEntropyLoss().Append(graph, prediction, target, weight);
        string logarithms = Node(graph, "Log", [Node(graph, "Max", [target, Number(graph, Least)])]);
        string negativeEntropy = Weighted(graph, RowSums(graph, Node(graph, "Mul", [target, logarithms])), weight);
        return cross with { Loss = Node(graph, "Add", [cross.Loss, negativeEntropy]) };
    }
}
