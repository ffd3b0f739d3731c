using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Internal;

namespace MLTransfer.Onnx.Gradients.Rules;

/// <summary>
/// Resizing pictures. Nearest and linear resizing are matrices, one for each resized axis: y = A · x along the axis, so dx = Aᵀ · dy. The matrices are made here from the sizes.
/// </summary>
internal static class ResizeRules
{
    private static readonly string[] KnownModes = ["nearest", "linear"];
    private static readonly string[] KnownPlaces = ["asymmetric", "half_pixel", "pytorch_half_pixel", "align_corners"];

    public static Dictionary<string, GradientRule> All { get; } = new()
    {
        ["Resize"] = new(Resize) { InputCount = 1, Refusal = Problem },
    };

    private static string? Problem(OnnxNode node, NodeIndex graph) => !KnownModes.Contains(Text(node, "mode", "nearest"))
        ? $"Resize with mode={Text(node, "mode", "nearest")} has no gradient rule, only {string.Join(" and ", KnownModes)} have"
        : !KnownPlaces.Contains(Text(node, "coordinate_transformation_mode", "half_pixel"))
        ? $"Resize with coordinate_transformation_mode={Text(node, "coordinate_transformation_mode", "half_pixel")} has no gradient rule, only {string.Join(", ", KnownPlaces)} have"
        : node.Int("antialias", 0) != 0 ? "Resize with antialias has no gradient rule"
        : HasScales(node) ? GradientRule.Computed(2, "scales")(node, graph) : null;

    private static void Resize(GradientNode n)
    {
        string gradient = n.Dy;
        ProbedValue from = n.Facts(n.X(0)), to = n.Facts(n.Y());
        for (int axis = 0; axis < from.Rank; axis++)
        {
            if (from.Axes[axis] == to.Axes[axis] && Scale(n, axis) is 1 or null)
                continue;
            if (!from.Axes[axis].IsFixed || !to.Axes[axis].IsFixed)
                throw Throw.GradientNeedsFixedSize(n.Node.Label, $"it resizes axis {axis}", n.X(0));
            gradient = Back(n, gradient, from.Rank, axis, from.Axes[axis].First, to.Axes[axis].First);
        }
        n.Give(0, gradient);
    }

    /// <summary>The gradient with one of its axes taken back to the input's size.</summary>
    private static string Back(GradientNode n, string gradient, int rank, int axis, long from, long to)
    {
        float[] matrix = Matrix(n, axis, from, to);
        if (axis == rank - 1)
            return n.Emit("MatMul", [gradient, n.Matrix(matrix, to, from)]);
        float[] transposed = new float[matrix.Length];
        for (long o = 0; o < to; o++)
        {
            for (long i = 0; i < from; i++)
                transposed[i * to + o] = matrix[o * from + i];
        }
        if (axis == rank - 2)
            return n.Emit("MatMul", [n.Matrix(transposed, from, to), gradient]);
        long[] exchanged = [.. Enumerable.Range(0, rank).Select(i => (long)i)];
        (exchanged[axis], exchanged[rank - 1]) = (rank - 1, axis);
        return n.Transpose(n.Emit("MatMul", [n.Transpose(gradient, [.. exchanged]), n.Matrix(matrix, to, from)]), [.. exchanged]);
    }

    /// <summary>A: row o says how much of each input place goes into output place o.</summary>
    private static float[] Matrix(GradientNode n, int axis, long from, long to)
    {
        float scale = Scale(n, axis) ?? (float)to / from;
        string places = Text(n.Node, "coordinate_transformation_mode", "half_pixel");
        bool isLinear = Text(n.Node, "mode", "nearest") == "linear";
        float[] matrix = new float[from * to];
        for (long o = 0; o < to; o++)
        {
            // In float, as ONNX Runtime computes it: a place that lies just between two others falls to the same side.
            float place = places switch
            {
                "asymmetric" => o / scale,
                "align_corners" => to == 1 ? 0 : (float)o * (from - 1) / (to - 1),
                "pytorch_half_pixel" when to == 1 => 0,
                _ => (o + 0.5f) / scale - 0.5f,
            };
            if (isLinear)
            {
                float clamped = Math.Clamp(place, 0, from - 1);
                long below = Math.Min((long)clamped, from - 1), above = Math.Min(below + 1, from - 1);
                matrix[o * from + below] += 1 - (clamped - below);
                matrix[o * from + above] += clamped - below;
            }
            else
            {
                matrix[o * from + Math.Clamp(Nearest(n.Node, place), 0, from - 1)] = 1;
            }
        }
        return matrix;
    }

    private static long Nearest(OnnxNode node, float place) => Text(node, "nearest_mode", "round_prefer_floor") switch
    {
        "floor" => (long)MathF.Floor(place),
        "ceil" => (long)MathF.Ceiling(place),
        "round_prefer_ceil" => (long)MathF.Floor(place + 0.5f),
        _ => (long)MathF.Ceiling(place - 0.5f),
    };

    /// <summary>The stated scale of an axis; null where sizes are stated, of which it is the quotient.</summary>
    private static float? Scale(GradientNode n, int axis)
    {
        if (!HasScales(n.Node) || n.Constant(n.X(2))!.ToFloats() is not { Length: > 0 } scales)
            return null;
        if (n.Node.Attribute("axes")?.Ints is not { Length: > 0 } axes)
            return scales[axis];
        int stated = axes.IndexOf(axis) is >= 0 and int front ? front : axes.IndexOf(axis - n.Rank(n.X(0)));
        return stated < 0 ? 1 : scales[stated];
    }

    // Where sizes are stated, older files have an empty tensor of scales.
    private static bool HasScales(OnnxNode node) => node.Input(2).Length > 0 && node.Input(3).Length == 0;

    private static string Text(OnnxNode node, string name, string whenAbsent) => node.Attribute(name)?.Text is { Length: > 0 } text ? text : whenAbsent;
}
