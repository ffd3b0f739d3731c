using System.Globalization;
using System.Text;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Training.Losses;

/// <summary>
/// Focal loss of K independent yes/no questions, their mean: l = −1/K · Σ_k (π_k · t_k · (1 − p_k)^γ · log p_k + (1 − t_k) · p_k^γ · log(1 − p_k)) with p = σ(x), σ the logistic function.
/// γ = 0 is <see cref="BinaryCrossEntropyLoss"/>.
/// </summary>
/// <param name="Gamma">γ, 0 or above; the paper's choice is 2.</param>
/// <param name="PositiveWeights">π, how much a yes counts against a no, one for each label; null for 1.</param>
/// <remarks>Reference: Lin, Goyal, Girshick, He and Dollár (2017), "Focal loss for dense object detection", equation 4, whose α is π / (1 + π) up to a factor.</remarks>
internal sealed record BinaryFocalLoss(double Gamma, float[]? PositiveWeights = null) : TrainingLoss
{
    // A power below 1 of 0 would have an infinite gradient.
    private const float Least = 1e-7f;

    public override LossNodes Append(GraphBuilder graph, string prediction, string target, string weight)
    {
        string one = Number(graph, 1), gamma = Number(graph, (float)Gamma);
        // −log σ(x) = softplus(−x) and −log(1 − σ(x)) = softplus(−x) + x, so that nothing overflows.
        string missed = Node(graph, "Softplus", [Node(graph, "Neg", [prediction])]);
        string alarmed = Node(graph, "Add", [missed, prediction]);
        string probability = Node(graph, "Sigmoid", [prediction]);
        string yes = target;
        if (PositiveWeights is not null)
            yes = Node(graph, "Mul", [target, graph.Initializer(graph.Free("loss_positive_weights"), PositiveWeights, PositiveWeights.Length)]);
        string no = Node(graph, "Sub", [one, target]);
        string yesTerms = Node(graph, "Mul", [Node(graph, "Mul", [yes, Power(Node(graph, "Sub", [one, probability]))]), missed]);
        string noTerms = Node(graph, "Mul", [Node(graph, "Mul", [no, Power(probability)]), alarmed]);
        return new LossNodes(Weighted(graph, RowMeans(graph, Node(graph, "Add", [yesTerms, noTerms])), weight), null);

        string Power(string values) => Node(graph, "Pow", [Node(graph, "Clip", [values, Number(graph, Least)]), gamma]);
    }

    // A checkpoint knows a loss by its text.
    protected override bool PrintMembers(StringBuilder builder)
    {
        if (base.PrintMembers(builder))
            builder.Append(", ");
        builder.Append(CultureInfo.InvariantCulture, $"{nameof(Gamma)} = {Gamma}, {nameof(PositiveWeights)} = {Numbers(PositiveWeights)}");
        return true;
    }
}
