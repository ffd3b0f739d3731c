using MLTransfer.Audio;

namespace MLTransfer.Tests.Audio;

internal sealed class AudioPreprocessingTests
{
    private static readonly AudioPreprocessing Wave = AudioPreprocessing.Waveform(16_000);
    private static readonly MelSettings Mel = AudioPreprocessing.Kaldi().Mel!;

    private static IEnumerable<TestCaseData> Settings()
    {
        yield return Case(nameof(AudioPreprocessing.SampleRate), () => Wave with { SampleRate = 0 });
        yield return Case(nameof(AudioPreprocessing.SampleRate), () => Wave with { SampleRate = 768_001 });
        yield return Case(nameof(AudioPreprocessing.WindowSamples), () => Wave with { WindowSamples = 0 });
        yield return Case(nameof(AudioPreprocessing.HopSamples), () => Wave with { HopSamples = -1 });
        yield return Case(nameof(AudioPreprocessing.Scale), () => Wave with { Scale = 0 });
        yield return Case(nameof(AudioPreprocessing.Scale), () => Wave with { Scale = double.NaN });
        yield return Case(nameof(AudioPreprocessing.MinimumSamples), () => Wave with { MinimumSamples = -1 });
        yield return Case(nameof(AudioPreprocessing.ContextSamples), () => Wave with { ContextSamples = -1 });
        yield return Case(nameof(AudioPreprocessing.States), () => Wave with { States = null! });
        yield return Case(nameof(AudioPreprocessing.States), () => Wave with { States = new Dictionary<string, string> { ["h"] = " " } });
        yield return Case(nameof(AudioPreprocessing.Constants), () => Wave with { Constants = new Dictionary<string, long> { [""] = 1 } });
        yield return Case(nameof(MelSettings.BinCount), () => Of(Mel with { BinCount = 0 }));
        yield return Case(nameof(MelSettings.BinCount), () => Of(Mel with { BinCount = 1025 }));
        yield return Case(nameof(MelSettings.WindowSamples), () => Of(Mel with { WindowSamples = 1 }));
        yield return Case(nameof(MelSettings.HopSamples), () => Of(Mel with { HopSamples = 0 }));
        yield return Case(nameof(MelSettings.FftSize), () => Of(Mel with { FftSize = 511 }));
        yield return Case(nameof(MelSettings.FftSize), () => Of(Mel with { FftSize = 514 }));
        yield return Case(nameof(MelSettings.MinimumFrequency), () => Of(Mel with { MinimumFrequency = -1 }));
        yield return Case(nameof(MelSettings.MaximumFrequency), () => Of(Mel with { MaximumFrequency = double.PositiveInfinity }));
        yield return Case(nameof(MelSettings.Preemphasis), () => Of(Mel with { Preemphasis = 1.5 }));
        yield return Case(nameof(MelSettings.Floor), () => Of(Mel with { Floor = 0 }));
        yield return Case(nameof(MelSettings.DynamicRange), () => Of(Mel with { DynamicRange = -8 }));
        yield return Case(nameof(MelSettings.Mean), () => Of(Mel with { Mean = double.NaN }));
        yield return Case(nameof(MelSettings.Divisor), () => Of(Mel with { Divisor = 0 }));
        yield return Case(nameof(MelSettings.FrameCount), () => Of(Mel with { FrameCount = 0 }));
        yield return Case(nameof(MelSettings.StackedFrames), () => Of(Mel with { StackedFrames = 17 }));
        yield return Case(nameof(MelSettings.CoefficientCount), () => Of(Mel with { CoefficientCount = 0 }));
        yield return Case(nameof(MelSettings.CepstralLifter), () => Of(Mel with { CepstralLifter = -22 }));
    }

