using System.Globalization;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Internal;

namespace MLTransfer.Onnx.Training.Losses;

/// <summary>
/// What is minimised: L = Σ_i w_i · l(x_i, t_i) over the rows i of a batch, x the prediction and t the target, both [batch, K] unless a loss says otherwise, w the weights of the rows
/// [batch, 1]. The caller divides the weights by their sum over the whole step, so that L is a mean and shards of a batch add up.
/// </summary>
internal abstract record TrainingLoss
{
    /// <summary>Whether a row's loss depends on the other rows of its batch, so that a batch must not be cut: l_i is then the row's share, a function of all x and t.</summary>
    public virtual bool NeedsWholeBatch => false;

    /// <summary>Refuses widths of prediction and target that the loss cannot read.</summary>
    /// <exception cref="ArgumentException">It cannot.</exception>
    public virtual void CheckWidths(int prediction, int target)
    {
        if (target != prediction)
            throw Throw.LossWidths(this, prediction, target, prediction);
    }

    /// <summary>Appends the loss to a graph that makes the prediction.</summary>
    /// <param name="graph">The graph, opset 13 or above.</param>
    /// <param name="prediction">x.</param>
    /// <param name="target">t.</param>
    /// <param name="weight">w.</param>
    public abstract LossNodes Append(GraphBuilder graph, string prediction, string target, string weight);

    /// <summary>Numbers as a text that tells any two lists apart; empty for null.</summary>
    protected static string Numbers(float[]? values) => values is null ? "" : string.Join(' ', values.Select(v => v.ToString("R", CultureInfo.InvariantCulture)));

    /// <summary>L from the losses of the rows [batch, 1].</summary>
    protected static string Weighted(GraphBuilder graph, string rows, string weight) =>
        Node(graph, "ReduceSum", [Node(graph, "Mul", [rows, weight])], OnnxAttribute.Of("keepdims", 0));

    /// <summary>Sums over the last axis, which stays with size 1.</summary>
    protected static string RowSums(GraphBuilder graph, string values) =>
        Node(graph, "ReduceSum", [values, Integers(graph, 1)], OnnxAttribute.Of("keepdims", 1));

    /// <summary>Means over the last axis, which stays with size 1.</summary>
    protected static string RowMeans(GraphBuilder graph, string values) => Node(graph, "Div", [RowSums(graph, values), Width(graph, values)]);

    /// <summary>The gradient of a mean over the last axis from that of its terms.</summary>
    protected static string MeanGradient(GraphBuilder graph, string terms, string weight) =>
        Node(graph, "Mul", [terms, Node(graph, "Div", [weight, Width(graph, terms)])]);

    /// <summary>K as a real number.</summary>
    private static string Width(GraphBuilder graph, string values) =>
        Node(graph, "Cast", [Node(graph, "Gather", [Node(graph, "Shape", [values]), Integers(graph, 1)])], OnnxAttribute.Of("to", (long)OnnxElementType.Float));

    /// <summary>A setting that must be above 0 and finite.</summary>
    protected static double AboveZero(double value, string name) => value > 0 && double.IsFinite(value)
        ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be above 0 and finite.");

    /// <summary>A setting that must be 0 or above and finite.</summary>
    protected static double NotNegative(double value, string name) => value >= 0 && double.IsFinite(value)
        ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be 0 or above, and finite.");

    protected static string Node(GraphBuilder graph, string operatorType, string[] inputs, params ReadOnlySpan<OnnxAttribute> attributes) =>
        graph.Node(operatorType, inputs, graph.Free($"loss_{operatorType}"), attributes);

    protected static string Number(GraphBuilder graph, float value) => graph.Initializer(graph.Free("loss_number"), [value]);

    protected static string Integers(GraphBuilder graph, params long[] values) => graph.Initializer(graph.Free("loss_axes"), values, values.Length);
}
