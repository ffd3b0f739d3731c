using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Training.Losses;

/// <summary>
/// <see cref="HintonLoss"/> of K independent yes/no questions with one logit each, their mean: l = T² / K · Σ_k (q_k · (log q_k − log p_k) + (1 − q_k) · (log(1 − q_k) − log(1 − p_k))) with
/// q = σ(t / T), p = σ(x / T), σ the logistic function, t the teacher's logits and x the student's. T² is always there. Closed gradient: ∂l/∂x_k = T · (p_k − q_k) / K.
/// </summary>
/// <param name="Temperature">T, above 0.</param>
/// <remarks>Reference: Hinton, Vinyals and Dean (2015), "Distilling the knowledge in a neural network"; one logit u has the probabilities of the two logits (u, 0).</remarks>
internal sealed record BinaryHintonLoss(double Temperature) : TrainingLoss
{
    public double Temperature { get; } = AboveZero(Temperature, nameof(Temperature));

    public override LossNodes Append(GraphBuilder graph, string prediction, string target, string weight)
    {
        string inverse = Number(graph, (float)(1 / Temperature));
        string student = Node(graph, "Mul", [prediction, inverse]), teacher = Node(graph, "Mul", [target, inverse]);
        string loss = Weighted(graph, RowMeans(graph, Divergence(graph, teacher, student)), weight);
        string difference = Node(graph, "Sub", [Node(graph, "Sigmoid", [student]), Node(graph, "Sigmoid", [teacher])]);
        return new LossNodes(
            Node(graph, "Mul", [loss, Number(graph, (float)(Temperature * Temperature))]),
            MeanGradient(graph, Node(graph, "Mul", [difference, Number(graph, (float)Temperature)]), weight));
    }

    /// <summary>The divergence of two answers, yes and no, from logits, number by number.</summary>
    internal static string Divergence(GraphBuilder graph, string teacher, string student)
    {
        string teacherNo = Node(graph, "Neg", [teacher]), studentNo = Node(graph, "Neg", [student]);
        return Node(graph, "Add", [Part(teacher, teacherNo, studentNo), Part(teacherNo, teacher, student)]);

        // q · (log q − log p), with −log σ(u) = softplus(−u): nothing overflows, and where both are sure and agree nothing cancels.
        string Part(string logit, string teacherOther, string studentOther) => Node(graph, "Mul",
            [Node(graph, "Sigmoid", [logit]), Node(graph, "Sub", [Node(graph, "Softplus", [studentOther]), Node(graph, "Softplus", [teacherOther])])]);
    }
}
