using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Training.Losses;

/// <summary>
/// Softmax cross-entropy: l = −Σ_k t_k · log p_k with p = softmax(x). Targets are probabilities, or those times class weights; they need not sum to 1. Label smoothing and class
/// weights are in the targets (<see cref="ClassTargets"/>). Closed gradient: ∂l/∂x_k = p_k · Σ_j t_j − t_k.
/// </summary>
internal sealed record CrossEntropyLoss : TrainingLoss
{
    public override LossNodes Append(GraphBuilder graph, string prediction, string target, string weight)
    {
        string logarithms = Node(graph, "LogSoftmax", [prediction], OnnxAttribute.Of("axis", -1));
        string loss = Node(graph, "Neg", [Weighted(graph, RowSums(graph, Node(graph, "Mul", [target, logarithms])), weight)]);
        string expected = Node(graph, "Mul", [Node(graph, "Exp", [logarithms]), RowSums(graph, target)]);
        return new LossNodes(loss, Node(graph, "Mul", [Node(graph, "Sub", [expected, target]), weight]));
    }
}
