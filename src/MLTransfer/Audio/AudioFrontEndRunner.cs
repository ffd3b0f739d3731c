using System.Numerics.Tensors;

namespace MLTransfer.Audio;

/// <summary>
/// What <see cref="AudioPreprocessing"/> says, done: <see cref="PrepareClip"/> once for a clip, <see cref="Compute"/> for each of its windows. Immutable, usable from several
/// threads with a workspace each; nothing is allocated once a workspace has seen the largest window.
/// </summary>
internal sealed class AudioFrontEndRunner
{
    private readonly MelSpectrogram? _spectrogram;

    /// <summary>Checks the settings and prepares the tables.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Settings do not fit each other.</exception>
    public AudioFrontEndRunner(AudioPreprocessing preprocessing)
    {
        preprocessing.Check();
        Preprocessing = preprocessing;
        _spectrogram = preprocessing.Mel is MelSettings mel ? new MelSpectrogram(mel, preprocessing.FrontEnd, preprocessing.SampleRate) : null;
    }

    /// <summary>What it was made from.</summary>
    public AudioPreprocessing Preprocessing { get; }

    /// <summary>Numbers of one frame; 1 for samples.</summary>
    public int Width => _spectrogram?.Width ?? 1;

    /// <summary>Samples of a clip once it is as long as the graph needs at least.</summary>
    public int ClipLength(int samples) => Math.Max(samples, Preprocessing.MinimumSamples);

    /// <summary>Frames of a window of so many samples; the samples themselves where the graph reads those. Zero where they do not fill one frame.</summary>
    public int FrameCount(int samples) => _spectrogram?.FrameCount(samples) ?? samples;

    /// <summary>Scales and normalises a whole clip and fills it up with zeros.</summary>
    /// <param name="clip">At the graph's sample rate.</param>
    /// <param name="destination">[<see cref="ClipLength"/>]; may be the clip itself where nothing is to be filled up.</param>
    public void PrepareClip(ReadOnlySpan<float> clip, Span<float> destination)
    {
        destination = destination[..ClipLength(clip.Length)];
        Span<float> samples = destination[..clip.Length];
        if (Preprocessing.Scale != 1)
            TensorPrimitives.Multiply(clip, (float)Preprocessing.Scale, samples);
        else
            clip.CopyTo(samples);
        if (Preprocessing.NormalizeClip && !samples.IsEmpty)
            Normalize(samples);
        destination[clip.Length..].Clear();
    }

    /// <summary>Computes what the graph reads of one window.</summary>
    /// <param name="samples">Of a clip that <see cref="PrepareClip"/> has seen.</param>
    /// <param name="workspace">This thread's memory.</param>
    /// <param name="destination">[<see cref="FrameCount"/> × <see cref="Width"/>]: frame after frame, or bin after bin as <see cref="MelSettings.BinsFirst"/> says.</param>
    public void Compute(ReadOnlySpan<float> samples, AudioWorkspace workspace, Span<float> destination)
    {
        if (_spectrogram is null)
            samples.CopyTo(destination);
        else
            _spectrogram.Compute(samples, workspace, destination);
    }

    private static void Normalize(Span<float> samples)
    {
        double sum = 0;
        foreach (float sample in samples)
            sum += sample;
        double mean = sum / samples.Length;
        double squares = 0;
        foreach (float sample in samples)
            squares += (sample - mean) * (sample - mean);
        double factor = 1 / Math.Sqrt(squares / samples.Length + 1e-7);
        for (int i = 0; i < samples.Length; i++)
            samples[i] = (float)((samples[i] - mean) * factor);
    }
}
