using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Internal;

namespace MLTransfer.Onnx.Training.Losses;

/// <summary>
/// Decoupled distillation of K classes: l = T² · (α · TCKD + β · NCKD), as the authors' code has it. With q = softmax(t / T), p = softmax(x / T) and y the true class, TCKD is the divergence between
/// "class y or not": q_y · (log q_y − log p_y) + (1 − q_y) · (log(1 − q_y) − log(1 − p_y)); NCKD is that among the other classes, Σ_{k ≠ y} q̂_k · (log q̂_k − log p̂_k), q̂ and p̂ the softmax over k ≠ y.
/// The target is [batch, 2K]: the teacher's logits t, then y as one-hot. A row whose one-hot is all 0 has no true class: TCKD is 0 and NCKD goes over all classes, which makes it β times
/// <see cref="HintonLoss"/>. Closed gradient: ∂l/∂x = T · (α · (p_y − q_y) · (onehot − p̂) + β · (p̂ − q̂)).
/// </summary>
/// <param name="Alpha">α, 0 or above; the paper's choice is 1.</param>
/// <param name="Beta">β, 0 or above; the paper's choices are 1 to 8, larger for teachers that are surer. α = 1 and β = 1 − q_y would be Hinton's loss.</param>
/// <param name="Temperature">T, above 0; the paper's choice is 4 (1 on ImageNet).</param>
/// <remarks>Reference: Zhao, Cui, Song, Qiu and Liang (2022), "Decoupled knowledge distillation", equation 7; T² as in the authors' code, which masks class y by −1000 on logits / T.</remarks>
internal sealed record DecoupledLoss(double Alpha, double Beta, double Temperature) : TrainingLoss
{
    // Softmax of a class with it is exactly 0 whatever the logits; it is finite, so that 0 times it is 0.
    private const float Masked = -1e30f;

    public double Alpha { get; } = NotNegative(Alpha, nameof(Alpha));

    public double Beta { get; } = NotNegative(Beta, nameof(Beta));

    public double Temperature { get; } = AboveZero(Temperature, nameof(Temperature));

    public override void CheckWidths(int prediction, int target)
    {
        if (target != 2 * prediction)
            throw Throw.LossWidths(this, prediction, target, 2 * prediction);
    }

    public override LossNodes Append(GraphBuilder graph, string prediction, string target, string weight)
    {
        string classes = Node(graph, "Gather", [Node(graph, "Shape", [prediction]), Integers(graph, 1)]);
        string teacherLogits = Node(graph, "Slice", [target, Integers(graph, 0), classes, Integers(graph, 1)]);
        string truth = Node(graph, "Slice", [target, classes, Integers(graph, long.MaxValue), Integers(graph, 1)]);
        string inverse = Number(graph, (float)(1 / Temperature));
        string mask = Node(graph, "Mul", [truth, Number(graph, Masked)]);
        (string studentOthers, string studentShares, string studentTrue) = Decouple(prediction);
        (string teacherOthers, string teacherShares, string teacherTrue) = Decouple(teacherLogits);

        string hasTruth = Node(graph, "Mul", [RowSums(graph, truth), Number(graph, (float)Alpha)]);
        string ofTruth = Node(graph, "Mul", [BinaryHintonLoss.Divergence(graph, teacherTrue, studentTrue), hasTruth]);
        string ofOthers = RowSums(graph, Node(graph, "Mul", [teacherShares, Node(graph, "Sub", [teacherOthers, studentOthers])]));
        string beta = Number(graph, (float)Beta);
        string rows = Node(graph, "Add", [ofTruth, Node(graph, "Mul", [ofOthers, beta])]);
        string loss = Node(graph, "Mul", [Weighted(graph, rows, weight), Number(graph, (float)(Temperature * Temperature))]);

        string excess = Node(graph, "Mul", [Node(graph, "Sub", [Node(graph, "Sigmoid", [studentTrue]), Node(graph, "Sigmoid", [teacherTrue])]), hasTruth]);
        string slope = Node(graph, "Add",
        [
            Node(graph, "Mul", [excess, Node(graph, "Sub", [truth, studentShares])]),
            Node(graph, "Mul", [Node(graph, "Sub", [studentShares, teacherShares]), beta]),
        ]);
        return new LossNodes(loss, Node(graph, "Mul", [slope, Node(graph, "Mul", [weight, Number(graph, (float)Temperature)])]));

        // Of logits: the logarithms of the shares of classes k ≠ y, the shares, and log(p_y / (1 − p_y)).
        (string Logarithms, string Shares, string True) Decouple(string logits)
        {
            string cool = Node(graph, "Mul", [logits, inverse]);
            string logarithms = Node(graph, "LogSoftmax", [Node(graph, "Add", [cool, mask])], OnnxAttribute.Of("axis", -1));
            string shares = Node(graph, "Exp", [logarithms]);
            // Every logit less its logarithm is the log-sum over k ≠ y; their mean needs no operator whose form changed between versions, and the masked one has the share 0.
            string sum = RowSums(graph, Node(graph, "Mul", [shares, Node(graph, "Sub", [cool, logarithms])]));
            return (logarithms, shares, Node(graph, "Sub", [RowSums(graph, Node(graph, "Mul", [truth, cool])), sum]));
        }
    }
}
