using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Internal;

namespace MLTransfer.Onnx.Gradients.Rules;

/// <summary>
/// The gradient of a convolution's weights: dw[m, c, κ] = Σ over rows and places o of dy[m, o] · x[c, o · s + κ · d − p].
/// </summary>
/// <remarks>
/// Which way, as measured on one thread (milliseconds; 16 rows; the forward convolution in brackets). A product per offset: 3 × 3 over 64 channels of 56 × 56: 60 [40];
/// 256 of 14 × 14: 40 [38]; 512 of 7 × 7: 40 [47]; stride 2, 64 → 128 of 56 × 56: 44 [21]; 1 × 1, 256 → 64 of 56 × 56: 41 [26]. The products over one concatenated matrix took 1.0 to 1.2
/// of that, channels last 1.0 to 1.6, a convolution with rows and channels exchanged 1.3 to 5. That one wins where x has few channels and the kernel many offsets: 7 × 7 over 3 channels of
/// 224 × 224, 4 rows: 18 against 99. Depthwise 3 × 3 over 576 channels of 14 × 14: products summed 16, convolution with a group for each row and channel 41; at stride 2, where
/// slices are slow, 19 against 7, and 9 with the rows as a spatial axis, which needs no fixed count of rows.
/// </remarks>
internal static class ConvolutionWeights
{
    private const int FewChannels = 8;
    private const int ManyOffsets = 64;

    /// <summary>The weights' shape.</summary>
    public static long[] Shape(GradientNode n, string w) => n.Facts(w).FixedShape ?? throw Throw.GradientNeedsFixedSize(n.Node.Label, "its weights are computed", w);

    /// <summary>dw, of <paramref name="shape"/> [small channels, large channels / groups, kernel].</summary>
    public static string Gradient(GradientNode n, string x, ProbedValue large, string dy, ProbedValue small, SlidingWindow window, long groups, long[] shape)
    {
        bool isDepthwise = shape[1] == 1 && shape[0] == groups && groups > 1;
        if (isDepthwise)
            return window.HasStrides && window.Rank < 3 ? RowsAsAxis(n, x, large, dy, small, window, shape) : Summed(n, x, dy, small, window, shape);
        if (groups == 1 && window.KernelCount > 1 && (shape[1] < FewChannels || window.KernelCount > ManyOffsets))
            return Exchanged(n, x, large, dy, small, window);
        return Products(n, x, dy, small, window, groups, shape);
    }

    /// <summary>For each offset one product [m, rows · o] × [rows · o, c].</summary>
    private static string Products(GradientNode n, string x, string dy, ProbedValue small, SlidingWindow window, long groups, long[] shape)
    {
        long[] exchanged = ExchangedAxes(window.Rank);
        string places = n.Transpose(x, [.. exchanged]);
        string upstream = n.Transpose(dy, [.. exchanged]);
        long channels = shape[1], outputs = shape[0];
        upstream = groups == 1 ? n.Reshape(upstream, outputs, -1) : n.Reshape(upstream, groups, outputs / groups, -1);
        var products = new List<string>();
        if (window.HasPadding)
            places = n.Emit("Pad", [places, n.Integers([0, 0, .. window.Before, 0, 0, .. window.After])]);
        foreach (string slice in Slices(n, places, dy, small, window, firstAxis: 2))
        {
            products.Add(groups == 1
                ? n.Emit("Gemm", [upstream, n.Reshape(slice, channels, -1)], OnnxAttribute.Of("transB", 1))
                : n.Emit("MatMul", [upstream, n.Transpose(n.Reshape(slice, groups, channels, -1), 0, 2, 1)]));
        }
        if (products.Count == 1)
            return n.Reshape(products[0], shape);
        string all = n.Emit("Concat", [.. products.Select(p => n.Reshape(p, 1, outputs, channels))], OnnxAttribute.Of("axis", 0));
        return n.Reshape(n.Transpose(all, 1, 2, 0), shape);
    }

