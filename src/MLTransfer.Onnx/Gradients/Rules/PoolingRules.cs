using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Gradients.Rules;

/// <summary>Many places of a channel into one: the greatest, or the mean.</summary>
internal static class PoolingRules
{
    public static Dictionary<string, GradientRule> All { get; } = new()
    {
        ["MaxPool"] = new(MaxPool)
        {
            Refusal = (node, _) => node.Int("storage_order", 0) != 0 ? "MaxPool with storage_order=1 counts its places by columns, which has no gradient rule" : null,
        },
        ["AveragePool"] = new(AveragePool),
        // y = max x over all places: dx = dy at the first place that has the maximum, as PyTorch has it; 0 elsewhere.
        ["GlobalMaxPool"] = new(n =>
        {
            string flat = n.Reshape(n.X(0), 0, 0, -1);
            string place = n.Emit("ArgMax", [flat], OnnxAttribute.Of("axis", 2));
            string scattered = n.Emit("ScatterElements", [Zeros(n, n.Emit("Shape", [flat])), place, n.Reshape(n.Dy, 0, 0, 1)], OnnxAttribute.Of("axis", 2));
            n.Give(0, n.ReshapeLike(scattered, n.X(0)));
        }),
        // y = mean x over all places: dx = dy / count
        ["GlobalAveragePool"] = new(n =>
        {
            string x = n.X(0);
            string share = n.ShareOf(x, [.. Enumerable.Range(2, n.Rank(x) - 2).Select(i => (long)i)]);
            n.Give(0, n.Emit("Expand", [n.Mul(n.Dy, share), n.ShapeOf(x)]));
        }),
    };

    /// <summary>
    /// y[o] = x[i*(o)], i* the first greatest of the window: dx[i] = Σ dy[o] over the windows o whose maximum lies at i. The operator tells i* as a place of the whole tensor.
    /// </summary>
    private static void MaxPool(GradientNode n)
    {
        string scattered = n.Emit("ScatterElements", [Zeros(n, n.Count(n.X(0))), n.Reshape(n.ExtraY(1), -1), n.Reshape(n.Dy, -1)], OnnxAttribute.Of("reduction", "add"));
        n.Give(0, n.ReshapeLike(scattered, n.X(0)));
    }

    /// <summary>
    /// y[o] = Σ x[i] / count[o] over the window: dx[i] = Σ dy[o] / count[o] over the windows o that hold i, which is a transposed convolution with ones. 1 / count[o], which depends on
    /// padding and on how windows at the end are counted, comes from the operator itself: the mean over a picture of ones divided by how many of them the window holds.
    /// </summary>
    private static void AveragePool(GradientNode n)
    {
        string x = n.X(0);
        ProbedValue large = n.Facts(x), small = n.Facts(n.Y());
        var window = SlidingWindow.Of(n.Node, [.. n.Node.Attribute("kernel_shape")!.Ints], large);
        string picture = n.Emit("ConstantOfShape", [n.Emit("Concat", [n.Integers(1, 1), Spatial(n, x)], OnnxAttribute.Of("axis", 0))], Filling(n, 1));
        string ones = n.Emit("ConstantOfShape", [n.Integers([1, 1, .. window.Kernel])], Filling(n, 1));
        string means = n.Emit("AveragePool", [picture], [.. n.Node.Attributes]);
        // With ceil_mode the last window reaches beyond the padding, by less than a stride.
        SlidingWindow reaching = n.Node.Int("ceil_mode", 0) == 0 ? window : window with { After = [.. window.After.Select((p, i) => p + window.Strides[i] - 1)] };
        string held = n.Emit("Conv", [picture, ones], reaching.Attributes(1));
        if (reaching != window)
            held = ConvolutionRules.FitEnd(n, held, means, small.Rank);
        string share = n.Div(means, held);
        string places = n.Emit("Concat", [n.Integers(-1, 1), Spatial(n, n.Y())], OnnxAttribute.Of("axis", 0));
        string upstream = n.Emit("Reshape", [n.Mul(n.Dy, share), places]);
        n.Give(0, n.ReshapeLike(ConvolutionRules.ToLargeSide(n, upstream, ones, [1, 1, .. window.Kernel], window, 1, small, large, picture), x));
    }

    /// <summary>The sizes of the axes behind the channels.</summary>
    private static string Spatial(GradientNode n, string value) => n.Facts(value).Axes[2..].All(a => a.IsFixed)
        ? n.Integers([.. n.Facts(value).Axes[2..].Select(a => a.First)]) : n.Emit("Slice", [n.Emit("Shape", [value]), n.Integers(2), n.Integers(n.Rank(value))]);

    private static string Zeros(GradientNode n, string shape) => n.Emit("ConstantOfShape", [shape], Filling(n, 0));

    private static OnnxAttribute Filling(GradientNode n, double value) => OnnxAttribute.Of("value", n.Facts(n.Y()).Type == OnnxElementType.Double
        ? OnnxTensor.Of("", OnnxElementType.Double, (ReadOnlySpan<double>)[value], 1) : OnnxTensor.Of("", (ReadOnlySpan<float>)[(float)value], 1));
}
