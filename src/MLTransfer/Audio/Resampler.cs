using System.Numerics.Tensors;
using MLTransfer.Internal;

namespace MLTransfer.Audio;

/// <summary>
/// Band-limited change of the sample rate: a polyphase windowed sinc (Kaiser window, Kaiser and Schafer 1980). Flat to 0.919 of the lower of both Nyquist frequencies, 120 dB
/// down from that Nyquist frequency on; beyond its ends a clip is zeros. Sample k of the output lies at k / to seconds. Immutable, usable from several threads.
/// </summary>
internal sealed class Resampler
{
    // 96 zero crossings on either side and 120 dB: a transition of (120 - 8) / (2.285 * 192) = 0.2553 rad, 0.0813 of the band; it ends at the Nyquist frequency.
    private const int ZeroCrossings = 96;
    private const double Attenuation = 120;
    private const double Beta = 0.1102 * (Attenuation - 8.7);
    private const double Cutoff = 1 - (Attenuation - 8) / (2.285 * 2 * ZeroCrossings) / Math.PI / 2;

    private const int MaximumRatio = 256;

    // 16 MB of taps. Where the rates' ratio needs more phases than fit, neighbouring ones are interpolated; the error of that, (π / phases)² / 8, is below -120 dB.
    private const int MaximumTaps = 1 << 22;
    private const int MaximumPhases = 4096;

    private const int CacheLimit = 32;
    private static readonly Dictionary<(int From, int To), Resampler> Cache = [];

    private readonly float[] _taps;
    private readonly int _width;
    private readonly int _phases;
    private readonly long _numerator;
    private readonly long _denominator;
    private readonly bool _interpolates;

    /// <summary>Prepares a pair of rates; <see cref="Get"/> remembers them.</summary>
    public Resampler(int from, int to)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(from);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(to);
        if ((long)from > (long)to * MaximumRatio || (long)to > (long)from * MaximumRatio)
            throw Throw.SampleRatePair(from, to, MaximumRatio);
        int divisor = Divisor(from, to);
        _numerator = to / divisor;
        _denominator = from / divisor;
        if (from == to)
        {
            _taps = [];
            return;
        }
        double scale = Math.Min(1, (double)to / from);
        int half = (int)Math.Ceiling(ZeroCrossings / scale);
        _width = 2 * half;
        int affordable = Math.Min(MaximumPhases, MaximumTaps / _width);
        _interpolates = _numerator > affordable;
        _phases = _interpolates ? affordable : (int)_numerator;
        _taps = Taps(_phases + (_interpolates ? 1 : 0), _phases, half, scale);
    }

    /// <summary>The resampler of a pair of rates, made once.</summary>
    /// <exception cref="AudioDecodeException">The rates are further apart than 256 to 1.</exception>
    public static Resampler Get(int from, int to)
    {
        lock (Cache)
        {
            if (Cache.TryGetValue((from, to), out Resampler? known))
                return known;
        }
        var made = new Resampler(from, to);
        lock (Cache)
        {
            // Files decide the rates: without a limit, a folder of odd ones would fill the memory.
            if (Cache.Count >= CacheLimit)
                Cache.Clear();
            Cache[(from, to)] = made;
        }
        return made;
    }

    /// <summary>⌈count · to / from⌉.</summary>
    public long OutputLength(int count) => (count * _numerator + _denominator - 1) / _denominator;

    /// <summary>Resamples a clip.</summary>
    /// <param name="samples">At the first rate.</param>
    /// <param name="destination">[<see cref="OutputLength"/>], at the second; not the same memory.</param>
    public void Resample(ReadOnlySpan<float> samples, Span<float> destination)
    {
        destination = destination[..checked((int)OutputLength(samples.Length))];
        if (_taps.Length == 0)
        {
            samples.CopyTo(destination);
            return;
        }
        int whole = (int)(_denominator / _numerator);
        long part = _denominator % _numerator;
        int place = 0;
        long phase = 0;
        for (int k = 0; k < destination.Length; k++)
        {
            destination[k] = _interpolates ? Between(samples, place, phase) : Dot(samples, place, (int)phase);
            place += whole;
            phase += part;
            if (phase >= _numerator)
            {
                phase -= _numerator;
                place++;
            }
        }
    }

    private float Between(ReadOnlySpan<float> samples, int place, long phase)
    {
        double position = (double)phase / _numerator * _phases;
        int below = (int)position;
        float share = (float)(position - below);
        return (1 - share) * Dot(samples, place, below) + share * Dot(samples, place, below + 1);
    }

    private float Dot(ReadOnlySpan<float> samples, int place, int phase)
    {
        int first = place - _width / 2 + 1;
        int skipped = Math.Max(0, -first);
        int end = Math.Min(_width, samples.Length - first);
        return end <= skipped ? 0 : TensorPrimitives.Dot(_taps.AsSpan(phase * _width + skipped, end - skipped), samples.Slice(first + skipped, end - skipped));
    }

    // Row p holds the taps of the moment p / phases after a sample. Computed in double precision; each row sums to 1, so that a constant stays what it is in every phase.
    private static float[] Taps(int rows, int phases, int half, double scale)
    {
        int width = 2 * half;
        var taps = new float[rows * width];
        var row = new double[width];
        double top = BesselI0(Beta);
        for (int p = 0; p < rows; p++)
        {
            double sum = 0;
            for (int j = 0; j < width; j++)
            {
                double distance = ((double)p / phases + half - 1 - j) * scale;
                double edge = distance / ZeroCrossings;
                row[j] = Math.Abs(edge) >= 1 ? 0 : Sinc(distance * Cutoff) * BesselI0(Beta * Math.Sqrt(1 - edge * edge)) / top;
                sum += row[j];
            }
            for (int j = 0; j < width; j++)
                taps[p * width + j] = (float)(row[j] / sum);
        }
        return taps;
    }

    private static double Sinc(double x) => x == 0 ? 1 : Math.Sin(Math.PI * x) / (Math.PI * x);

    // The modified Bessel function of the first kind, its power series Σ ((x / 2)^k / k!)².
    private static double BesselI0(double x)
    {
        double square = x * x / 4;
        double sum = 1;
        double term = 1;
        for (int k = 1; term > sum * 1e-17; k++)
        {
            term *= square / ((double)k * k);
            sum += term;
        }
        return sum;
    }

    private static int Divisor(int a, int b)
    {
        while (b != 0)
            (a, b) = (b, a % b);
        return a;
    }
}
