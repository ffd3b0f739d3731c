using MLTransfer.Audio;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Audio;

internal sealed class AudioFrontEndTests
{
    [Test]
    public void Waveform_IsTheSamplesScaled()
    {
        Assert.That(FrontEnd.Run(AudioPreprocessing.Waveform(16000), [0.1f, -0.2f]), Is.EqualTo((float[])[0.1f, -0.2f]));
        Assert.That(FrontEnd.Run(AudioPreprocessing.Waveform(16000) with { Scale = 32768 }, [0.5f, -1]), Is.EqualTo((float[])[16384, -32768]));
    }

    [Test]
    public void Waveform_ShorterThanTheGraphTakes_IsFollowedByZeros() =>
        Assert.That(FrontEnd.Run(AudioPreprocessing.Waveform(16000) with { MinimumSamples = 4 }, [0.5f]), Is.EqualTo((float[])[0.5f, 0, 0, 0]));

    [Test]
    public void NormalizeClip_IsOverTheClipAndNotOverWhatFillsItUp()
    {
        AudioPreprocessing settings = AudioPreprocessing.Waveform(16000) with { NormalizeClip = true, MinimumSamples = 4 };
        // Mean 2, variance 1.
        Assert.That(FrontEnd.Run(settings, [1, 3]), Is.EqualTo((float[])[-1, 1, 0, 0]).Within(1e-6f), "the 1e-7 beside the variance");
        Assert.That(FrontEnd.Run(settings, [5]), Is.All.Zero);
        Assert.That(FrontEnd.Run(settings, []), Is.All.Zero);
    }

    [Test]
    public void PrepareClip_InPlace_GivesTheSame()
    {
        float[] clip = TinyMedia.Samples(100, 1);
        var runner = new AudioFrontEndRunner(AudioPreprocessing.Waveform(16000) with { NormalizeClip = true, Scale = 3 });
        float[] apart = new float[100];
        runner.PrepareClip(clip, apart);
        runner.PrepareClip(clip, clip);
        Assert.That(clip, Is.EqualTo(apart));
    }

    [TestCase(0, 1)]
    [TestCase(1, 1)]
    [TestCase(399, 1)]
    [TestCase(400, 1)]
    [TestCase(559, 1)]
    [TestCase(560, 2)]
    [TestCase(16000, 98)]
    public void Kaldi_EdgesSnipped_CountsWholeFrames(int samples, int frames)
    {
        float[] features = FrontEnd.Run(AudioPreprocessing.Kaldi(), TinyMedia.Samples(samples, 1), out int found, out int width);
        Assert.That((found, width), Is.EqualTo((frames, 80)));
        Assert.That(features.All(float.IsFinite));
    }

    [TestCase(0, 0)]
    [TestCase(79, 0)]
    [TestCase(80, 1)]
    [TestCase(239, 1)]
    [TestCase(240, 2)]
    [TestCase(16000, 100)]
    public void Kaldi_EdgesMirrored_CountsHops(int samples, int frames)
    {
        AudioPreprocessing settings = AudioPreprocessing.Kaldi() with { MinimumSamples = 0, Mel = AudioPreprocessing.Kaldi().Mel! with { SnipEdges = false } };
        float[] features = FrontEnd.Run(settings, TinyMedia.Samples(samples, 1), out int found, out _);
        Assert.That(found, Is.EqualTo(frames));
        Assert.That(features.All(float.IsFinite));
    }

    [Test]
    public void Kaldi_Silence_IsTheFloorEverywhere() =>
        Assert.That(FrontEnd.Run(AudioPreprocessing.Kaldi(), new float[1000]), Is.All.EqualTo(Math.Log(1.1920928955078125e-07)).Within(1e-5));

