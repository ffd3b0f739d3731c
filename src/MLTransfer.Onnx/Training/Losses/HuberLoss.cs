using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Training.Losses;

/// <summary>
/// Huber's loss: with e = x_k − t_k, the mean over k of e² / 2 where |e| ≤ δ, else δ · (|e| − δ / 2). Outliers pull with a bounded force. Closed gradient: ∂l/∂x_k = clip(e, −δ, δ) / K.
/// </summary>
/// <param name="Delta">δ, above 0, in units of the label.</param>
/// <remarks>Reference: Huber (1964), "Robust estimation of a location parameter".</remarks>
internal sealed record HuberLoss(double Delta) : TrainingLoss
{
    public override LossNodes Append(GraphBuilder graph, string prediction, string target, string weight)
    {
        string error = Node(graph, "Sub", [prediction, target]);
        string clipped = Node(graph, "Clip", [error, Number(graph, (float)-Delta), Number(graph, (float)Delta)]);
        // Both branches in one: clip(e) · (e − clip(e) / 2).
        string terms = Node(graph, "Mul", [clipped, Node(graph, "Sub", [error, Node(graph, "Mul", [clipped, Number(graph, 0.5f)])])]);
        return new LossNodes(Weighted(graph, RowMeans(graph, terms), weight), MeanGradient(graph, clipped, weight));
    }
}
