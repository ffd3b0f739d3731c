using MLTransfer.Audio;

namespace MLTransfer.Tests.Audio;

internal sealed class ResamplerTests
{
    // Zero crossings of the filter on either side: what is nearer to a clip's end hears the silence beyond it.
    private const int Reach = 96;

    private static readonly (int From, int To)[] Pairs =
        [(8000, 16000), (11025, 16000), (16000, 8000), (22050, 16000), (32000, 16000), (44100, 16000), (48000, 16000), (96000, 16000), (16000, 44100), (16000, 48000), (44100, 48000)];

    // Ratios with more phases than are kept, where neighbouring ones are interpolated.
    private static readonly (int From, int To)[] OddPairs = [(16001, 16000), (44099, 16000), (15999, 16000), (7919, 16000)];

    private static IEnumerable<(int From, int To)> AllPairs => [.. Pairs, .. OddPairs];

    [TestCaseSource(nameof(AllPairs))]
    public void Resample_SinesInBand_AreTheIdealSine((int From, int To) pair)
    {
        // 0.919 of the lower Nyquist frequency is the end of the band that the documents promise.
        foreach (double share in (double[])[0.003, 0.1, 0.5, 0.9, 0.919])
        {
            double ratio = SineRatio(pair.From, pair.To, share);
            TestContext.Out.WriteLine($"sine at {share}: {ratio:0.0} dB");
            Assert.That(ratio, Is.GreaterThan(share <= 0.9 ? 120 : 110), $"{pair.From} to {pair.To} at {share} of the band");
        }
    }

    [TestCaseSource(nameof(AllPairs))]
    public void Resample_SinesAboveTheTargetsBand_AreGone((int From, int To) pair)
    {
        if (pair.From <= pair.To)
            return;
        double nyquist = pair.To / 2.0;
        foreach (double share in (double[])[0.001, 0.1, 0.5, 0.9])
        {
            double frequency = nyquist + share * (pair.From / 2.0 - nyquist);
            double attenuation = -Level(Resample(Sine(pair.From, frequency, pair.From), pair.From, pair.To), Reach);
            TestContext.Out.WriteLine($"{frequency:0} Hz: {attenuation:0.0} dB down");
            Assert.That(attenuation, Is.GreaterThan(117), $"{pair.From} to {pair.To}, {frequency} Hz");
        }
    }

    [TestCaseSource(nameof(AllPairs))]
    public void Resample_AConstant_StaysWhatItIs((int From, int To) pair)
    {
        float[] output = Resample([.. Enumerable.Repeat(0.25f, pair.From)], pair.From, pair.To);
        foreach (float value in Inner(output, pair.From, pair.To))
            Assert.That(value, Is.EqualTo(0.25f).Within(2e-7f), "float32 rounding of a sum of products");
    }

    [Test]
    public void Resample_EqualRates_CopiesEveryBit()
    {
        float[] samples = [0.1f, -0f, float.Epsilon, -1, 3e38f];
        Assert.That(Resample(samples, 16000, 16000).Select(BitConverter.SingleToInt32Bits), Is.EqualTo(samples.Select(BitConverter.SingleToInt32Bits)));
    }

    [TestCase(8000, 16000, 0, 0)]
    [TestCase(8000, 16000, 1, 2)]
    [TestCase(8000, 16000, 3, 6)]
    [TestCase(44100, 16000, 1, 1)]
    [TestCase(44100, 16000, 2, 1)]
    [TestCase(44100, 16000, 3, 2)]
    [TestCase(44100, 16000, 44100, 16000)]
    [TestCase(48000, 16000, 7, 3)]
    [TestCase(16000, 16000, 5, 5)]
    [TestCase(1, 256, 1, 256)]
    [TestCase(256, 1, 255, 1)]
    [TestCase(8000, 16000, 1_500_000_000, 3_000_000_000)]
    public void OutputLength_IsTheDurationRoundedUp(int from, int to, int count, long expected) => Assert.That(new Resampler(from, to).OutputLength(count), Is.EqualTo(expected));

    [TestCase(44100, 16000)]
    [TestCase(8000, 16000)]
    [TestCase(16001, 16000)]
    public void Resample_ClipsShorterThanTheFilter_AreFinite(int from, int to)
    {
        foreach (int count in (int[])[0, 1, 2, 3, 95, 191])
        {
            float[] output = Resample([.. Enumerable.Repeat(1f, count)], from, to);
            Assert.That(output, Has.Length.EqualTo((int)Math.Ceiling((double)count * to / from)).And.All.InRange(-1.3f, 1.3f));
        }
    }

