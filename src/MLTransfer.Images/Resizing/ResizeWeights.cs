namespace MLTransfer.Images;

/// <summary>
/// Which input pixels make an output pixel along one axis, and with what weights: fixed-point numbers of 22 bits, computed as Pillow computes them (Resample.c, precompute_coeffs
/// and normalize_coeffs_8bpc). Kept from picture to picture: most have the size of the one before.
/// </summary>
internal sealed class ResizeWeights
{
    /// <summary>Bits behind the point: 32 − 8 of a pixel − 2 for overshoot.</summary>
    public const int PrecisionBits = 22;

    /// <summary>A weight is High · 2^11 + Low, so that 16-bit products, two to an instruction, give the same sums as 32-bit ones.</summary>
    public const int LowBits = 11;

    private (int Input, int Output, int First, int Count, ResizeFilter Filter) _key;
    private double[] _exact = [];

    /// <summary>The first input pixel of each output pixel.</summary>
    public int[] Starts { get; private set; } = [];

    /// <summary>How many input pixels it takes.</summary>
    public int[] Counts { get; private set; } = [];

    /// <summary>Weights of an output pixel: a multiple of four, zeros at the end.</summary>
    public int Stride { get; private set; }

    /// <summary>The weights, <see cref="Stride"/> for each output pixel.</summary>
    public int[] Weights { get; private set; } = [];

    /// <summary>
    /// The same, four taps to four numbers, each a pair of 16-bit halves (the earlier tap in the lower half): High of taps 0 and 1, High of 2 and 3, Low of 0 and 1, Low of 2
    /// and 3.
    /// </summary>
    public int[] Pairs { get; private set; } = [];

    /// <summary>The number of output pixels.</summary>
    public int Count => _key.Count;

    /// <summary>Computes the weights of output pixels first to first + count of a resize from input to output pixels.</summary>
    public void Prepare(int input, int output, int first, int count, ResizeFilter filter)
    {
        if (_key == (input, output, first, count, filter))
            return;
        _key = default;
        double scale = (double)input / output;
        double filterScale = Math.Max(scale, 1);
        double support = ResizeKernel.Support(filter) * filterScale;
        Stride = ((int)Math.Ceiling(support) * 2 + 1 + 3) & ~3;
        Grow(count);
        double step = 1 / filterScale;
        for (int i = 0; i < count; i++)
        {
            double centre = (first + i + 0.5) * scale;
            int start = Math.Max((int)(centre - support + 0.5), 0);
            int taps = Math.Min((int)(centre + support + 0.5), input) - start;
            Starts[i] = start;
            Counts[i] = taps;
            double sum = 0;
            for (int tap = 0; tap < taps; tap++)
            {
                _exact[tap] = ResizeKernel.Weight(filter, (tap + start - centre + 0.5) * step);
                sum += _exact[tap];
            }
            Span<int> weights = Weights.AsSpan(i * Stride, Stride);
            for (int tap = 0; tap < taps; tap++)
            {
                double weight = sum != 0 ? _exact[tap] / sum : _exact[tap];
                weights[tap] = (int)(weight * (1 << PrecisionBits) + (weight < 0 ? -0.5 : 0.5));
            }
            weights[taps..].Clear();
            Split(weights, Pairs.AsSpan(i * Stride, Stride));
        }
        _key = (input, output, first, count, filter);
    }

    private static void Split(ReadOnlySpan<int> weights, Span<int> pairs)
    {
        for (int tap = 0; tap < weights.Length; tap += 4)
        {
            pairs[tap] = Pair(weights[tap] >> LowBits, weights[tap + 1] >> LowBits);
            pairs[tap + 1] = Pair(weights[tap + 2] >> LowBits, weights[tap + 3] >> LowBits);
            const int Low = (1 << LowBits) - 1;
            pairs[tap + 2] = Pair(weights[tap] & Low, weights[tap + 1] & Low);
            pairs[tap + 3] = Pair(weights[tap + 2] & Low, weights[tap + 3] & Low);
        }
    }

    private static int Pair(int earlier, int later) => (earlier & 0xFFFF) | (later << 16);

    private void Grow(int count)
    {
        if (Starts.Length < count)
        {
            Starts = new int[count];
            Counts = new int[count];
        }
        if (Weights.Length < count * Stride)
        {
            Weights = new int[count * Stride];
            Pairs = new int[count * Stride];
        }
        if (_exact.Length < Stride)
            _exact = new double[Stride];
    }
}
