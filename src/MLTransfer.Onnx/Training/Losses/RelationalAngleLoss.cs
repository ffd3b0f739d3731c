using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Training.Losses;

/// <summary>
/// Three of the student's rows shall span the same angle as the teacher's: l_i = 1/n² · Σ_jk h(cos ∠(x_j, x_i, x_k) − cos ∠(t_j, t_i, t_k)), the angles at row i, h Huber's function of δ = 1. With weights 1/n this is
/// the authors' code: the mean over all n³ triples, also those in which rows repeat. The cosine is 0 where row i is the same as row j or k (nearer than 1e-6), and there is no gradient through it; that code has
/// the same value and a gradient beyond bounds. A batch of one row gives 0. Takes memory for n² · K and n³ numbers.
/// </summary>
/// <remarks>Reference: Park, Kim, Lu and Cho (2019), "Relational knowledge distillation" (angle-wise loss); weights of about 50 beside a loss of the task are usual.</remarks>
internal sealed record RelationalAngleLoss : BatchRelationLoss
{
    public override LossNodes Append(GraphBuilder graph, string prediction, string target, string weight)
    {
        string terms = SmoothL1(graph, Angles(prediction), Angles(target));
        string count = RowCount(graph, target);
        string rows = RowSums(graph, Node(graph, "ReduceSum", [terms, Integers(graph, 2)], OnnxAttribute.Of("keepdims", 0)));
        return new LossNodes(Weighted(graph, Node(graph, "Div", [rows, Node(graph, "Mul", [count, count])]), weight), null);

        string Angles(string values)
        {
            string directions = Directions(graph, Differences(graph, values));
            return Node(graph, "MatMul", [directions, Node(graph, "Transpose", [directions], OnnxAttribute.Of("perm", [0L, 2, 1]))]);
        }
    }
}