    [Test]
    public void Resample_OneSample_IsTheFilterItself()
    {
        float[] clip = new float[401];
        clip[200] = 1;
        float[] output = Resample(clip, 8000, 16000);
        Assert.That(output[400], Is.EqualTo(0.96).Within(0.01), "the filter's top is its cutoff, 0.959");
        for (int i = 1; i < 400; i++)
            Assert.That(output[400 - i], Is.EqualTo(output[400 + i]).Within(1e-7f), $"symmetric at {i}: sample k of the output lies at k / to seconds");
        Assert.That(output.AsSpan(0, 400 - 2 * Reach).ToArray(), Is.All.Zero);
    }

    [Test]
    public void Resample_TheSum_IsTheSumOfTheResampled()
    {
        float[] a = Sine(44100, 440, 5000);
        float[] b = Sine(44100, 3100, 5000);
        float[] sum = Resample([.. a.Zip(b, (x, y) => x + y)], 44100, 16000);
        float[] parts = [.. Resample(a, 44100, 16000).Zip(Resample(b, 44100, 16000), (x, y) => x + y)];
        Assert.That(sum, Is.EqualTo(parts).Within(1e-6f), "float32");
    }

    [Test]
    public void Resample_IntoALongerPlace_LeavesTheRest()
    {
        float[] place = [.. Enumerable.Repeat(9f, 10)];
        Resampler.Get(8000, 16000).Resample([1, 2], place);
        Assert.That(place.AsSpan(4).ToArray(), Is.All.EqualTo(9f));
    }

    [TestCase(0, 16000)]
    [TestCase(16000, 0)]
    [TestCase(-8000, 16000)]
    public void New_RateThatIsNone_Throws(int from, int to) => Assert.That(() => new Resampler(from, to), Throws.TypeOf<ArgumentOutOfRangeException>());

    [TestCase(1, 16000)]
    [TestCase(768_000, 2000)]
    public void New_RatesTooFarApart_NamesBoth(int from, int to) =>
        Assert.That(() => new Resampler(from, to), Throws.TypeOf<AudioDecodeException>().With.Message.Contains($"{from}").And.Message.Contains($"{to}"));

    [Test]
    public void Get_ManyPairs_GivesEachItsOwn()
    {
        Resampler first = Resampler.Get(8000, 16000);
        Assert.That(Resampler.Get(8000, 16000), Is.SameAs(first));
        for (int rate = 8001; rate < 8080; rate++)
            Assert.That(Resampler.Get(rate, 4 * rate).OutputLength(1), Is.EqualTo(4));
        Assert.That(Resampler.Get(8000, 16000).OutputLength(3), Is.EqualTo(6));
    }

    /// <summary>Decibels between a sine and what is not it, ends left out.</summary>
    private static double SineRatio(int from, int to, double share)
    {
        double frequency = share * Math.Min(from, to) / 2;
        float[] output = Resample(Sine(from, frequency, from), from, to);
        int reach = (int)Math.Ceiling(Reach * Math.Max(1.0, (double)to / from)) + 1;
        double signal = 0;
        double noise = 0;
        for (int k = reach; k < output.Length - reach; k++)
        {
            double ideal = 0.5 * Math.Sin(2 * Math.PI * frequency * k / to + 0.3);
            signal += ideal * ideal;
            noise += (output[k] - ideal) * (output[k] - ideal);
        }
        return 10 * Math.Log10(signal / noise);
    }

    /// <summary>Decibels against a sine of the same amplitude, ends left out.</summary>
    private static double Level(float[] output, int reach)
    {
        double[] inner = [.. output.Skip(reach + 1).SkipLast(reach + 1).Select(v => (double)v * v)];
        return 10 * Math.Log10(inner.Average() / 0.125 + 1e-30);
    }

    private static IEnumerable<float> Inner(float[] output, int from, int to)
    {
        int reach = (int)Math.Ceiling(Reach * Math.Max(1.0, (double)to / from)) + 1;
        return output.Skip(reach).SkipLast(reach);
    }

    private static float[] Sine(int rate, double frequency, int count) => [.. Enumerable.Range(0, count).Select(n => (float)(0.5 * Math.Sin(2 * Math.PI * frequency * n / rate + 0.3)))];

    private static float[] Resample(float[] samples, int from, int to)
    {
        var resampler = new Resampler(from, to);
        float[] output = new float[resampler.OutputLength(samples.Length)];
        resampler.Resample(samples, output);
        return output;
    }
}