    private static IEnumerable<TestCaseData> Combinations()
    {
        yield return Case("Mel", () => AudioPreprocessing.Kaldi() with { Mel = null });
        yield return Case("Mel", () => Wave with { Mel = Mel });
        yield return Case("FrontEnd", () => Wave with { FrontEnd = (AudioFrontEnd)9 });
        yield return Case("HopSamples", () => Wave with { WindowSamples = 10, HopSamples = 11 });
        yield return Case("ContextSamples", () => Wave with { WindowSamples = 10, ContextSamples = 11 });
        yield return Case("States", () => Wave with { States = new Dictionary<string, string> { ["a"] = "x", ["b"] = "x" } });
        yield return Case("Constants", () => Wave with { States = new Dictionary<string, string> { ["a"] = "x" }, Constants = new Dictionary<string, long> { ["a"] = 1 } });
        yield return Case("Mel.FftSize", () => Of(Mel with { FftSize = 256 }));
        yield return Case("Mel.MaximumFrequency", () => Of(Mel with { MaximumFrequency = 8001 }));
        yield return Case("Mel.MinimumFrequency", () => Of(Mel with { MinimumFrequency = 4000, MaximumFrequency = 4000 }));
        yield return Case("Mel.CoefficientCount", () => Of(Mel with { CoefficientCount = 13 }));
        yield return Case("Mel.CoefficientCount", () => AudioPreprocessing.Mfcc() with { Mel = Mel });
        yield return Case("Mel.CoefficientCount", () => AudioPreprocessing.Mfcc(coefficients: 24));
        yield return Case("Mel.Preemphasis", () => AudioPreprocessing.Whisper() with { Mel = AudioPreprocessing.Whisper().Mel! with { Preemphasis = 0.97 } });
        yield return Case("Mel.EqualArea", () => Of(Mel with { EqualArea = true }));
        yield return Case("Mel.StackedFrames", () => Of(Mel with { BinsFirst = true, StackedFrames = 2 }));
        yield return Case("Mel.Window", () => Of(Mel with { Window = (WindowShape)9 }));
        yield return Case("Mel.Scale", () => Of(Mel with { Scale = (MelScale)9 }));
    }

    [TestCaseSource(nameof(Settings))]
    public void Set_ValueOutOfRange_NamesTheMember(string member, Func<AudioPreprocessing> make) =>
        Assert.That(() => make(), Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo(member).And.Message.Contains("expected"));

    [TestCaseSource(nameof(Combinations))]
    public void NewRunner_MembersThatDoNotFit_NamesOne(string member, Func<AudioPreprocessing> make) =>
        Assert.That(() => new AudioFrontEndRunner(make()), Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").StartsWith(member));

    [Test]
    public void Presets_AreValidAndEqualThemselves()
    {
        Func<AudioPreprocessing>[] presets =
        [
            () => AudioPreprocessing.Waveform(8000), AudioPreprocessing.Wav2Vec2, () => AudioPreprocessing.Whisper(128), () => AudioPreprocessing.Kaldi(48_000),
            () => AudioPreprocessing.Mfcc(), AudioPreprocessing.AudioSpectrogramTransformer, AudioPreprocessing.SileroVad,
        ];
        foreach (Func<AudioPreprocessing> preset in presets)
        {
            Assert.That(() => new AudioFrontEndRunner(preset()), Throws.Nothing);
            AudioPreprocessing again = preset();
            Assert.That(preset(), Is.EqualTo(again));
            Assert.That(preset().GetHashCode(), Is.EqualTo(again.GetHashCode()));
        }
        Assert.That(presets.Select(p => p()), Is.Unique);
    }

    [Test]
    public void States_AreACopyInTheOrderOfTheirNames()
    {
        var states = new Dictionary<string, string> { ["b"] = "y", ["a"] = "x" };
        AudioPreprocessing settings = Wave with { States = states };
        AudioPreprocessing other = Wave with { States = new SortedDictionary<string, string>(states) };
        states.Clear();
        Assert.That(settings.States.Keys, Is.EqualTo((string[])["a", "b"]));
        Assert.That(settings, Is.EqualTo(other));
    }

    private static AudioPreprocessing Of(MelSettings mel) => AudioPreprocessing.Kaldi() with { Mel = mel };

    private static TestCaseData Case(string member, Func<AudioPreprocessing> make, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(make))] string name = "") =>
        new TestCaseData(member, make).SetArgDisplayNames(name);
}
