using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Gradients;

/// <summary>Means over axes, in operators that are the same in all versions that rules read.</summary>
internal static class MeanNodes
{
    /// <summary>1 / how many numbers of x lie along these axes: a constant where their sizes are fixed.</summary>
    public static string ShareOf(this GradientNode n, string x, long[] axes)
    {
        ProbedValue facts = n.Facts(x);
        if (axes.All(a => facts.Axes[(int)a].IsFixed))
            return n.Number(1.0 / axes.Aggregate(1L, (count, a) => count * facts.Axes[(int)a].First));
        string sizes = n.Emit("Concat", [.. axes.Select(a => n.AxisSize(x, (int)a))], OnnxAttribute.Of("axis", 0));
        return n.Emit("Reciprocal", [n.CastTo(n.Emit("ReduceProd", [sizes], OnnxAttribute.Of("keepdims", 0)), facts.Type)]);
    }

    /// <summary>The mean of a value of x's shape, the axes kept with size 1.</summary>
    public static string Mean(this GradientNode n, string value, string x, long[] axes) => n.Mul(n.ReduceSum(value, keepAxes: true, axes), n.ShareOf(x, axes));
}
