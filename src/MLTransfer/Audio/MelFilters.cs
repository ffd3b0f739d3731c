using System.Numerics;

namespace MLTransfer.Audio;

/// <summary>Triangular filters over a power spectrum, evenly spaced on a mel scale. Only what is not zero is kept. Immutable.</summary>
internal sealed class MelFilters
{
    private readonly int[] _firstBins;
    private readonly int[] _ends;
    private readonly double[] _weights;

    public MelFilters(MelSettings settings, int sampleRate)
    {
        int spectrumBins = settings.FftSize / 2 + 1;
        bool isInMels = settings.Scale == MelScale.Kaldi;
        double low = ToMel(settings.MinimumFrequency, settings.Scale);
        double high = ToMel(settings.MaximumFrequency ?? sampleRate / 2.0, settings.Scale);
        // Where the filters begin, peak and end: each begins at the peak of the one before.
        var edges = new double[settings.BinCount + 2];
        for (int i = 0; i < edges.Length; i++)
        {
            double mel = low + (high - low) * i / (edges.Length - 1);
            edges[i] = isInMels ? mel : ToHertz(mel, settings.Scale);
        }
        _firstBins = new int[settings.BinCount];
        _ends = new int[settings.BinCount];
        var weights = new List<double>();
        for (int b = 0; b < settings.BinCount; b++)
        {
            double gain = settings.EqualArea ? 2 / (edges[b + 2] - edges[b]) : 1;
            // Kaldi has no bin at half the sample rate.
            for (int k = 0; k < (isInMels ? spectrumBins - 1 : spectrumBins); k++)
            {
                double hertz = (double)k * sampleRate / settings.FftSize;
                double place = isInMels ? ToMel(hertz, settings.Scale) : hertz;
                double weight = Math.Min((place - edges[b]) / (edges[b + 1] - edges[b]), (edges[b + 2] - place) / (edges[b + 2] - edges[b + 1])) * gain;
                if (weight <= 0)
                    continue;
                if (weights.Count == (b == 0 ? 0 : _ends[b - 1]))
                    _firstBins[b] = k;
                weights.Add(weight);
            }
            _ends[b] = weights.Count;
        }
        _weights = [.. weights];
    }

    /// <summary>How many filters.</summary>
    public int Count => _firstBins.Length;

    /// <summary>What passes one filter, of each lane.</summary>
    public Vector<double> Energy(ReadOnlySpan<Vector<double>> power, int filter)
    {
        int start = filter == 0 ? 0 : _ends[filter - 1];
        ReadOnlySpan<double> weights = _weights.AsSpan(start, _ends[filter] - start);
        ReadOnlySpan<Vector<double>> bins = power.Slice(_firstBins[filter], weights.Length);
        Vector<double> sum = Vector<double>.Zero;
        for (int i = 0; i < weights.Length; i++)
            sum += bins[i] * weights[i];
        return sum;
    }

    private static double ToMel(double hertz, MelScale scale) => scale switch
    {
        MelScale.Htk => 2595 * Math.Log10(1 + hertz / 700),
        MelScale.Slaney => hertz < 1000 ? 3 * hertz / 200 : 15 + Math.Log(hertz / 1000) * (27 / Math.Log(6.4)),
        _ => 1127 * Math.Log(1 + hertz / 700),
    };

    private static double ToHertz(double mel, MelScale scale) => scale switch
    {
        MelScale.Htk => 700 * (Math.Pow(10, mel / 2595) - 1),
        _ => mel < 15 ? 200 * mel / 3 : 1000 * Math.Exp((mel - 15) * (Math.Log(6.4) / 27)),
    };
}
