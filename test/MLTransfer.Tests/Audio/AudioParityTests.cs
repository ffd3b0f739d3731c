using MLTransfer.Audio;

namespace MLTransfer.Tests.Audio;

/// <summary>Our front ends beside transformers.js and the formulas of Whisper and Kaldi in float64, our resampler beside SoX.</summary>
internal sealed class AudioParityTests
{
    // Below this share of the lower Nyquist frequency both resamplers are flat; above, each falls off in its own way.
    private const double CommonBand = 0.91;

    [TestCaseSource(typeof(AudioGolden), nameof(AudioGolden.Cases))]
    public void Compute_EachFrontEnd_IsTheReferences(object golden)
    {
        var expected = (AudioGolden.Case)golden;
        float[] actual = FrontEnd.Run(AudioGolden.Settings(expected.Kind), AudioGolden.Clip(expected.Clip), out int frames, out int width);
        bool binsFirst = expected.Kind.StartsWith("whisper", StringComparison.Ordinal);
        if (expected.Kind == "wav2vec2")
            Assert.That(frames, Is.EqualTo(expected.Shape[0]));
        else
            Assert.That(binsFirst ? (width, frames) : (frames, width), Is.EqualTo((expected.Shape[0], expected.Shape[1])));
        double worst = expected.Places.Zip(expected.Values, (place, value) => Math.Abs(actual[place] - value)).Max();
        TestContext.Out.WriteLine($"largest difference {worst:e1}");
        // Both sides are float32 behind a logarithm and golden numbers have six decimals; cepstral coefficients add up dozens of logarithms and weigh them by up to 12.
        Assert.That(worst, Is.LessThan(expected.Kind == "mfcc" ? 1e-4 : 1e-5));
    }

    [TestCaseSource(typeof(AudioGolden), nameof(AudioGolden.Resampled))]
    public void Resample_RealClips_AgreesWithSox(object golden)
    {
        var expected = (AudioGolden.Stretch)golden;
        float[] clip = AudioGolden.Real(expected.Path);
        var resampler = new Resampler(expected.From, expected.To);
        float[] output = new float[resampler.OutputLength(clip.Length)];
        resampler.Resample(clip, output);
        Assert.That(output.Length - expected.Length, Is.InRange(0, 1), "SoX rounds the length to nearest, we round it up");
        double[] difference = [.. expected.Values.Select((v, i) => output[expected.Start + i] - v)];
        double band = CommonBand * Math.Min(1, (double)expected.From / expected.To);
        double inBand = 10 * Math.Log10(Energy(expected.Values, band) / Energy(difference, band));
        double whole = 10 * Math.Log10(Energy(expected.Values, 1) / Energy(difference, 1));
        TestContext.Out.WriteLine($"{inBand:0.0} dB in band, {whole:0.0} dB in all");
        Assert.That(inBand, Is.GreaterThan(90));
    }

    /// <summary>The energy of a stretch below a share of its Nyquist frequency, through a window of von Hann squared, whose side lobes fall fast.</summary>
    private static double Energy(double[] stretch, double share)
    {
        int count = stretch.Length;
        double[] windowed = [.. stretch.Select((v, n) => v * Math.Pow(Math.Sin(Math.PI * (n + 0.5) / count), 4))];
        double energy = 0;
        for (int k = 0; k < share * count / 2; k++)
        {
            double re = 0;
            double im = 0;
            for (int n = 0; n < count; n++)
            {
                (double sin, double cos) = Math.SinCos(2 * Math.PI * ((long)k * n % count) / count);
                re += windowed[n] * cos;
                im += windowed[n] * sin;
            }
            energy += re * re + im * im;
        }
        return energy;
    }
}
