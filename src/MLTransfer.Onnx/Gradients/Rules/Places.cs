using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Gradients.Rules;

/// <summary>
/// The gradient of any operator that picks numbers of x by their places: the operator itself is applied to the numbers 0, 1, 2, … in x's shape, which tells from where each number
/// of y came, and dy is added up at those places. Right for negative indices, open axes and computed indices alike.
/// </summary>
/// <remarks>
/// ScatterElements and not ScatterND does the adding: ONNX Runtime's ScatterND splits its indices among threads and then loses additions to one place (in 7 of 40 runs of 20,000
/// rows on two threads).
/// </remarks>
internal static class Places
{
    /// <summary>dx, of x's shape.</summary>
    /// <param name="n">The node.</param>
    /// <param name="x">What it picks from.</param>
    /// <param name="pick">Applies the node to places instead of x.</param>
    /// <param name="unique">Whether no number is picked twice.</param>
    public static string WriteBack(GradientNode n, string x, Func<string, string> pick, bool unique)
    {
        string count = n.Count(x);
        string places = n.Emit("Reshape", [n.Emit("Range", [n.Integer(0), n.Reshape(count), n.Integer(1)]), n.ShapeOf(x)]);
        string from = n.Reshape(pick(places), -1);
        string zeros = n.Emit("Expand", [n.Number(0), count]);
        string written = unique ? n.Emit("ScatterElements", [zeros, from, n.Reshape(n.Dy, -1)])
            : n.Emit("ScatterElements", [zeros, from, n.Reshape(n.Dy, -1)], OnnxAttribute.Of("reduction", "add"));
        return n.ReshapeLike(written, x);
    }
}
