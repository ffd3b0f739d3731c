using MLTransfer.Backbones;
using MLTransfer.Testing;

namespace MLTransfer.Tests.Audio;

internal sealed class AudioPreprocessingConfigTests
{
    // The members and values of files that well-known models come with.
    private const string WhisperBase = """
        "chunk_length": 30, "feature_extractor_type": "WhisperFeatureExtractor", "feature_size": 80, "hop_length": 160, "n_fft": 400, "n_samples": 480000, "nb_max_frames": 3000,
        "padding_side": "right", "padding_value": 0.0, "processor_class": "WhisperProcessor", "return_attention_mask": false, "sampling_rate": 16000
        """;

    private const string Wav2Vec2Base = """
        "do_normalize": true, "feature_extractor_type": "Wav2Vec2FeatureExtractor", "feature_size": 1, "padding_side": "right", "padding_value": 0.0,
        "return_attention_mask": false, "sampling_rate": 16000
        """;

    private const string Ast = """
        "do_normalize": true, "feature_extractor_type": "ASTFeatureExtractor", "feature_size": 1, "max_length": 1024, "mean": -4.2677393, "num_mel_bins": 128, "padding_side": "right",
        "padding_value": 0.0, "return_attention_mask": false, "sampling_rate": 16000, "std": 4.5689974
        """;

    private const string W2vBert = """
        "feature_extractor_type": "SeamlessM4TFeatureExtractor", "feature_size": 80, "num_mel_bins": 80, "padding_side": "right", "padding_value": 1, "return_attention_mask": true,
        "sampling_rate": 16000, "stride": 2
        """;

    [Test]
    public void Read_Whisper_IsThePreset() => AssertSame(Read(WhisperBase), AudioPreprocessing.Whisper());

    [Test]
    public void Read_WhisperTinys_IsThePreset() =>
        AssertSame(AudioPreprocessingConfig.Read(ConfigFile.Read(Path.Combine(RealAssets.Model("whisper-tiny-q8"), "preprocessor_config.json"))), AudioPreprocessing.Whisper());

    [Test]
    public void Read_WhisperLarge_Has128Bins() => AssertSame(Read(WhisperBase.Replace("80,", "128,")), AudioPreprocessing.Whisper(128));

    [Test]
    public void Read_WhisperWithTheFiltersOfOldFiles_IsThePreset() => AssertSame(Read(WhisperBase + """, "mel_filters": [[0.1, 0.2], [0.3, 0.4]], "dither": 0.0"""), AudioPreprocessing.Whisper());

    [Test]
    public void Read_WhisperOfTenSeconds_HasAThousandFrames()
    {
        AudioPreprocessing? found = Read("""
            "feature_extractor_type": "WhisperFeatureExtractor", "chunk_length": 10, "sampling_rate": 16000
            """);
        Assert.That((found!.WindowSamples, found.Mel!.FrameCount, found.Mel.BinCount, found.FramesFollowTime), Is.EqualTo(((int?)160_000, (int?)1000, 80, true)));
    }

    [Test]
    public void Read_Wav2Vec2_IsThePreset() => AssertSame(Read(Wav2Vec2Base), AudioPreprocessing.Wav2Vec2());

    [Test]
    public void Read_Wav2Vec2WithoutNormalizing_TakesSamplesAsTheyAre() =>
        AssertSame(Read(Wav2Vec2Base.Replace("true", "false")), AudioPreprocessing.Wav2Vec2() with { NormalizeClip = false });

    [Test]
    public void Read_EarlyWav2Vec2WithoutAType_IsThePreset() =>
        AssertSame(Read(Wav2Vec2Base.Replace("\"feature_extractor_type\": \"Wav2Vec2FeatureExtractor\",", "")), AudioPreprocessing.Wav2Vec2());

    [Test]
    public void Read_SpectrogramTransformer_IsThePreset() => AssertSame(Read(Ast), AudioPreprocessing.AudioSpectrogramTransformer());

    [Test]
    public void Read_SpectrogramTransformerOfAnotherSet_TakesItsMeanAndLength()
    {
        AudioPreprocessing found = Read(Ast.Replace("-4.2677393", "-6.845978").Replace("4.5689974", "5.5654526").Replace("1024", "128"))!;
        Assert.That((found.Mel!.Mean, found.Mel.Divisor, found.Mel.FrameCount, found.WindowSamples), Is.EqualTo((-6.845978, 2 * 5.5654526, (int?)128, (int?)(127 * 160 + 400))));
    }

