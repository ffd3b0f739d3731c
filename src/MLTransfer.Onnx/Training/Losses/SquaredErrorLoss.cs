using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Training.Losses;

/// <summary>Mean squared error: l = 1/K · Σ_k (x_k − t_k)². Closed gradient: ∂l/∂x_k = 2 · (x_k − t_k) / K.</summary>
internal sealed record SquaredErrorLoss : TrainingLoss
{
    public override LossNodes Append(GraphBuilder graph, string prediction, string target, string weight)
    {
        string error = Node(graph, "Sub", [prediction, target]);
        string loss = Weighted(graph, RowMeans(graph, Node(graph, "Mul", [error, error])), weight);
        return new LossNodes(loss, MeanGradient(graph, Node(graph, "Add", [error, error]), weight));
    }
}
