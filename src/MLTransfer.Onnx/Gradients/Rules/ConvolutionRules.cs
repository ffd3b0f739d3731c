using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Gradients.Rules;

/// <summary>
/// Convolution over one, two or three spatial axes, and its transpose. Between a large side x and a small side y: y[m, o] = Σ over c, κ of w[m, c, κ] · x[c, o · s + κ · d − p].
/// Conv goes from the large to the small side, ConvTranspose back.
/// </summary>
internal static class ConvolutionRules
{
    private const int FewPlaces = 256;

    public static Dictionary<string, GradientRule> All { get; } = new()
    {
        ["Conv"] = new(Conv),
        ["ConvTranspose"] = new(ConvTranspose)
        {
            Refusal = (node, _) => node.Attribute("output_padding")?.Ints is { Length: > 0 } added && added.Zip(Strides(node, added.Length)).Any(p => p.First >= p.Second)
                ? $"{node.OpType} with output_padding of a stride or more has no gradient rule" : null,
        },
    };

    /// <summary>y = conv(x, w) + b: dx = convᵀ(dy, w), dw = <see cref="ConvolutionWeights"/>, db = Σ dy over rows and places.</summary>
    private static void Conv(GradientNode n)
    {
        string x = n.X(0), w = n.X(1);
        long[] shape = ConvolutionWeights.Shape(n, w);
        var window = SlidingWindow.Of(n.Node, shape[2..], n.Facts(x));
        long groups = n.Node.Int("group", 1);
        if (n.Wants(0))
        {
            n.Give(0, IsProduct(window, groups, n.Facts(n.Y())) ? ProductWithWeights(n, w, shape)
                : ToLargeSide(n, n.Dy, w, shape, window, groups, n.Facts(n.Y()), n.Facts(x), x));
        }
        if (n.Wants(1))
            n.Give(1, ConvolutionWeights.Gradient(n, x, n.Facts(x), n.Dy, n.Facts(n.Y()), window, groups, shape));
        GiveBias(n);
    }

    /// <summary>
    /// Whether dx of a convolution with a kernel of one place is better one product over all rows' places: Conv multiplies row by row, which is slow where a row has few places.
    /// </summary>
    private static bool IsProduct(SlidingWindow window, long groups, ProbedValue small) => groups == 1 && window is { KernelCount: 1, HasStrides: false, HasPadding: false }
        && small.Axes[2..].All(a => a.IsFixed) && small.Axes[2..].Aggregate(1L, (count, a) => count * a.First) <= FewPlaces;

    /// <summary>dx = dy · w with channels last: [rows · places, m] × [m, c].</summary>
    private static string ProductWithWeights(GradientNode n, string w, long[] shape)
    {
        long[] places = [.. n.Facts(n.Y()).Axes[2..].Select(a => a.First)];
        string upstream = n.Reshape(n.Transpose(n.Dy, [0, .. Enumerable.Range(2, places.Length).Select(i => (long)i), 1]), -1, shape[0]);
        string product = n.Reshape(n.Emit("Gemm", [upstream, n.Reshape(w, shape[0], shape[1])]), [-1, .. places, shape[1]]);
        return n.Transpose(product, [0, places.Length + 1, .. Enumerable.Range(1, places.Length).Select(i => (long)i)]);
    }

    /// <summary>y = convᵀ(x, w) + b: dx = conv(dy, w), dw with the sides exchanged.</summary>
    private static void ConvTranspose(GradientNode n)
    {
        string x = n.X(0), w = n.X(1);
        long[] shape = ConvolutionWeights.Shape(n, w);
        var window = SlidingWindow.OfTransposed(n.Node, shape[2..], n.Facts(x), n.Facts(n.Y()));
        long groups = n.Node.Int("group", 1);
        if (n.Wants(0))
            n.Give(0, n.Emit("Conv", [n.Dy, w], window.Attributes(groups)));
        if (n.Wants(1))
            n.Give(1, ConvolutionWeights.Gradient(n, n.Dy, n.Facts(n.Y()), x, n.Facts(x), window, groups, shape));
        GiveBias(n);
    }

