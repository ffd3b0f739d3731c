using System.Numerics;
using System.Numerics.Tensors;

namespace MLTransfer.Audio;

/// <summary>Whisper's log mel, Kaldi's filterbank and Kaldi's cepstral coefficients. Immutable, usable from several threads with a workspace each.</summary>
internal sealed class MelSpectrogram
{
    // MelSettings allows no more bins.
    private const int MaximumWidth = 1024;

    private readonly MelSettings _settings;
    private readonly bool _isCentred;
    private readonly FrameReader _frames;
    private readonly FrameFft _fft;
    private readonly MelFilters _filters;
    private readonly CosineTransform? _cosines;

    /// <summary>Prepares the tables. The settings have been checked.</summary>
    public MelSpectrogram(MelSettings settings, AudioFrontEnd frontEnd, int sampleRate)
    {
        _settings = settings;
        _isCentred = frontEnd == AudioFrontEnd.LogMel;
        _frames = new FrameReader(settings, _isCentred);
        _fft = new FrameFft(settings.FftSize);
        _filters = new MelFilters(settings, sampleRate);
        _cosines = settings.CoefficientCount is int count ? new CosineTransform(settings.BinCount, count, settings.CepstralLifter) : null;
    }

    /// <summary>Numbers of one frame, stacked ones counted.</summary>
    public int Width => FrameWidth * _settings.StackedFrames;

    private int FrameWidth => _cosines?.Count ?? _filters.Count;

    /// <summary>Frames that <see cref="Compute"/> gives for so many samples.</summary>
    public int FrameCount(int samples) => (_settings.FrameCount ?? _frames.Count(samples)) / _settings.StackedFrames;

    /// <summary>Computes the features of a clip or a window of it.</summary>
    /// <param name="samples">At the graph's rate, scaled.</param>
    /// <param name="workspace">This thread's memory.</param>
    /// <param name="destination">[<see cref="FrameCount"/> × <see cref="Width"/>] in the order the settings say.</param>
    public void Compute(ReadOnlySpan<float> samples, AudioWorkspace workspace, Span<float> destination)
    {
        int wanted = FrameCount(samples.Length) * _settings.StackedFrames;
        destination = destination[..(wanted * FrameWidth)];
        int length = samples.Length;
        int given = _frames.Count(length);
        if (_settings.FrameCount is int fixedCount)
        {
            // Whisper is filled up by silent samples, the others by frames of zeros.
            length = _isCentred ? fixedCount * _settings.HopSamples : length;
            samples = samples[..Math.Min(samples.Length, length)];
            given = _isCentred ? fixedCount : Math.Min(given, fixedCount);
        }
        if (destination.IsEmpty)
            return;
        bool isInPlace = _cosines is null && (given == wanted || given < wanted && !_settings.BinsFirst);
        Span<float> energies = isInPlace ? destination[..(given * _filters.Count)] : workspace.Features(given * _filters.Count);
        LogEnergies(samples, length, given, workspace, energies, isInPlace && _settings.BinsFirst);
        if (!isInPlace)
            Place(energies, Math.Min(given, wanted), wanted, destination);
        else
            destination[energies.Length..].Clear();
        if (_settings.Mean != 0)
            TensorPrimitives.Subtract(destination, (float)_settings.Mean, destination);
        if (_settings.Divisor != 1)
            TensorPrimitives.Divide(destination, (float)_settings.Divisor, destination);
    }

    private void LogEnergies(ReadOnlySpan<float> samples, int length, int frames, AudioWorkspace workspace, Span<float> energies, bool binsFirst)
    {
        int sounding = _isCentred ? _frames.Sounding(samples.Length, length, frames) : frames;
        int bins = _filters.Count;
        int frameStep = binsFirst ? 1 : bins;
        int binStep = binsFirst ? frames : 1;
        Span<Vector<double>> frame = workspace.Frame(_settings.WindowSamples + _settings.FftSize / 2 + 1);
        Span<Vector<double>> power = frame[_settings.WindowSamples..];
        frame = frame[.._settings.WindowSamples];
        Span<Vector<double>> work = workspace.Transform(_fft.WorkLength);
        var floor = new Vector<double>(_settings.Floor);
        for (int first = 0; first < sounding; first += Vector<double>.Count)
        {
            _frames.Read(samples, length, first, sounding, frame, work);
            _fft.Power(work, power);
            int lanes = Math.Min(Vector<double>.Count, sounding - first);
            for (int b = 0; b < bins; b++)
            {
                Vector<double> energy = Vector.Max(_filters.Energy(power, b), floor);
                for (int lane = 0; lane < lanes; lane++)
                    energies[(first + lane) * frameStep + b * binStep] = (float)energy[lane];
            }
        }
        float silence = (float)(_isCentred ? Math.Log10(_settings.Floor) : Math.Log(_settings.Floor));
        int runs = binsFirst ? bins : 1;
        int run = energies.Length / runs;
        int heard = binsFirst ? sounding : sounding * bins;
        for (int i = 0; i < runs; i++)
        {
            Span<float> sound = energies.Slice(i * run, heard);
            if (_isCentred)
                TensorPrimitives.Log10(sound, sound);
            else
                TensorPrimitives.Log(sound, sound);
            energies.Slice(i * run + heard, run - heard).Fill(silence);
        }
        if (_settings.DynamicRange is double range && !energies.IsEmpty)
            TensorPrimitives.Max(energies, (float)(TensorPrimitives.Max(energies) - range), energies);
        if (_settings.NormalizeBins)
        {
            for (int b = 0; b < bins; b++)
                Normalize(energies[(b * binStep)..], frames, frameStep);
        }
    }

    // One frame alone has no deviation; it becomes zeros.
    private static void Normalize(Span<float> values, int count, int step)
    {
        double sum = 0;
        for (int i = 0; i < count; i++)
            sum += values[i * step];
        double mean = sum / count;
        double squares = 0;
        for (int i = 0; i < count; i++)
            squares += (values[i * step] - mean) * (values[i * step] - mean);
        double deviation = Math.Sqrt(squares / Math.Max(1, count - 1) + 1e-7);
        for (int i = 0; i < count; i++)
            values[i * step] = (float)((values[i * step] - mean) / deviation);
    }

    private void Place(ReadOnlySpan<float> energies, int given, int wanted, Span<float> destination)
    {
        int width = FrameWidth;
        Span<float> frame = stackalloc float[MaximumWidth];
        frame = frame[..width];
        destination.Clear();
        for (int t = 0; t < given; t++)
        {
            ReadOnlySpan<float> energy = energies.Slice(t * _filters.Count, _filters.Count);
            if (_cosines is null)
                energy.CopyTo(frame);
            else
                _cosines.Transform(energy, frame);
            if (!_settings.BinsFirst)
            {
                frame.CopyTo(destination[(t * width)..]);
                continue;
            }
            for (int i = 0; i < width; i++)
                destination[i * wanted + t] = frame[i];
        }
    }
}
