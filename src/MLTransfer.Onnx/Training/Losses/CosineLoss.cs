using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Training.Losses;

/// <summary>Cosine distance: l = 1 − x · t / max(‖x‖ · ‖t‖, 1e-8), as PyTorch's CosineEmbeddingLoss has it for similar pairs.</summary>
internal sealed record CosineLoss : TrainingLoss
{
    private const float Least = 1e-8f;

    public override LossNodes Append(GraphBuilder graph, string prediction, string target, string weight)
    {
        string product = RowSums(graph, Node(graph, "Mul", [prediction, target]));
        string lengths = Node(graph, "Mul", [Length(graph, prediction), Length(graph, target)]);
        string cosine = Node(graph, "Div", [product, Node(graph, "Clip", [lengths, Number(graph, Least)])]);
        return new LossNodes(Weighted(graph, Node(graph, "Sub", [Number(graph, 1), cosine]), weight), null);
    }

    private static string Length(GraphBuilder graph, string vectors) => Node(graph, "Sqrt", [RowSums(graph, Node(graph, "Mul", [vectors, vectors]))]);
}