    /// <summary>Depthwise: for each offset dy · x summed over rows and places, channels last, so that what a slice copies lies together.</summary>
    private static string Summed(GradientNode n, string x, string dy, ProbedValue small, SlidingWindow window, long[] shape)
    {
        long[] channelsLast = [0, .. Enumerable.Range(2, window.Rank).Select(i => (long)i), 1];
        string places = n.Transpose(x, [.. channelsLast]);
        if (window.HasPadding)
            places = n.Emit("Pad", [places, n.Integers([0, .. window.Before, 0, 0, .. window.After, 0])]);
        string upstream = n.Transpose(dy, [.. channelsLast]);
        long[] summed = [.. Enumerable.Range(0, window.Rank + 1).Select(i => (long)i)];
        string[] sums = [.. Slices(n, places, dy, small, window, firstAxis: 1).Select(slice => n.Reshape(n.ReduceSum(n.Mul(upstream, slice), keepAxes: false, summed), 1, -1))];
        return n.Reshape(n.Transpose(n.Emit("Concat", sums, OnnxAttribute.Of("axis", 0)), 1, 0), shape);
    }

    /// <summary>A convolution in which rows and channels are exchanged, dy is the kernel, and strides and dilations too are exchanged.</summary>
    private static string Exchanged(GradientNode n, string x, ProbedValue large, string dy, ProbedValue small, SlidingWindow window)
    {
        long[] exchanged = ExchangedAxes(window.Rank);
        SlidingWindow swapped = window with { Strides = window.Dilations, Dilations = window.Strides };
        string gradient = n.Emit("Conv", [n.Transpose(x, [.. exchanged]), n.Transpose(dy, [.. exchanged])], swapped.Attributes(1));
        return n.Transpose(Crop(n, gradient, 2, window, large, small), [.. exchanged]);
    }

    /// <summary>Depthwise: the same with the rows as one more spatial axis.</summary>
    private static string RowsAsAxis(GradientNode n, string x, ProbedValue large, string dy, ProbedValue small, SlidingWindow window, long[] shape)
    {
        long[] exchanged = ExchangedAxes(window.Rank);
        string tall = n.Emit("Unsqueeze", [n.Transpose(x, [.. exchanged]), n.Integers(0)]);
        string kernel = n.Emit("Unsqueeze", [n.Transpose(dy, [.. exchanged]), n.Integers(1)]);
        SlidingWindow swapped = window with { Strides = [1, .. window.Dilations], Dilations = [1, .. window.Strides], Before = [0, .. window.Before], After = [0, .. window.After] };
        string gradient = n.Emit("Conv", [tall, kernel], swapped.Attributes(shape[0]));
        return n.Reshape(Crop(n, gradient, 3, window, large, small), shape);
    }

    /// <summary>Takes away the offsets behind the kernel's last, which come from places that no window reaches.</summary>
    private static string Crop(GradientNode n, string gradient, int firstAxis, SlidingWindow window, ProbedValue large, ProbedValue small)
    {
        if (Enumerable.Range(0, window.Rank).All(i => window.Rest(i, large, small) is long rest && rest < window.Dilations[i]))
            return gradient;
        long[] axes = [.. Enumerable.Range(firstAxis, window.Rank).Select(i => (long)i)];
        return n.Emit("Slice", [gradient, n.Integers(new long[window.Rank]), n.Integers(window.Kernel), n.Integers(axes)]);
    }

    /// <summary>For each offset the places of the large side, which is padded, that the window meets there, as many as the small side has.</summary>
    private static IEnumerable<string> Slices(GradientNode n, string x, string dy, ProbedValue small, SlidingWindow window, int firstAxis)
    {
        if (window is { KernelCount: 1, HasStrides: false, HasPadding: false })
            return [x];
        string axes = n.Integers([.. Enumerable.Range(firstAxis, window.Rank).Select(i => (long)i)]);
        string steps = n.Integers(window.Strides);
        // The end of the slice at offset 0.
        long[]? last = small.Axes[2..].All(a => a.IsFixed) ? [.. small.Axes[2..].Select((a, i) => (a.First - 1) * window.Strides[i] + 1)] : null;
        string? computed = null;
        if (last is null)
        {
            string sizes = n.Emit("Slice", [n.Emit("Shape", [dy]), n.Integers(2), n.Integers(window.Rank + 2)]);
            computed = n.Add(n.Mul(n.Sub(sizes, n.Integer(1)), steps), n.Integer(1));
        }
        return window.Offsets().Select(offset =>
        {
            long[] start = [.. offset.Select((o, i) => o * window.Dilations[i])];
            string end = last is null ? n.Add(computed!, n.Integers(start)) : n.Integers([.. last.Zip(start, (a, b) => a + b)]);
            return n.Emit("Slice", [x, n.Integers(start), end, axes, steps]);
        });
    }

    private static long[] ExchangedAxes(int rank) => [1, 0, .. Enumerable.Range(2, rank).Select(i => (long)i)];
}
