using System.Numerics;

namespace MLTransfer.Audio;

/// <summary>
/// The power spectrum of real frames, |Σ xₙ exp(−2πi k n / N)|² for k = 0…N / 2. Each lane of a vector is a frame of its own, so that all arithmetic is vectorised whatever N's
/// factors are, and gives the same numbers on every processor. Stockham's self-sorting algorithm in double precision over N / 2 complex points. Immutable.
/// </summary>
internal sealed class FrameFft
{
    private const int LargestPrime = 31;

    private readonly int _half;
    private readonly Stage[] _stages;
    private readonly double[] _cosines;
    private readonly double[] _sines;

    public FrameFft(int size)
    {
        Size = size;
        _half = size / 2;
        _stages = Stages(_half);
        _cosines = new double[_half];
        _sines = new double[_half];
        for (int k = 0; k < _half; k++)
            (_sines[k], _cosines[k]) = Math.SinCos(-2 * Math.PI * k / size);
    }

    /// <summary>N.</summary>
    public int Size { get; }

    /// <summary>Vectors that <see cref="Power"/> works on: real and imaginary halves, twice.</summary>
    public int WorkLength => 4 * _half;

    /// <summary>Even sizes without a large prime factor, whose transform would take seconds.</summary>
    public static bool IsSupported(int size)
    {
        if (size < 2 || size % 2 != 0)
            return false;
        for (int factor = 2; factor <= LargestPrime; factor++)
        {
            while (size % factor == 0)
                size /= factor;
        }
        return size == 1;
    }

    /// <summary>Transforms frames.</summary>
    /// <param name="work">[<see cref="WorkLength"/>]: x₀, x₂, x₄… in the first quarter, x₁, x₃, x₅… in the second; overwritten.</param>
    /// <param name="power">[N / 2 + 1].</param>
    public void Power(Span<Vector<double>> work, Span<Vector<double>> power)
    {
        Span<Vector<double>> re = work[.._half];
        Span<Vector<double>> im = work.Slice(_half, _half);
        Span<Vector<double>> re2 = work.Slice(2 * _half, _half);
        Span<Vector<double>> im2 = work.Slice(3 * _half, _half);
        foreach (Stage stage in _stages)
        {
            stage.Run(re, im, re2, im2);
            Span<Vector<double>> t = re;
            re = re2;
            re2 = t;
            t = im;
            im = im2;
            im2 = t;
        }
        // The spectrum of the even samples and that of the odd ones are the even and odd parts of what the complex transform gives.
        Vector<double> low = re[0] + im[0];
        Vector<double> high = re[0] - im[0];
        power[0] = low * low;
        power[_half] = high * high;
        for (int k = 1; k < _half; k++)
        {
            Vector<double> evenRe = re[k] + re[_half - k];
            Vector<double> evenIm = im[k] - im[_half - k];
            Vector<double> oddRe = im[k] + im[_half - k];
            Vector<double> oddIm = re[_half - k] - re[k];
            Vector<double> x = evenRe + oddRe * _cosines[k] - oddIm * _sines[k];
            Vector<double> y = evenIm + oddRe * _sines[k] + oddIm * _cosines[k];
            power[k] = (x * x + y * y) * 0.25;
        }
    }

    private static Stage[] Stages(int length)
    {
        var stages = new List<Stage>();
        int stride = 1;
        while (length > 1)
        {
            int radix = length % 4 == 0 ? 4 : SmallestFactor(length);
            stages.Add(new Stage(radix, length, stride));
            length /= radix;
            stride *= radix;
        }
        return [.. stages];
    }

    private static int SmallestFactor(int number)
    {
        int factor = 2;
        while (number % factor != 0)
            factor++;
        return factor;
    }

    /// <summary>One pass: <c>y[q + s (r p + j)] = w^(p j) Σₖ x[q + s (p + m k)] exp(−2πi j k / r)</c> with m = length / r, w = exp(−2πi / length).</summary>
    private sealed class Stage
    {
        private readonly int _radix;
        private readonly int _groups;
        private readonly int _stride;
        private readonly double[] _twiddleRe;
        private readonly double[] _twiddleIm;
        private readonly double[] _rootRe;
        private readonly double[] _rootIm;

        public Stage(int radix, int length, int stride)
        {
            _radix = radix;
            _groups = length / radix;
            _stride = stride;
            _twiddleRe = new double[length];
            _twiddleIm = new double[length];
            for (int p = 0; p < _groups; p++)
            {
                for (int j = 0; j < radix; j++)
                    (_twiddleIm[p * radix + j], _twiddleRe[p * radix + j]) = Math.SinCos(-2 * Math.PI * p * j / length);
            }
            _rootRe = new double[radix];
            _rootIm = new double[radix];
            for (int j = 0; j < radix; j++)
                (_rootIm[j], _rootRe[j]) = Math.SinCos(-2 * Math.PI * j / radix);
        }

        public void Run(ReadOnlySpan<Vector<double>> re, ReadOnlySpan<Vector<double>> im, Span<Vector<double>> toRe, Span<Vector<double>> toIm)
        {
            switch (_radix)
            {
                case 2:
                    Run2(re, im, toRe, toIm);
                    break;
                case 4:
                    Run4(re, im, toRe, toIm);
                    break;
                case 5:
                    Run5(re, im, toRe, toIm);
                    break;
                default:
                    RunAny(re, im, toRe, toIm);
                    break;
            }
        }