    [Test]
    public void Kaldi_AConstant_IsSilence() =>
        // Its mean is taken off each frame; without that, pre-emphasis would leave 3 % of it.
        Assert.That(FrontEnd.Run(AudioPreprocessing.Kaldi(), [.. Enumerable.Repeat(0.5f, 1000)]), Is.All.EqualTo(Math.Log(1.1920928955078125e-07)).Within(1e-5));

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(159)]
    [TestCase(480_000)]
    [TestCase(479_900)]
    [TestCase(500_000)]
    public void Whisper_AnyLength_IsThirtySeconds(int samples)
    {
        float[] features = FrontEnd.Run(AudioPreprocessing.Whisper(), TinyMedia.Samples(samples, 1), out int frames, out int width);
        Assert.That((frames, width), Is.EqualTo((3000, 80)));
        Assert.That(features.All(float.IsFinite));
        // (log − 8 below the loudest + 4) / 4: two below the loudest at most.
        Assert.That(features.Max() - features.Min(), Is.LessThanOrEqualTo(2.0001f));
    }

    [Test]
    public void Whisper_SilenceBehindAClip_IsWhatComputingItGives()
    {
        float[] clip = TinyMedia.Samples(7003, 1);
        float[] filled = [.. clip, .. new float[480_000 - clip.Length]];
        Assert.That(FrontEnd.Run(AudioPreprocessing.Whisper(), clip), Is.EqualTo(FrontEnd.Run(AudioPreprocessing.Whisper(), filled)), "frames of silence are not computed");
    }

    [Test]
    public void LogMel_WithoutFixedFrames_FollowsTheClip()
    {
        AudioPreprocessing settings = AudioPreprocessing.Whisper() with { Mel = AudioPreprocessing.Whisper().Mel! with { FrameCount = null, BinsFirst = false } };
        foreach (int samples in (int[])[0, 1, 159, 160, 161, 400, 1000])
        {
            float[] features = FrontEnd.Run(settings, TinyMedia.Samples(samples, 2), out int frames, out _);
            Assert.That(frames, Is.EqualTo(samples / 160));
            Assert.That(features.All(float.IsFinite));
        }
    }

    [Test]
    public void BinsFirst_IsTheTransposed()
    {
        AudioPreprocessing frames = AudioPreprocessing.Whisper() with { Mel = AudioPreprocessing.Whisper().Mel! with { FrameCount = null, BinsFirst = false } };
        AudioPreprocessing bins = frames with { Mel = frames.Mel! with { BinsFirst = true } };
        float[] a = FrontEnd.Run(frames, TinyMedia.Samples(1000, 3), out int count, out int width);
        float[] b = FrontEnd.Run(bins, TinyMedia.Samples(1000, 3));
        Assert.That(b, Is.EqualTo(Enumerable.Range(0, a.Length).Select(i => a[i % count * width + i / count])));
    }

    [Test]
    public void Ast_ShortAndLongClips_Are1024Frames()
    {
        AudioPreprocessing settings = AudioPreprocessing.AudioSpectrogramTransformer();
        float[] clip = TinyMedia.Samples(200_000, 4);
        float[] cut = FrontEnd.Run(settings, clip, out int frames, out int width);
        Assert.That((frames, width), Is.EqualTo((1024, 128)));
        Assert.That(cut, Is.EqualTo(FrontEnd.Run(settings, clip[..settings.WindowSamples!.Value])), "cut at the end");
        float[] filled = FrontEnd.Run(settings, clip[..560]);
        Assert.That(filled[..256], Is.EqualTo(cut[..256]));
        Assert.That(filled[256..], Is.All.EqualTo((float)(4.2677393 / (2 * 4.5689974))).Within(1e-6f), "frames of zeros before mean and divisor");
        Assert.That(FrontEnd.Run(settings, []), Is.All.EqualTo(filled[^1]));
    }

    [Test]
    public void StackedFrames_SetsNeighboursSideBySideAndDropsTheOddOne()
    {
        AudioPreprocessing single = AudioPreprocessing.Kaldi(melBins: 20);
        AudioPreprocessing stacked = single with { Mel = single.Mel! with { StackedFrames = 2 } };
        float[] clip = TinyMedia.Samples(400 + 4 * 160, 5);
        float[] five = FrontEnd.Run(single, clip);
        float[] two = FrontEnd.Run(stacked, clip, out int frames, out int width);
        Assert.That((frames, width), Is.EqualTo((2, 40)));
        Assert.That(two, Is.EqualTo(five[..80]));
    }

    [Test]
    public void NormalizeBins_OneFrame_IsZeros()
    {
        AudioPreprocessing settings = AudioPreprocessing.Kaldi() with { Mel = AudioPreprocessing.Kaldi().Mel! with { NormalizeBins = true } };
        Assert.That(FrontEnd.Run(settings, TinyMedia.Samples(400, 6)), Is.All.Zero);
    }

    [Test]
    public void Mfcc_ZerothWithoutLifter_IsTheSumOfTheFilterbank()
    {
        AudioPreprocessing bank = AudioPreprocessing.Kaldi(melBins: 23);
        AudioPreprocessing mfcc = AudioPreprocessing.Mfcc() with { Mel = AudioPreprocessing.Mfcc().Mel! with { CepstralLifter = 0 } };
        float[] clip = TinyMedia.Samples(1000, 7);
        float[] energies = FrontEnd.Run(bank, clip, out int frames, out _);
        float[] coefficients = FrontEnd.Run(mfcc, clip);
        for (int t = 0; t < frames; t++)
            Assert.That(coefficients[13 * t], Is.EqualTo(energies.Skip(23 * t).Take(23).Sum() / Math.Sqrt(23)).Within(1e-4), "float32");
    }

    [Test]
    public void Compute_TheSameWorkspaceForOtherSizes_GivesTheSame()
    {
        var workspace = new AudioWorkspace();
        (AudioPreprocessing Settings, int Samples)[] cases =
            [(AudioPreprocessing.Kaldi(), 9000), (AudioPreprocessing.Mfcc(8000), 700), (AudioPreprocessing.Whisper(), 3000), (AudioPreprocessing.Kaldi(), 400)];
        foreach ((AudioPreprocessing settings, int samples) in cases)
        {
            float[] clip = TinyMedia.Samples(samples, 8);
            var runner = new AudioFrontEndRunner(settings);
            float[] features = new float[runner.FrameCount(samples) * runner.Width];
            runner.Compute(clip, workspace, features);
            Assert.That(features, Is.EqualTo(FrontEnd.Run(settings, clip)));
        }
    }

    [Test]
    public void Compute_WarmWorkspace_AllocatesNothing()
    {
        var workspace = new AudioWorkspace();
        float[] clip = TinyMedia.Samples(16000, 9);
        foreach (AudioPreprocessing settings in (AudioPreprocessing[])[AudioPreprocessing.Kaldi(), AudioPreprocessing.Mfcc(), AudioPreprocessing.Whisper()])
        {
            var runner = new AudioFrontEndRunner(settings);
            float[] features = new float[runner.FrameCount(clip.Length) * runner.Width];
            runner.Compute(clip, workspace, features);
            long before = GC.GetAllocatedBytesForCurrentThread();
            runner.Compute(clip, workspace, features);
            Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero, $"{settings.FrontEnd}");
        }
    }

    [Test]
    public void MfccStatistics_AnyLength_AreFiniteAndSilenceHasNoDeviation()
    {
        var statistics = new MfccStatistics();
        foreach (int samples in (int[])[0, 1, 400, 560, 16000])
        {
            float[] vector = new float[statistics.Length];
            statistics.Compute(TinyMedia.Samples(samples, 10), vector);
            Assert.That(vector, Has.Length.EqualTo(80));
            Assert.That(vector.All(float.IsFinite));
        }
        float[] silence = new float[statistics.Length];
        statistics.Compute(new float[1000], silence);
        Assert.That(silence.AsSpan(20).ToArray(), Is.All.Zero);
    }
}
