using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Gradients.Rules;

/// <summary>
/// The gradient of a table whose rows are looked up, as embeddings are: the rows of dy summed by index. They are sorted by index, summed up from the first on, and each index' sum
/// is the difference between its last row and that of the index before, in double precision so that nothing is lost by it; then each sum is written once.
/// </summary>
/// <remarks>
/// Measured on one thread for a table of 30,522 × 384, of which the zeros alone take 4 to 5 ms (best of 15): 2,048 rows 10 ms, 8,192 rows 15 ms; with ScatterElements 31 and 110 ms;
/// a product with one-hot rows takes longer still. ScatterND with addition is as fast, but see <see cref="Places"/>.
/// </remarks>
internal static class RowSums
{
    /// <summary>dx, of the table's shape.</summary>
    /// <param name="n">The node.</param>
    /// <param name="table">x [V, D].</param>
    /// <param name="indices">Integers of any shape, from −V to V − 1.</param>
    /// <param name="dy">The gradient, with D as its last axis.</param>
    public static string ByIndex(GradientNode n, string table, string indices, string dy)
    {
        OnnxElementType type = n.Facts(table).Type;
        string flat = n.Reshape(n.Facts(indices).Type == OnnxElementType.Int64 ? indices : n.CastTo(indices, OnnxElementType.Int64), -1);
        // From −V on to from 0 on.
        string fromFront = n.Emit("Mod", [flat, n.AxisSize(table, 0)]);
        string[] sorted = n.EmitSeveral("TopK", [fromFront, n.Emit("Shape", [fromFront])], 2);
        string rows = n.Emit("Gather", [n.Emit("Reshape", [dy, n.ShapeWith(table, 0, -1)]), sorted[1]]);
        string sums = n.Emit("CumSum", [n.CastTo(rows, OnnxElementType.Double), n.Integer(0)]);

        string first = n.Integers(0), last = n.Integers(-1);
        string before = n.Emit("Slice", [sorted[0], first, last]), after = n.Emit("Slice", [sorted[0], n.Integers(1), n.Integers(long.MaxValue)]);
        string differs = n.Sign(n.Sub(before, after));
        string isLast = n.CastTo(n.Emit("Concat", [differs, n.Integers(1)], OnnxAttribute.Of("axis", 0)), OnnxElementType.Bool);
        OnnxAttribute alongRows = OnnxAttribute.Of("axis", 0);
        string totals = n.Emit("Compress", [sums, isLast], alongRows);
        string previous = n.Emit("Pad", [n.Emit("Slice", [totals, first, last]), n.Integers(1, 0, 0, 0)]);
        string written = n.Emit("Unsqueeze", [n.Emit("Compress", [sorted[0], isLast], alongRows), n.Integers(-1)]);
        return n.Emit("ScatterND", [n.ZerosLike(table), written, n.CastTo(n.Sub(totals, previous), type)]);
    }
}
