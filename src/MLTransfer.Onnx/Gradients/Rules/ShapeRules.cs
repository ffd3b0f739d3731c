using System.Collections.Immutable;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Gradients.Rules;

/// <summary>Numbers that only change their place, appear several times or fall away: each gets the sum of what came to its copies.</summary>
internal static class ShapeRules
{
    public static Dictionary<string, GradientRule> All { get; } = new()
    {
        ["Reshape"] = Renamed,
        ["Flatten"] = Renamed,
        ["Squeeze"] = Renamed,
        ["Unsqueeze"] = Renamed,
        ["Transpose"] = new(n => n.Give(0, n.Transpose(n.Dy, [.. Inverse(n)]))),
        ["Concat"] = new(Concat),
        ["Split"] = new(Split) { InputCount = 1 },
        ["Slice"] = new(Slice) { InputCount = 1 },
        // y is x with borders of a constant: dx is dy without them. Borders taken away come back as zeros.
        ["Pad"] = new(n => n.Give(0, n.Emit("Pad", n.Has(3) ? [n.Dy, Negative(n, n.X(1)), "", n.X(3)] : [n.Dy, Negative(n, n.X(1))])))
        {
            InputCount = 1,
            Refusal = (node, _) => node.Attribute("mode")?.Text is string mode && mode != "constant" ? $"it pads in mode '{mode}', and the gradient rule covers 'constant'" : null,
        },
        ["Expand"] = new(n => n.GiveStretched(0, n.Dy)) { InputCount = 1 },
        ["Tile"] = new(Tile) { InputCount = 1 },
        ["DepthToSpace"] = new(DepthToSpace),
        ["SpaceToDepth"] = new(n => n.Give(0, n.Emit("DepthToSpace", [n.Dy], OnnxAttribute.Of("blocksize", n.Node.Int("blocksize", 1))))),
    };

    /// <summary>The same numbers in the same order.</summary>
    private static GradientRule Renamed => new(n => n.Give(0, n.ReshapeLike(n.Dy, n.X(0)))) { InputCount = 1 };

    private static long[] Inverse(GradientNode n)
    {
        int rank = n.Rank(n.Y());
        ImmutableArray<long> permutation = n.Node.Attribute("perm")?.Ints ?? [.. Enumerable.Range(0, rank).Reverse().Select(i => (long)i)];
        long[] inverse = new long[rank];
        for (int i = 0; i < rank; i++)
            inverse[permutation[i]] = i;
        return inverse;
    }

    /// <summary>y = a, b, … one behind the other along an axis: dy is split where they meet.</summary>
    private static void Concat(GradientNode n)
    {
        int axis = n.Axis(n.Node.Int("axis", 0), n.Y());
        if (n.InputCount == 1)
        {
            n.Give(0, n.Dy);
            return;
        }
        string[] parts = n.EmitSeveral("Split", [n.Dy, n.AxisSizes(axis, [.. n.Node.Inputs])], n.InputCount, OnnxAttribute.Of("axis", axis));
        for (int i = 0; i < parts.Length; i++)
            n.Give(i, parts[i]);
    }

    /// <summary>y₀, y₁, … are parts of x along an axis: dx is their gradients one behind the other, zeros for parts that nobody read.</summary>
    private static void Split(GradientNode n)
    {
        string[] parts = [.. n.AllDy.Select((dy, i) => dy ?? n.ZerosLike(n.Y(i)))];
        n.Give(0, parts.Length == 1 ? parts[0] : n.Emit("Concat", parts, OnnxAttribute.Of("axis", n.Node.Int("axis", 0))));
    }

