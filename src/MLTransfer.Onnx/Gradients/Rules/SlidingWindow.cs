using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Internal;

namespace MLTransfer.Onnx.Gradients.Rules;

/// <summary>
/// Where the window of a convolution or a pooling lies, one number for each spatial axis. On an axis with stride s, dilation d and padding p in front, place o of the small side
/// (a convolution's output) meets place o · s + κ · d − p of the large side at offset κ of the window.
/// </summary>
/// <param name="Kernel">How many offsets.</param>
/// <param name="Strides">Steps of the large side from one place of the small side to the next.</param>
/// <param name="Dilations">Steps of the large side from one offset to the next.</param>
/// <param name="Before">Padding in front of the large side.</param>
/// <param name="After">Padding behind it.</param>
internal sealed record SlidingWindow(long[] Kernel, long[] Strides, long[] Dilations, long[] Before, long[] After)
{
    public int Rank => Kernel.Length;

    /// <summary>How many offsets the window has over all axes.</summary>
    public long KernelCount => Kernel.Aggregate(1L, (a, b) => a * b);

    public bool HasStrides => Strides.Any(s => s != 1);

    public bool HasPadding => Before.Concat(After).Any(p => p != 0);

    /// <summary>Reads the window of a Conv, MaxPool or AveragePool.</summary>
    /// <param name="node">The node.</param>
    /// <param name="kernel">The window's size.</param>
    /// <param name="large">The node's input, whose sizes automatic padding depends on.</param>
    public static SlidingWindow Of(OnnxNode node, long[] kernel, ProbedValue large)
    {
        long[] strides = Numbers(node, "strides", kernel.Length), dilations = Numbers(node, "dilations", kernel.Length), before = new long[kernel.Length], after = new long[kernel.Length];
        string padding = AutoPad(node);
        for (int i = 0; i < kernel.Length; i++)
        {
            if (padding is "SAME_UPPER" or "SAME_LOWER")
            {
                // The small side has ⌈size / s⌉ places; what the last window lacks is padded half and half. At stride 1 that does not depend on the size.
                ProbedAxis size = large.Axes[i + 2];
                if (strides[i] > 1 && !size.IsFixed)
                    throw Throw.GradientNeedsFixedSize(node.Label, $"auto_pad={padding} at stride {strides[i]} pads by the size of its input", node.Inputs[0]);
                long rest = strides[i] == 1 ? 0 : (size.First + strides[i] - 1) / strides[i] * strides[i] - size.First;
                Split(padding, Math.Max(dilations[i] * (kernel[i] - 1) + 1 - strides[i] + rest, 0), out before[i], out after[i]);
            }
            else if (padding == "NOTSET" && node.Attribute("pads")?.Ints is { Length: > 0 } pads)
            {
                (before[i], after[i]) = (pads[i], pads[i + kernel.Length]);
            }
        }
        return new SlidingWindow(kernel, strides, dilations, before, after);
    }

    /// <summary>Reads the window of a ConvTranspose, whose output is the large side.</summary>
    public static SlidingWindow OfTransposed(OnnxNode node, long[] kernel, ProbedValue small, ProbedValue large)
    {
        long[] strides = Numbers(node, "strides", kernel.Length), dilations = Numbers(node, "dilations", kernel.Length), before = new long[kernel.Length], after = new long[kernel.Length];
        string padding = AutoPad(node);
        bool isShaped = node.Attribute("output_shape")?.Ints is { Length: > 0 };
        for (int i = 0; i < kernel.Length; i++)
        {
            if (isShaped || padding is "SAME_UPPER" or "SAME_LOWER")
            {
                // What s · (i − 1) + output_padding + extent has more than the output.
                long extent = dilations[i] * (kernel[i] - 1) + 1, added = node.Attribute("output_padding")?.Ints is { Length: > 0 } given ? given[i] : 0;
                ProbedAxis from = small.Axes[i + 2], to = large.Axes[i + 2];
                if (isShaped && !(from.IsFixed && to.IsFixed))
                    throw Throw.GradientNeedsFixedSize(node.Label, "output_shape pads by the size of its input", node.Inputs[0]);
                long total = isShaped ? strides[i] * (from.First - 1) + added + extent - to.First : extent - strides[i] + added;
                Split(padding, Math.Max(total, 0), out before[i], out after[i]);
            }
            else if (padding == "NOTSET" && node.Attribute("pads")?.Ints is { Length: > 0 } pads)
            {
                (before[i], after[i]) = (pads[i], pads[i + kernel.Length]);
            }
        }
        return new SlidingWindow(kernel, strides, dilations, before, after);
    }

    /// <summary>How far the window reaches on an axis: d · (k − 1) + 1.</summary>
    public long Extent(int axis) => Dilations[axis] * (Kernel[axis] - 1) + 1;

    /// <summary>What of the padded large side lies behind the last window; negative where the last window reaches beyond. Null where only the run tells.</summary>
    public long? Rest(int axis, ProbedValue large, ProbedValue small)
    {
        ProbedAxis from = large.Axes[axis + 2], to = small.Axes[axis + 2];
        long first = from.First + Before[axis] + After[axis] - Extent(axis) - (to.First - 1) * Strides[axis];
        long second = from.Second + Before[axis] + After[axis] - Extent(axis) - (to.Second - 1) * Strides[axis];
        return from.IsFixed || (Strides[axis] == 1 && first == second) ? first : null;
    }

    /// <summary>The offsets in the order in which the weights hold them.</summary>
    public IEnumerable<long[]> Offsets()
    {
        for (long flat = 0; flat < KernelCount; flat++)
        {
            long[] offset = new long[Rank];
            long rest = flat;
            for (int i = Rank - 1; i >= 0; i--)
                (rest, offset[i]) = Math.DivRem(rest, Kernel[i]);
            yield return offset;
        }
    }

    /// <summary>The attributes that Conv and ConvTranspose share.</summary>
    public OnnxAttribute[] Attributes(long groups) =>
    [
        OnnxAttribute.Of("strides", [.. Strides]), OnnxAttribute.Of("dilations", [.. Dilations]), OnnxAttribute.Of("pads", [.. Before, .. After]), OnnxAttribute.Of("group", groups),
    ];

    private static string AutoPad(OnnxNode node) => node.Attribute("auto_pad")?.Text is { Length: > 0 } text ? text : "NOTSET";

    private static long[] Numbers(OnnxNode node, string name, int count) =>
        node.Attribute(name)?.Ints is { Length: > 0 } stated ? [.. stated] : [.. Enumerable.Repeat(1L, count)];

    private static void Split(string padding, long total, out long before, out long after)
    {
        before = padding == "SAME_UPPER" ? total / 2 : total - total / 2;
        after = total - before;
    }
}