    /// <summary>convᵀ: from the small side back to the large one.</summary>
    /// <param name="n">The node.</param>
    /// <param name="dy">The gradient of the small side.</param>
    /// <param name="w">The weights.</param>
    /// <param name="shape">Their shape: [small channels, large channels / groups, kernel].</param>
    /// <param name="window">The window.</param>
    /// <param name="groups">Groups of channels.</param>
    /// <param name="small">The small side's shape.</param>
    /// <param name="large">The large side's shape.</param>
    /// <param name="target">A value with the large side's sizes, rows and channels left aside.</param>
    public static string ToLargeSide(GradientNode n, string dy, string w, long[] shape, SlidingWindow window, long groups, ProbedValue small, ProbedValue large, string target)
    {
        // At stride 1 a convolution with the kernel turned round does the same, in 0.7 to 1.0 of the time.
        if (!window.HasStrides && Enumerable.Range(0, window.Rank).All(i => window.Before[i] < window.Extent(i) && window.After[i] < window.Extent(i)))
        {
            SlidingWindow turned = window with
            {
                Before = [.. window.Before.Select((p, i) => window.Extent(i) - 1 - p)],
                After = [.. window.After.Select((p, i) => window.Extent(i) - 1 - p)],
            };
            return n.Emit("Conv", [dy, Turned(n, w, shape, window, groups)], turned.Attributes(groups));
        }
        long?[] rests = [.. Enumerable.Range(0, window.Rank).Select(i => window.Rest(i, large, small))];
        bool isFixed = rests.All(r => r >= 0);
        SlidingWindow kept = isFixed ? window : window with { After = new long[window.Rank] };
        OnnxAttribute[] attributes = kept.Attributes(groups);
        if (isFixed && rests.Any(r => r > 0))
            attributes = [.. attributes, OnnxAttribute.Of("output_padding", [.. rests.Select(r => r!.Value)])];
        string gradient = n.Emit("ConvTranspose", [dy, w], attributes);
        return isFixed ? gradient : FitEnd(n, gradient, target, large.Rank);
    }

    /// <summary>A value cut, or padded with zeros, at the ends of its places to those of another one.</summary>
    public static string FitEnd(GradientNode n, string value, string target, int rank)
    {
        string from = n.Integers(2), to = n.Integers(rank);
        string missing = n.Sub(n.Emit("Slice", [n.Emit("Shape", [target]), from, to]), n.Emit("Slice", [n.Emit("Shape", [value]), from, to]));
        return n.Emit("Pad", [value, n.Emit("Concat", [n.Integers(new long[rank + 2]), missing], OnnxAttribute.Of("axis", 0))]);
    }

    /// <summary>The weights of the convolution that goes back: each group's channels exchanged, the offsets in reverse.</summary>
    private static string Turned(GradientNode n, string w, long[] shape, SlidingWindow window, long groups)
    {
        long[] spatial = [.. Enumerable.Range(0, window.Rank).Select(i => (long)i)];
        if (window.KernelCount > 1)
        {
            string last = n.Integers([.. spatial.Select(_ => -1L)]);
            w = n.Emit("Slice", [w, last, n.Integers([.. spatial.Select(_ => long.MinValue)]), n.Integers([.. spatial.Select(i => i + 2)]), last]);
        }
        if (groups == 1)
            return n.Transpose(w, [1, 0, .. spatial.Select(i => i + 2)]);
        if (shape[1] == 1 && shape[0] == groups)
            return w;
        string grouped = n.Transpose(n.Reshape(w, [groups, shape[0] / groups, .. shape[1..]]), [0, 2, 1, .. spatial.Select(i => i + 3)]);
        return n.Reshape(grouped, [shape[1] * groups, shape[0] / groups, .. window.Kernel]);
    }

    private static void GiveBias(GradientNode n)
    {
        if (n.Has(2) && n.Wants(2))
            n.Give(2, n.ReduceSum(n.Dy, keepAxes: false, [0, .. Enumerable.Range(2, n.Rank(n.Y()) - 2).Select(i => (long)i)]));
    }

    private static IEnumerable<long> Strides(OnnxNode node, int count) => node.Attribute("strides")?.Ints is { Length: > 0 } strides ? strides : Enumerable.Repeat(1L, count);
}
