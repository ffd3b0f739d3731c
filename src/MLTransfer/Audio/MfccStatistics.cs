namespace MLTransfer.Audio;

/// <summary>
/// A clip as one vector without any pretrained model, the baseline that a backbone has to beat: mean and standard deviation over the frames of Kaldi's cepstral coefficients and of
/// their slopes (Σₙ n (cₜ₊ₙ − cₜ₋ₙ) / 10, n = 1, 2; frames beyond the ends repeat the last). Immutable.
/// </summary>
internal sealed class MfccStatistics
{
    private readonly AudioFrontEndRunner _runner;

    public MfccStatistics(int sampleRate = 16_000, int coefficients = 20, int melBins = 40) =>
        _runner = new AudioFrontEndRunner(AudioPreprocessing.Mfcc(sampleRate, coefficients, melBins));

    /// <summary>Samples of a second that it reads, in Hz.</summary>
    public int SampleRate => _runner.Preprocessing.SampleRate;

    /// <summary>Numbers of the vector: means, deviations, mean slopes, deviations of the slopes.</summary>
    public int Length => 4 * _runner.Width;

    /// <summary>Describes a clip.</summary>
    /// <param name="samples">In −1…1, at <see cref="SampleRate"/>.</param>
    /// <param name="destination">[<see cref="Length"/>].</param>
    public void Compute(ReadOnlySpan<float> samples, Span<float> destination)
    {
        var clip = new float[_runner.ClipLength(samples.Length)];
        _runner.PrepareClip(samples, clip);
        int frames = _runner.FrameCount(clip.Length);
        int width = _runner.Width;
        var coefficients = new float[frames * width];
        _runner.Compute(clip, new AudioWorkspace(), coefficients);
        for (int i = 0; i < width; i++)
        {
            (destination[i], destination[width + i]) = Moments(frames, t => coefficients[t * width + i]);
            (destination[2 * width + i], destination[3 * width + i]) = Moments(frames, t => Slope(coefficients, t, i, frames, width));
        }
    }

    private static float Slope(float[] coefficients, int frame, int index, int frames, int width)
    {
        float At(int t) => coefficients[Math.Clamp(t, 0, frames - 1) * width + index];
        return (At(frame + 1) - At(frame - 1) + 2 * (At(frame + 2) - At(frame - 2))) / 10;
    }

    private static (float Mean, float Deviation) Moments(int count, Func<int, float> value)
    {
        double sum = 0;
        double squares = 0;
        for (int t = 0; t < count; t++)
            sum += value(t);
        double mean = sum / count;
        for (int t = 0; t < count; t++)
            squares += (value(t) - mean) * (value(t) - mean);
        return ((float)mean, (float)Math.Sqrt(squares / count));
    }
}