    [Test]
    public void Read_Seamless_IsTheStackedFilterbank()
    {
        AudioPreprocessing kaldi = AudioPreprocessing.Kaldi(scale: 32_768);
        AssertSame(Read(W2vBert), kaldi with { MinimumSamples = 560, Mel = kaldi.Mel! with { NormalizeBins = true, StackedFrames = 2 } });
    }

    [Test]
    public void Read_FileThatIsAbsent_IsNothing() => Assert.That(AudioPreprocessingConfig.Read(ConfigFile.Read(Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString()))), Is.Null);

    [Test]
    public void Read_AnImageProcessors_IsNothing()
    {
        Assert.That(Read("""
            "do_resize": true, "image_mean": [0.5, 0.5, 0.5], "image_processor_type": "ViTImageProcessor", "size": {"height": 224, "width": 224}
            """), Is.Null);
        Assert.That(Read("""
            "do_resize": true, "feature_extractor_type": "ViTFeatureExtractor", "size": 224
            """), Is.Null);
    }

    [TestCase(WhisperBase, "\"feature_size\": 80", "\"feature_size\": 80.5", "feature_size")]
    [TestCase(WhisperBase, "480000", "320000", "n_samples")]
    [TestCase(WhisperBase, "3000", "1500", "nb_max_frames")]
    [TestCase(WhisperBase, "\"right\"", "\"left\"", "padding_side")]
    [TestCase(WhisperBase, "\"padding_value\": 0.0", "\"padding_value\": 1.0", "padding_value")]
    [TestCase(WhisperBase, "\"n_fft\"", "\"dither\": 0.1, \"n_fft\"", "dither")]
    [TestCase(WhisperBase, "\"n_fft\"", "\"do_normalize\": true, \"n_fft\"", "do_normalize")]
    [TestCase(WhisperBase, "\"n_fft\"", "\"win_length\": 320, \"n_fft\"", "win_length")]
    [TestCase(WhisperBase, "30,", "2000000,", "chunk_length")]
    [TestCase(Wav2Vec2Base, "\"feature_size\": 1", "\"feature_size\": 2", "feature_size")]
    [TestCase(Wav2Vec2Base, "\"do_normalize\"", "\"auto_map\": {}, \"do_normalize\"", "auto_map")]
    [TestCase(Ast, "\"num_mel_bins\"", "\"hop_length\": 320, \"num_mel_bins\"", "hop_length")]
    [TestCase(W2vBert, "\"stride\"", "\"window\": \"hann\", \"stride\"", "window")]
    [TestCase(W2vBert, "\"stride\": 2", "\"stride\": 0", "stride")]
    [TestCase(Wav2Vec2Base, "Wav2Vec2FeatureExtractor", "ClapFeatureExtractor", "feature_extractor_type")]
    public void Read_WhatIsNotKnown_NamesTheFileAndTheMember(string file, string old, string changed, string member) =>
        Assert.That(() => Read(file.Replace(old, changed)), Throws.TypeOf<NotSupportedException>().With.Message.Contains($"'{member}'").And.Message.Contains("preprocessor_config.json"));

    [Test]
    public void Read_MembersThatAreNull_SayNothing() => AssertSame(Read(WhisperBase + """, "win_length": null, "dither": null"""), AudioPreprocessing.Whisper());

    // The reference's filters end at 8000 Hz whatever the rate, which a rate of 8000 does not hold.
    [TestCase(""", "sampling_rate": 8000, "n_samples": 240000, "nb_max_frames": 1500""", "MaximumFrequency")]
    [TestCase(""", "feature_size": 5000""", "BinCount")]
    [TestCase(""", "n_fft": 401""", "FftSize")]
    [TestCase(""", "sampling_rate": 2000000, "chunk_length": 1, "n_samples": 2000000, "nb_max_frames": 12500""", "SampleRate")]
    public void Read_ValuesThatCannotBe_NameTheFileAndTheSetting(string members, string setting) =>
        Assert.That(() => Read("""
            "feature_extractor_type": "WhisperFeatureExtractor"
            """ + (members.Contains("sampling_rate") ? members : members + ", \"sampling_rate\": 16000")),
            Throws.TypeOf<NotSupportedException>().With.Message.Contains($"'{setting}'").Or.Message.Contains($".{setting}'"));

    private static void AssertSame(AudioPreprocessing? found, AudioPreprocessing expected) => Assert.That(found, Is.EqualTo(expected));

    private static AudioPreprocessing? Read(string members)
    {
        string folder = Directory.CreateTempSubdirectory("mltransfer-audio-config").FullName;
        try
        {
            string path = Path.Combine(folder, "preprocessor_config.json");
            File.WriteAllText(path, "{" + members + "}");
            return AudioPreprocessingConfig.Read(ConfigFile.Read(path));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
