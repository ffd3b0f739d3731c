using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Training.Losses;

/// <summary>
/// For each row of a batch the student shall find the other rows as similar as the teacher does: l_i = Σ_{j ≠ i} q_ij · (log q_ij − log p_ij) with q_ij = softmax over j ≠ i of cos(t_i, t_j) / T and p_ij the same of x.
/// For encoders: x and t are embeddings of any two widths. There is no factor T². A row of length 0 (below 1e-6) has the cosine 0 with all others and gets no gradient. A batch of one or two rows gives 0.
/// </summary>
/// <param name="Temperature">T, above 0; cosines differ little, so 0.05 to 0.2 is usual.</param>
/// <remarks>
/// The divergence of conditional probabilities from cosines within a batch is that of Passalis and Tefas (2018), "Learning deep representations with probabilistic knowledge transfer", whose
/// kernel is (1 + cos) / 2; the softmax at a temperature in its place is that of Fang, Wang, Wang, Zhang, Yang and Liu (2021), "SEED: self-supervised distillation for visual representation",
/// which compares with a queue of the teacher's embeddings instead of the batch.
/// </remarks>
internal sealed record SimilarityDivergenceLoss(double Temperature) : BatchRelationLoss
{
    // A row's similarity to itself, before the softmax: its probability is 0, and the number is finite.
    private const float Masked = -1e30f;

    public double Temperature { get; } = AboveZero(Temperature, nameof(Temperature));

    public override LossNodes Append(GraphBuilder graph, string prediction, string target, string weight)
    {
        string inverse = Number(graph, (float)(1 / Temperature)), masked = Number(graph, Masked);
        string teacher = Logarithms(target), student = Logarithms(prediction);
        string rows = RowSums(graph, Node(graph, "Mul", [Node(graph, "Exp", [teacher]), Node(graph, "Sub", [teacher, student])]));
        return new LossNodes(Weighted(graph, rows, weight), null);

        string Logarithms(string values)
        {
            string directions = Directions(graph, values);
            string cosines = Node(graph, "MatMul", [directions, Node(graph, "Transpose", [directions], OnnxAttribute.Of("perm", [1L, 0]))]);
            string itself = Node(graph, "Mul", [Node(graph, "EyeLike", [cosines]), masked]);
            return Node(graph, "LogSoftmax", [Node(graph, "Add", [Node(graph, "Mul", [cosines, inverse]), itself])], OnnxAttribute.Of("axis", -1));
        }
    }
}