    /// <summary>y is a part of x: dx is dy with zeros around it, or, with steps or computed places, zeros into which dy is written.</summary>
    private static void Slice(GradientNode n)
    {
        string x = n.X(0);
        long[]? starts = n.Constant(n.X(1))?.ToInt64s();
        long[]? axes = n.Has(3) ? n.Constant(n.X(3))?.ToInt64s() : [.. Enumerable.Range(0, starts?.Length ?? 0).Select(i => (long)i)];
        long[]? steps = n.Has(4) ? n.Constant(n.X(4))?.ToInt64s() : [.. Enumerable.Repeat(1L, starts?.Length ?? 0)];
        if (starts is null || axes is null || steps is null || steps.Any(s => s != 1))
        {
            n.Give(0, Places.WriteBack(n, x, places => n.Emit("Slice", [places, .. n.Node.Inputs.Skip(1)]), unique: true));
            return;
        }
        int rank = n.Rank(x);
        string[] before = [.. Enumerable.Repeat(n.Integers(0), rank)], after = [.. before];
        for (int i = 0; i < axes.Length; i++)
        {
            int axis = n.Axis(axes[i], x);
            (before[axis], after[axis]) = Around(n, axis, starts[i]);
        }
        n.Give(0, n.Emit("Pad", [n.Dy, n.Emit("Concat", [.. before, .. after], OnnxAttribute.Of("axis", 0))]));
    }

    /// <summary>How many numbers of x lie in front of and behind y along an axis.</summary>
    private static (string Before, string After) Around(GradientNode n, int axis, long start)
    {
        ProbedAxis whole = n.Facts(n.X(0)).Axes[axis], part = n.Facts(n.Y()).Axes[axis];
        if (whole.IsFixed && part.IsFixed)
        {
            long first = start < 0 ? Math.Max(start + whole.First, 0) : Math.Min(start, whole.First);
            return (n.Integers(first), n.Integers(whole.First - first - part.First));
        }
        string size = n.AxisSize(n.X(0), axis);
        string before = start == 0 ? n.Integers(0) : start > 0 ? n.Emit("Min", [n.Integers(start), size]) : n.Emit("Max", [n.Add(size, n.Integers(start)), n.Integers(0)]);
        return (before, n.Sub(n.Sub(size, before), n.AxisSize(n.Y(), axis)));
    }

    /// <summary>y is x repeated rᵢ times along axis i: dy has axes r₀, d₀, r₁, d₁, …, and is summed over the first of each pair.</summary>
    private static void Tile(GradientNode n)
    {
        string x = n.X(0);
        string pairs = n.Emit("Concat", [n.Emit("Unsqueeze", [n.X(1), n.Integers(1)]), n.Emit("Unsqueeze", [n.ShapeOf(x), n.Integers(1)])], OnnxAttribute.Of("axis", 1));
        string spread = n.Emit("Reshape", [n.Dy, n.Reshape(pairs, -1)]);
        n.Give(0, n.ReduceSum(spread, keepAxes: false, [.. Enumerable.Range(0, n.Rank(x)).Select(i => 2L * i)]));
    }

    /// <summary>Columns of depth become squares of b × b: the same back. In mode CRD the depth is the outer axis of a column, which SpaceToDepth does not know.</summary>
    private static void DepthToSpace(GradientNode n)
    {
        long block = n.Node.Int("blocksize", 1);
        if (n.Node.Attribute("mode")?.Text != "CRD")
        {
            n.Give(0, n.Emit("SpaceToDepth", [n.Dy], OnnxAttribute.Of("blocksize", block)));
            return;
        }
        string x = n.X(0), y = n.Y();
        string size = n.Integers(block);
        string squares = n.Emit("Concat", [n.AxisSize(x, 0), n.AxisSize(y, 1), n.AxisSize(x, 2), size, n.AxisSize(x, 3), size], OnnxAttribute.Of("axis", 0));
        n.Give(0, n.ReshapeLike(n.Transpose(n.Emit("Reshape", [n.Dy, squares]), 0, 1, 3, 5, 2, 4), x));
    }

    private static string Negative(GradientNode n, string integers) => n.Constant(integers) is OnnxTensor known ? n.Integers([.. known.ToInt64s().Select(v => -v)]) : n.Neg(integers);
}
