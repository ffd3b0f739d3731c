using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Gradients.Rules;

/// <summary>Many numbers into one along some axes: the gradient of the one goes back to all of them, each with its share.</summary>
internal static class ReductionRules
{
    public static Dictionary<string, GradientRule> All { get; } = new()
    {
        // y = Σ x: dx = dy
        ["ReduceSum"] = new(n => n.Give(0, Stretch(n, KeepAxes(n, n.Dy)))) { InputCount = 1 },
        // y = Σ x / count: dx = dy / count
        ["ReduceMean"] = new(n => n.Give(0, Stretch(n, n.Div(KeepAxes(n, n.Dy), Count(n))))) { InputCount = 1 },
    };

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