        private void Run2(ReadOnlySpan<Vector<double>> re, ReadOnlySpan<Vector<double>> im, Span<Vector<double>> toRe, Span<Vector<double>> toIm)
        {
            int step = _stride * _groups;
            for (int p = 0; p < _groups; p++)
            {
                for (int q = 0; q < _stride; q++)
                {
                    int from = q + _stride * p;
                    int to = q + _stride * 2 * p;
                    Store(toRe, toIm, to, p * 2, re[from] + re[from + step], im[from] + im[from + step]);
                    Store(toRe, toIm, to + _stride, p * 2 + 1, re[from] - re[from + step], im[from] - im[from + step]);
                }
            }
        }

        private void Run4(ReadOnlySpan<Vector<double>> re, ReadOnlySpan<Vector<double>> im, Span<Vector<double>> toRe, Span<Vector<double>> toIm)
        {
            int step = _stride * _groups;
            for (int p = 0; p < _groups; p++)
            {
                for (int q = 0; q < _stride; q++)
                {
                    int from = q + _stride * p;
                    int to = q + _stride * 4 * p;
                    Vector<double> sumRe = re[from] + re[from + 2 * step];
                    Vector<double> sumIm = im[from] + im[from + 2 * step];
                    Vector<double> differenceRe = re[from] - re[from + 2 * step];
                    Vector<double> differenceIm = im[from] - im[from + 2 * step];
                    Vector<double> sum2Re = re[from + step] + re[from + 3 * step];
                    Vector<double> sum2Im = im[from + step] + im[from + 3 * step];
                    Vector<double> difference2Re = re[from + step] - re[from + 3 * step];
                    Vector<double> difference2Im = im[from + step] - im[from + 3 * step];
                    Store(toRe, toIm, to, p * 4, sumRe + sum2Re, sumIm + sum2Im);
                    Store(toRe, toIm, to + _stride, p * 4 + 1, differenceRe + difference2Im, differenceIm - difference2Re);
                    Store(toRe, toIm, to + 2 * _stride, p * 4 + 2, sumRe - sum2Re, sumIm - sum2Im);
                    Store(toRe, toIm, to + 3 * _stride, p * 4 + 3, differenceRe - difference2Im, differenceIm + difference2Re);
                }
            }
        }

        private void Run5(ReadOnlySpan<Vector<double>> re, ReadOnlySpan<Vector<double>> im, Span<Vector<double>> toRe, Span<Vector<double>> toIm)
        {
            int step = _stride * _groups;
            double c1 = _rootRe[1], c2 = _rootRe[2], s1 = _rootIm[1], s2 = _rootIm[2];
            for (int p = 0; p < _groups; p++)
            {
                for (int q = 0; q < _stride; q++)
                {
                    int from = q + _stride * p;
                    int to = q + _stride * 5 * p;
                    Vector<double> re0 = re[from], im0 = im[from];
                    Vector<double> sum1Re = re[from + step] + re[from + 4 * step], sum1Im = im[from + step] + im[from + 4 * step];
                    Vector<double> sum2Re = re[from + 2 * step] + re[from + 3 * step], sum2Im = im[from + 2 * step] + im[from + 3 * step];
                    Vector<double> dif1Re = re[from + step] - re[from + 4 * step], dif1Im = im[from + step] - im[from + 4 * step];
                    Vector<double> dif2Re = re[from + 2 * step] - re[from + 3 * step], dif2Im = im[from + 2 * step] - im[from + 3 * step];
                    Vector<double> a1Re = re0 + sum1Re * c1 + sum2Re * c2, a1Im = im0 + sum1Im * c1 + sum2Im * c2;
                    Vector<double> a2Re = re0 + sum1Re * c2 + sum2Re * c1, a2Im = im0 + sum1Im * c2 + sum2Im * c1;
                    Vector<double> b1Re = dif1Re * s1 + dif2Re * s2, b1Im = dif1Im * s1 + dif2Im * s2;
                    Vector<double> b2Re = dif1Re * s2 - dif2Re * s1, b2Im = dif1Im * s2 - dif2Im * s1;
                    Store(toRe, toIm, to, p * 5, re0 + sum1Re + sum2Re, im0 + sum1Im + sum2Im);
                    Store(toRe, toIm, to + _stride, p * 5 + 1, a1Re - b1Im, a1Im + b1Re);
                    Store(toRe, toIm, to + 2 * _stride, p * 5 + 2, a2Re - b2Im, a2Im + b2Re);
                    Store(toRe, toIm, to + 3 * _stride, p * 5 + 3, a2Re + b2Im, a2Im - b2Re);
                    Store(toRe, toIm, to + 4 * _stride, p * 5 + 4, a1Re + b1Im, a1Im - b1Re);
                }
            }
        }

        private void RunAny(ReadOnlySpan<Vector<double>> re, ReadOnlySpan<Vector<double>> im, Span<Vector<double>> toRe, Span<Vector<double>> toIm)
        {
            int step = _stride * _groups;
            for (int p = 0; p < _groups; p++)
            {
                for (int q = 0; q < _stride; q++)
                {
                    int from = q + _stride * p;
                    for (int j = 0; j < _radix; j++)
                    {
                        Vector<double> sumRe = re[from];
                        Vector<double> sumIm = im[from];
                        for (int k = 1; k < _radix; k++)
                        {
                            double c = _rootRe[j * k % _radix];
                            double s = _rootIm[j * k % _radix];
                            sumRe += re[from + k * step] * c - im[from + k * step] * s;
                            sumIm += re[from + k * step] * s + im[from + k * step] * c;
                        }
                        Store(toRe, toIm, q + _stride * (_radix * p + j), p * _radix + j, sumRe, sumIm);
                    }
                }
            }
        }

        private void Store(Span<Vector<double>> toRe, Span<Vector<double>> toIm, int to, int twiddle, Vector<double> re, Vector<double> im)
        {
            double c = _twiddleRe[twiddle];
            double s = _twiddleIm[twiddle];
            toRe[to] = re * c - im * s;
            toIm[to] = re * s + im * c;
        }
    }
}
