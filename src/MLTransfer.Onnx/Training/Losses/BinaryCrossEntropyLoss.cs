using System.Globalization;
using System.Text;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Training.Losses;

/// <summary>
/// Cross-entropy of K independent yes/no questions, their mean: l = −1/K · Σ_k (π_k · t_k · log σ(x_k) + (1 − t_k) · log(1 − σ(x_k))), σ the logistic function. Closed gradient:
/// ∂l/∂x_k = ((1 + (π_k − 1) · t_k) · σ(x_k) − π_k · t_k) / K.
/// </summary>
/// <param name="PositiveWeights">π, how much a yes counts against a no, one for each label; null for 1.</param>
internal sealed record BinaryCrossEntropyLoss(float[]? PositiveWeights = null) : TrainingLoss
{
    public override LossNodes Append(GraphBuilder graph, string prediction, string target, string weight)
    {
        // −log σ(x) = softplus(−x) and −log(1 − σ(x)) = softplus(−x) + x, so that nothing overflows.
        string soft = Node(graph, "Softplus", [Node(graph, "Neg", [prediction])]);
        string missing = Node(graph, "Mul", [Node(graph, "Sub", [Number(graph, 1), target]), prediction]);
        string yes = target, factor = Number(graph, 1);
        if (PositiveWeights is not null)
        {
            string weights = graph.Initializer(graph.Free("loss_positive_weights"), PositiveWeights, PositiveWeights.Length);
            yes = Node(graph, "Mul", [target, weights]);
            factor = Node(graph, "Add", [Node(graph, "Sub", [yes, target]), Number(graph, 1)]);
        }
        string labels = Node(graph, "Add", [Node(graph, "Mul", [soft, factor]), missing]);
        string difference = Node(graph, "Sub", [Node(graph, "Mul", [factor, Node(graph, "Sigmoid", [prediction])]), yes]);
        return new LossNodes(Weighted(graph, RowMeans(graph, labels), weight), MeanGradient(graph, difference, weight));
    }

    // A checkpoint knows a loss by its text.
    protected override bool PrintMembers(StringBuilder builder)
    {
        if (base.PrintMembers(builder))
            builder.Append(", ");
        builder.Append(CultureInfo.InvariantCulture, $"{nameof(PositiveWeights)} = {Numbers(PositiveWeights)}");
        return true;
    }
}
