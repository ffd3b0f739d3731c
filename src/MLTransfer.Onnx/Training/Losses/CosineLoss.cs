using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Training.Losses;

/// <summary>
/// Cosine distance: l = 1 − x · t / (‖x‖ · ‖t‖), as PyTorch's CosineEmbeddingLoss has it for similar pairs. Where the product of the lengths is not above 1e-8, as for a text without a known word, l is 1 and
/// there is no gradient. Also the regression of sentence embeddings on a teacher's: for rows of length 1 it is ½ · ‖x − t‖².
/// </summary>
internal sealed record CosineLoss : TrainingLoss
{
    private const float Least = 1e-8f;

    // The slope of the root at 0 is infinite. Squares of this size are far below what counts.
    private const float LeastSquare = 1e-30f;

    public override LossNodes Append(GraphBuilder graph, string prediction, string target, string weight)
    {
        string product = RowSums(graph, Node(graph, "Mul", [prediction, target]));
        string lengths = Node(graph, "Mul", [Length(graph, prediction), Length(graph, target)]), least = Number(graph, Least);
        string isLong = Node(graph, "Cast", [Node(graph, "Greater", [lengths, least])], OnnxAttribute.Of("to", (long)OnnxElementType.Float));
        string cosine = Node(graph, "Mul", [isLong, Node(graph, "Div", [product, Node(graph, "Clip", [lengths, least])])]);
        return new LossNodes(Weighted(graph, Node(graph, "Sub", [Number(graph, 1), cosine]), weight), null);
    }

    private static string Length(GraphBuilder graph, string vectors) =>
        Node(graph, "Sqrt", [Node(graph, "Clip", [RowSums(graph, Node(graph, "Mul", [vectors, vectors])), Number(graph, LeastSquare)])]);
}
