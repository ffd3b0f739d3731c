using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Gradients.Rules;

/// <summary>Numbers picked by indices: each place gets the sum of what came to its copies.</summary>
internal static class IndexRules
{
    public static Dictionary<string, GradientRule> All { get; } = new()
    {
        ["Gather"] = new(Gather) { InputCount = 1 },
        // y[i] = x[index[i]] along an axis: dx[index[i]] += dy[i]
        ["GatherElements"] = new(n => n.Give(0, n.Emit("ScatterElements", [n.ZerosLike(n.X(0)), n.X(1), n.Dy], Axis(n), Adding))) { InputCount = 1 },
        ["GatherND"] = new(n => n.Give(0, Places.WriteBack(n, n.X(0), places => n.Emit("GatherND", [places, n.X(1)], [.. n.Node.Attributes]), unique: false))) { InputCount = 1 },
        ["ScatterElements"] = new(n => Scatter(n, "GatherElements")) { Refusal = OtherReduction },
        ["ScatterND"] = new(n => Scatter(n, "GatherND")) { Refusal = OtherReduction },
        // y is the largest numbers of x, which the second output says the places of.
        ["TopK"] = new(n => n.Give(0, n.Emit("ScatterElements", [n.ZerosLike(n.X(0)), n.ExtraY(1), n.Dy], OnnxAttribute.Of("axis", n.Node.Int("axis", -1))))) { InputCount = 1 },
    };

    private static OnnxAttribute Adding => OnnxAttribute.Of("reduction", "add");

    private static OnnxAttribute Axis(GradientNode n) => OnnxAttribute.Of("axis", n.Node.Int("axis", 0));

    /// <summary>
    /// y = x with rows i of an axis: dxᵢ = Σ dy of the rows taken from i. A table of embeddings has its rows along axis 0.
    /// </summary>
    private static void Gather(GradientNode n)
    {
        string x = n.X(0);
        int axis = n.Axis(n.Node.Int("axis", 0), x);
        int indexRank = n.Rank(n.X(1)), rank = n.Rank(x);
        if (indexRank < 2 && n.Constant(n.X(1))?.ToInt64s() is [long index] && n.Facts(x).Axes[axis] is { IsFixed: true } known)
        {
            // One row, such as a text's first token: zeros in front of it and behind it.
            long before = index < 0 ? index + known.First : index;
            long[] pads = new long[2 * rank];
            (pads[axis], pads[rank + axis]) = (before, known.First - before - 1);
            n.Give(0, n.Emit("Pad", [indexRank == 1 ? n.Dy : n.Emit("Unsqueeze", [n.Dy, n.Integers(axis)]), n.Integers(pads)]));
            return;
        }
        if (axis == 0 && rank == 2)
        {
            n.Give(0, RowSums.ByIndex(n, x, n.X(1), n.Dy));
            return;
        }
        string rows = indexRank == 1 ? n.Dy : n.Emit("Reshape", [n.Dy, n.ShapeWith(x, axis, -1)]);
        string indices = n.Reshape(n.X(1), [.. Enumerable.Repeat(1L, axis), -1, .. Enumerable.Repeat(1L, rank - axis - 1)]);
        n.Give(0, n.Emit("ScatterElements", [n.ZerosLike(x), n.Emit("Expand", [indices, n.Emit("Shape", [rows])]), rows], OnnxAttribute.Of("axis", axis), Adding));
    }

    /// <summary>y = x with u written at some places: dx is dy with zeros there, du is dy there. Where u is added, dx is dy.</summary>
    private static void Scatter(GradientNode n, string gather)
    {
        bool adds = n.Node.Attribute("reduction")?.Text == "add";
        if (n.Wants(0))
            n.Give(0, adds ? n.Dy : n.Emit(n.Node.OpType, [n.Dy, n.X(1), n.ZerosLike(n.X(2))], [.. n.Node.Attributes]));
        if (n.Wants(2))
            n.Give(2, n.Emit(gather, [n.Dy, n.X(1)], [.. n.Node.Attributes.Where(a => a.Name == "axis")]));
    }

    private static string? OtherReduction(OnnxNode node, NodeIndex graph) => node.Attribute("reduction")?.Text is string reduction and not ("none" or "add")
        ? $"its reduction is '{reduction}', and the gradient rule covers 'none' and 'add'" : null;
}
