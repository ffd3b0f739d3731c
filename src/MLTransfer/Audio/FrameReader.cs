using System.Numerics;
using System.Runtime.InteropServices;

namespace MLTransfer.Audio;

/// <summary>Cuts frames out of a clip, one to each lane, and prepares them for the Fourier transform. Immutable.</summary>
internal sealed class FrameReader
{
    private readonly MelSettings _settings;
    private readonly bool _isCentred;
    private readonly double[] _window;
    private readonly int _lead;

    public FrameReader(MelSettings settings, bool isCentred)
    {
        _settings = settings;
        _isCentred = isCentred;
        // A window shorter than the transform lies in its middle where frames are centred.
        _lead = isCentred ? settings.FftSize / 2 - (settings.FftSize - settings.WindowSamples) / 2
            : settings.SnipEdges ? 0 : settings.WindowSamples / 2 - settings.HopSamples / 2;
        _window = new double[settings.WindowSamples];
        for (int n = 0; n < _window.Length; n++)
            _window[n] = Shape(settings.Window, n, _window.Length);
    }

    /// <summary>Frames of a clip, as many as its samples give.</summary>
    public int Count(int samples)
    {
        int hop = _settings.HopSamples;
        if (_isCentred)
            return samples / hop;
        if (!_settings.SnipEdges)
            return (samples + hop / 2) / hop;
        return samples < _settings.WindowSamples ? 0 : 1 + (samples - _settings.WindowSamples) / hop;
    }

    /// <summary>How many of the frames hold anything but silence, where a clip is continued by zeros.</summary>
    public int Sounding(int samples, int length, int frames)
    {
        int reach = _settings.FftSize / 2;
        // What is mirrored at the end must be silence as well.
        if (samples == 0 || samples > length - 1 - reach)
            return samples == 0 ? 0 : frames;
        return (int)Math.Min(frames, ((long)samples + reach + _settings.HopSamples - 1) / _settings.HopSamples);
    }

    /// <summary>Reads frames, takes off their offset, pre-emphasises and windows them.</summary>
    /// <param name="samples">The clip.</param>
    /// <param name="length">Its length, zeros after it counted.</param>
    /// <param name="first">The frame of the first lane; the others follow. Frames from <paramref name="end"/> on are zeros.</param>
    /// <param name="end">The first frame that is not wanted.</param>
    /// <param name="frame">[window]: scratch.</param>
    /// <param name="work">What <see cref="FrameFft.Power"/> reads.</param>
    public void Read(ReadOnlySpan<float> samples, int length, int first, int end, Span<Vector<double>> frame, Span<Vector<double>> work)
    {
        Span<double> lanes = MemoryMarshal.Cast<Vector<double>, double>(frame);
        for (int lane = 0; lane < Vector<double>.Count; lane++)
            Gather(samples, length, first + lane, end, lanes[lane..]);
        if (_settings.RemoveOffset)
            RemoveOffset(frame);
        if (_settings.Preemphasis != 0)
            Preemphasise(frame);
        int half = _settings.FftSize / 2;
        Span<Vector<double>> even = work[..half];
        Span<Vector<double>> odd = work.Slice(half, half);
        for (int n = 0; n + 1 < frame.Length; n += 2)
        {
            even[n / 2] = frame[n] * _window[n];
            odd[n / 2] = frame[n + 1] * _window[n + 1];
        }
        int used = frame.Length / 2;
        if (frame.Length % 2 == 1)
        {
            even[used] = frame[^1] * _window[^1];
            odd[used++] = Vector<double>.Zero;
        }
        even[used..].Clear();
        odd[used..].Clear();
    }

    private void Gather(ReadOnlySpan<float> samples, int length, int index, int end, Span<double> lane)
    {
        int step = Vector<double>.Count;
        int window = _settings.WindowSamples;
        if (index >= end)
        {
            for (int n = 0; n < window; n++)
                lane[n * step] = 0;
            return;
        }
        int start = index * _settings.HopSamples - _lead;
        if (start >= 0 && start + window <= samples.Length)
        {
            ReadOnlySpan<float> inside = samples.Slice(start, window);
            for (int n = 0; n < inside.Length; n++)
                lane[n * step] = inside[n];
            return;
        }
        for (int n = 0; n < window; n++)
        {
            int place = _isCentred ? Mirrored(start + n, length) : MirroredWithEdge(start + n, length);
            lane[n * step] = place < samples.Length ? samples[place] : 0;
        }
    }

    private void RemoveOffset(Span<Vector<double>> frame)
    {
        Vector<double> sum = Vector<double>.Zero;
        foreach (Vector<double> value in frame)
            sum += value;
        Vector<double> mean = sum * (1.0 / _settings.WindowSamples);
        foreach (ref Vector<double> value in frame)
            value -= mean;
    }

    private void Preemphasise(Span<Vector<double>> frame)
    {
        for (int n = frame.Length - 1; n > 0; n--)
            frame[n] -= frame[n - 1] * _settings.Preemphasis;
        frame[0] *= 1 - _settings.Preemphasis;
    }

    // … 2 1 | 0 1 2 … n-1 | n-2 …: the edge itself once.
    private static int Mirrored(int index, int length)
    {
        if (length == 1)
            return 0;
        int period = 2 * (length - 1);
        int place = ((index % period) + period) % period;
        return place < length ? place : period - place;
    }

    // … 1 0 | 0 1 … n-1 | n-1 …: the edge twice.
    private static int MirroredWithEdge(int index, int length)
    {
        int period = 2 * length;
        int place = ((index % period) + period) % period;
        return place < length ? place : period - 1 - place;
    }

    private static double Shape(WindowShape shape, int n, int length)
    {
        double rising = 0.5 - 0.5 * Math.Cos(2 * Math.PI * n / (length - 1));
        return shape switch
        {
            WindowShape.Hann => 0.5 - 0.5 * Math.Cos(2 * Math.PI * n / length),
            WindowShape.SymmetricHann => rising,
            WindowShape.Hamming => 0.54 - 0.46 * Math.Cos(2 * Math.PI * n / (length - 1)),
            WindowShape.Povey => Math.Pow(rising, 0.85),
            _ => 1,
        };
    }
}
