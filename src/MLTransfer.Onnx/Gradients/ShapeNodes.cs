using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Gradients;

/// <summary>Sizes as integers of the graph: constants where they are fixed, else computed when it runs.</summary>
internal static class ShapeNodes
{
    /// <summary>The size of one axis as a vector of one integer.</summary>
    public static string AxisSize(this GradientNode n, string value, int axis) => n.Facts(value).Axes[axis] is { IsFixed: true } known
        ? n.Integers(known.First) : n.Emit("Shape", [value], OnnxAttribute.Of("start", axis), OnnxAttribute.Of("end", axis + 1));

    /// <summary>The sizes of several values along an axis.</summary>
    public static string AxisSizes(this GradientNode n, int axis, string[] values) => values.All(v => n.Facts(v).Axes[axis].IsFixed)
        ? n.Integers([.. values.Select(v => n.Facts(v).Axes[axis].First)]) : n.Emit("Concat", [.. values.Select(v => n.AxisSize(v, axis))], OnnxAttribute.Of("axis", 0));

    /// <summary>A value's shape with another size, such as −1, in place of one axis.</summary>
    public static string ShapeWith(this GradientNode n, string value, int axis, long size)
    {
        string[] sizes = [.. Enumerable.Range(0, n.Rank(value)).Select(i => i == axis ? n.Integers(size) : n.AxisSize(value, i))];
        return n.Facts(value).Axes.Where((_, i) => i != axis).All(a => a.IsFixed)
            ? n.Integers([.. n.Facts(value).Axes.Select((a, i) => i == axis ? size : a.First)]) : n.Emit("Concat", sizes, OnnxAttribute.Of("axis", 0));
    }

    /// <summary>How many numbers a value has, as a vector of one integer.</summary>
    public static string Count(this GradientNode n, string value) => n.Facts(value).FixedShape is long[] shape
        ? n.Integers(shape.Aggregate(1L, (a, b) => a * b)) : n.Reshape(n.Emit("Size", [value]), 1);
}
