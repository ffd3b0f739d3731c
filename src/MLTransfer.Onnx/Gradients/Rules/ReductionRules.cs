using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Gradients.Rules;

/// <summary>Many numbers into one along some axes: the gradient of the one goes back to all of them, each with its share.</summary>
internal static class ReductionRules
{
    public static Dictionary<string, GradientRule> All { get; } = new()
    {
        // y = Σ x: dx = dy
        ["ReduceSum"] = Over((n, dy) => Stretch(n, dy)),
        // y = Σ x / count: dx = dy / count
        ["ReduceMean"] = Over((n, dy) => Stretch(n, n.Div(dy, Count(n)))),
        ["ReduceMax"] = Over(Extremes),
        ["ReduceMin"] = Over(Extremes),
        // y = Σ |x|: dx = dy · sign x
        ["ReduceL1"] = Over((n, dy) => n.Mul(dy, n.Sign(n.X(0)))),
        // y = √Σ x²: dx = dy · x / y, 0 where y = 0
        ["ReduceL2"] = Over((n, dy) =>
        {
            string y = KeepAxes(n, n.Y());
            return n.Mul(n.X(0), n.ExceptWhere(n.Equal(y, n.Number(0)), n.Div(dy, y)));
        }),
        // y = Σ x²: dx = dy · 2x
        ["ReduceSumSquare"] = Over((n, dy) => n.Mul(n.Mul(dy, 2), n.X(0))),
        // y = ln Σ x: dx = dy / eʸ
        ["ReduceLogSum"] = Over((n, dy) => Stretch(n, n.Div(dy, n.Exp(KeepAxes(n, n.Y()))))),
        // y = ln Σ eˣ: dx = dy · eˣ⁻ʸ
        ["ReduceLogSumExp"] = Over((n, dy) => n.Mul(dy, n.Exp(n.Sub(n.X(0), KeepAxes(n, n.Y()))))),
        ["ReduceProd"] = Over(Product),
    };

    /// <summary>A rule from what it gives x, with dy as it is with the reduced axes in place, each of size 1.</summary>
    private static GradientRule Over(Func<GradientNode, string, string> gradient) =>
        new(n => n.Give(0, gradient(n, KeepAxes(n, n.Dy)))) { InputCount = 1, Refusal = GradientRule.Computed(1, "axes") };

    /// <summary>y = max x: dx = dy where x = y; equal ones share it, as with torch.amax and amin.</summary>
    private static string Extremes(GradientNode n, string dy)
    {
        string isIt = n.AsNumbers(n.Equal(n.X(0), KeepAxes(n, n.Y())));
        long[] axes = Axes(n);
        return axes.Length == 0 ? n.Mul(dy, isIt) : n.Mul(isIt, n.Div(dy, n.ReduceSum(isIt, keepAxes: true, axes)));
    }

    /// <summary>
    /// y = Π x: dx = dy · the product of the others. Where none is 0 that is y / x; where one is, only it has others without a 0, and their product is that of all but it.
    /// </summary>
    private static string Product(GradientNode n, string dy)
    {
        string x = n.X(0), one = n.Number(1), zero = n.Number(0);
        long[] axes = Axes(n);
        if (axes.Length == 0)
            return dy;
        string isZero = n.Equal(x, zero);
        string zeros = n.ReduceSum(n.AsNumbers(isZero), keepAxes: true, axes);
        string filled = n.Where(isZero, one, x);
        // The forward node's own way to state its axes, which differs between versions.
        string product = n.Emit("ReduceProd", [filled, .. n.Node.Inputs.Skip(1)], [.. n.Node.Attributes.Where(a => a.Name != "keepdims"), OnnxAttribute.Of("keepdims", 1)]);
        string others = n.Where(isZero, n.OnlyWhere(n.Equal(zeros, one), product), n.Div(KeepAxes(n, n.Y()), filled));
        return n.Mul(dy, others);
    }

    /// <summary>The axes that are reduced, counted from the front.</summary>
    private static long[] Axes(GradientNode n)
    {
        int rank = n.Rank(n.X(0));
        IEnumerable<long> stated = n.Node.Attribute("axes")?.Ints ?? (n.Has(1) ? n.Constant(n.X(1))!.ToInt64s() : Enumerable.Empty<long>());
        long[] axes = [.. stated.Select(a => a < 0 ? a + rank : a)];
        return axes.Length > 0 ? axes : n.Node.Int("noop_with_empty_axes", 0) != 0 ? [] : [.. Enumerable.Range(0, rank).Select(i => (long)i)];
    }

    /// <summary>A value of y's shape with the reduced axes back in place, each of size 1.</summary>
    private static string KeepAxes(GradientNode n, string value)
    {
        long[] axes = Axes(n);
        return axes.Length == 0 || n.Node.Int("keepdims", 1) != 0 ? value : n.Emit("Unsqueeze", [value, n.Integers(axes)]);
    }

    private static string Stretch(GradientNode n, string value) => n.Emit("Expand", [value, n.ShapeOf(n.X(0))]);

    /// <summary>How many numbers go into one.</summary>
    private static string Count(GradientNode n)
    {
        string x = n.X(0);
        long[] axes = Axes(n);
        if (axes.All(a => n.Facts(x).Axes[(int)a].IsFixed))
            return n.Number(axes.Aggregate(1L, (count, a) => count * n.Facts(x).Axes[(int)a].First));
        string sizes = n.Emit("Gather", [n.Emit("Shape", [x]), n.Integers(axes)]);
        return n.CastTo(n.Emit("ReduceProd", [sizes], OnnxAttribute.Of("keepdims", 0)), n.Facts(x).Type);
    }
}
