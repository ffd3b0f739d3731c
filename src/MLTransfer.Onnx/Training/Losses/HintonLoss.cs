using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Training.Losses;

/// <summary>
/// Distillation of a classifier by its softened probabilities: l = T² · Σ_k q_k · (log q_k − log p_k) with q = softmax(t / T), p = softmax(x / T), t the teacher's logits and x the student's.
/// The factor T² is always there, so that gradients stay of one size whatever T is: for large T the loss is ½ / K · Σ_k (x_k − t_k)² of centred logits. It is a divergence, not a cross-entropy: 0 where both
/// agree. Closed gradient: ∂l/∂x_k = T · (p_k − q_k).
/// </summary>
/// <param name="Temperature">T, above 0; 1 takes the probabilities as they are, 2 to 5 is usual.</param>
/// <remarks>Reference: Hinton, Vinyals and Dean (2015), "Distilling the knowledge in a neural network", section 2.</remarks>
internal sealed record HintonLoss(double Temperature) : TrainingLoss
{
    public double Temperature { get; } = AboveZero(Temperature, nameof(Temperature));

    public override LossNodes Append(GraphBuilder graph, string prediction, string target, string weight)
    {
        string inverse = Number(graph, (float)(1 / Temperature));
        string student = Logarithms(prediction), teacher = Logarithms(target);
        string expected = Node(graph, "Exp", [teacher]);
        string rows = RowSums(graph, Node(graph, "Mul", [expected, Node(graph, "Sub", [teacher, student])]));
        string loss = Node(graph, "Mul", [Weighted(graph, rows, weight), Number(graph, (float)(Temperature * Temperature))]);
        string difference = Node(graph, "Sub", [Node(graph, "Exp", [student]), expected]);
        return new LossNodes(loss, Node(graph, "Mul", [difference, Node(graph, "Mul", [weight, Number(graph, (float)Temperature)])]));

        string Logarithms(string logits) => Node(graph, "LogSoftmax", [Node(graph, "Mul", [logits, inverse])], OnnxAttribute.Of("axis", -1));
    }
}
