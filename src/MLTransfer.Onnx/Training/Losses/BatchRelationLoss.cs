using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Training.Losses;

/// <summary>
/// A loss that compares how the rows of a batch lie to each other, in the prediction [n, P] and in the target [n, Q]; P and Q may differ. l_i is the share of row i, such that Σ_i l_i / n is the published loss.
/// Rows of weight 0 have no share but are there for the others to be compared with. A smaller last batch compares fewer rows; held-out rows are compared within the packs they are evaluated in.
/// </summary>
internal abstract record BatchRelationLoss : TrainingLoss
{
    /// <summary>Squared lengths below this count as it, so that no slope is infinite: two rows that are the same, and each row with itself, get no gradient from one another.</summary>
    protected const float LeastSquare = 1e-12f;

    public override bool NeedsWholeBatch => true;

    /// <summary>Any widths: only relations are compared.</summary>
    public override void CheckWidths(int prediction, int target)
    {
    }

    /// <summary>[n, n, K], row j less row i at (i, j).</summary>
    protected static string Differences(GraphBuilder graph, string values) =>
        Node(graph, "Sub", [Node(graph, "Unsqueeze", [values, Integers(graph, 0)]), Node(graph, "Unsqueeze", [values, Integers(graph, 1)])]);

    /// <summary>Σ over the last axis of squares; the axis goes, or stays with size 1.</summary>
    protected static string Squares(GraphBuilder graph, string values, bool keepAxis) =>
        Node(graph, "ReduceSum", [Node(graph, "Mul", [values, values]), Integers(graph, -1)], OnnxAttribute.Of("keepdims", keepAxis ? 1 : 0));

    /// <summary>Vectors along the last axis at length 1; those that have hardly any become 0, without a gradient.</summary>
    protected static string Directions(GraphBuilder graph, string values)
    {
        string squares = Squares(graph, values, keepAxis: true), least = Number(graph, LeastSquare);
        string isLong = Node(graph, "Cast", [Node(graph, "Greater", [squares, least])], OnnxAttribute.Of("to", (long)OnnxElementType.Float));
        return Node(graph, "Mul", [values, Node(graph, "Div", [isLong, Node(graph, "Sqrt", [Node(graph, "Clip", [squares, least])])])]);
    }

    /// <summary>n as a real number [1].</summary>
    protected static string RowCount(GraphBuilder graph, string values) =>
        Node(graph, "Cast", [Node(graph, "Gather", [Node(graph, "Shape", [values]), Integers(graph, 0)])], OnnxAttribute.Of("to", (long)OnnxElementType.Float));

    /// <summary>Huber's function of δ = 1, number by number: e² / 2 where |e| ≤ 1, else |e| − ½.</summary>
    protected static string SmoothL1(GraphBuilder graph, string prediction, string target)
    {
        string error = Node(graph, "Sub", [prediction, target]);
        string clipped = Node(graph, "Clip", [error, Number(graph, -1), Number(graph, 1)]);
        return Node(graph, "Mul", [clipped, Node(graph, "Sub", [error, Node(graph, "Mul", [clipped, Number(graph, 0.5f)])])]);
    }
}
