using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Training.Losses;

/// <summary>
/// The student's rows shall lie as far from each other as the teacher's, up to one scale: l_i = 1/n · Σ_j h(d_ij / μ − e_ij / ν), d_ij = ‖x_i − x_j‖ and μ its mean over the n · (n − 1) pairs i ≠ j of the batch,
/// e and ν the same of t, h Huber's function of δ = 1. μ carries a gradient. With weights 1/n this is the authors' code: the mean over all n² pairs, the n zeros of rows with themselves among them.
/// Two rows that are the same have the distance 1e-6 (as in that code) and no gradient through it. A batch of one row gives 0. Takes memory for n² · K numbers.
/// </summary>
/// <remarks>Reference: Park, Kim, Lu and Cho (2019), "Relational knowledge distillation" (distance-wise loss); weights of about 25 beside a loss of the task are usual.</remarks>
internal sealed record RelationalDistanceLoss : BatchRelationLoss
{
    public override LossNodes Append(GraphBuilder graph, string prediction, string target, string weight)
    {
        string count = RowCount(graph, target), one = Number(graph, 1);
        string pairs = Node(graph, "Clip", [Node(graph, "Mul", [count, Node(graph, "Sub", [count, one])]), one]);
        string terms = SmoothL1(graph, Distances(prediction), Distances(target));
        return new LossNodes(Weighted(graph, Node(graph, "Div", [RowSums(graph, terms), count]), weight), null);

        string Distances(string values)
        {
            string squares = Squares(graph, Differences(graph, values), keepAxis: false);
            string areOthers = Node(graph, "Sub", [one, Node(graph, "EyeLike", [squares])]);
            string distances = Node(graph, "Mul", [Node(graph, "Sqrt", [Node(graph, "Clip", [squares, Number(graph, LeastSquare)])]), areOthers]);
            string mean = Node(graph, "Div", [Node(graph, "ReduceSum", [distances], OnnxAttribute.Of("keepdims", 0)), pairs]);
            // The mean of one row alone is 0 / 1.
            return Node(graph, "Div", [distances, Node(graph, "Clip", [mean, Number(graph, MathF.Sqrt(LeastSquare) / 2)])]);
        }
    }
}
