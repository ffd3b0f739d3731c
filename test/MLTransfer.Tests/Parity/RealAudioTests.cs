using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;
using MLTransfer.Audio;
using MLTransfer.Testing;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Parity;

/// <summary>Real audio backbones on real clips.</summary>
internal sealed class RealAudioTests
{
    private static string[] Clips(string set, string pattern, int count) =>
        [.. Directory.EnumerateFiles(Path.Combine(RealAssets.Data(set), "wav"), "*.wav", SearchOption.AllDirectories)
            .Where(f => f.Contains(pattern, StringComparison.Ordinal)).Order(StringComparer.Ordinal).Take(count)];

    [Test]
    public void SileroVad_TellsSpeechFromRain_AndEqualsALoopByHand()
    {
        string path = Path.Combine(RealAssets.Model("silero-vad"), "silero_vad_v5.onnx");
        Backbone backbone = Backbone.Open(path, new BackboneOptions { Audio = AudioPreprocessing.SileroVad(), FeatureOutput = "output", Pooling = Pooling.None });
        string[] speech = Clips("speech-commands", "/yes/", 4);
        string[] rain = Clips("esc10", "/rain/", 4);
        float[][] probabilities = Features(backbone, [.. speech, .. rain], new AudioEmbeddingOptions { SequencePrecision = SequencePrecision.Float32 });
        Assert.That(probabilities.Take(speech.Length).Select(p => p.Max()), Has.All.GreaterThan(0.8f));
        Assert.That(probabilities.Skip(speech.Length).Select(p => p.Max()), Has.All.LessThan(0.5f));
        using var session = new InferenceSession(path);
        string[] files = [.. speech, .. rain];
        for (int i = 0; i < files.Length; i++)
        {
            float[] expected = ByHand(session, WavDecoder.Decode(File.ReadAllBytes(files[i]), out int rate));
            Assert.That(rate, Is.EqualTo(16_000));
            Columns.AssertEqual([probabilities[i]], [expected], 1e-4f, files[i]);
        }
    }

    [Test]
    public void Moonshine_ClipsTogetherAndAlone_AreTheSameToTheBit()
    {
        Backbone backbone = Moonshine();
        string[] clips = Clips("speech-commands", "", 24);
        float[][] together = Features(backbone, clips);
        float[][] alone = [.. clips.Take(6).Select(c => Features(Moonshine(), [c])[0])];
        Columns.AssertEqual([.. together.Take(6)], alone, 0, "int8 with scales over the whole tensor: one row at a time");
        Assert.That(backbone.Dimension, Is.EqualTo(288));
    }

    [Test]
    public void Yamnet_LongClip_IsTheMeanOverItsWindows()
    {
        Backbone backbone = Backbone.Open(RealAssets.Model("yamnet-w8"), new BackboneOptions { Audio = AudioPreprocessing.Waveform(16_000), FeatureOutput = "embedding" });
        string clip = Clips("esc10", "/helicopter/", 1)[0];
        float[] windows = Features(backbone, [clip], new AudioEmbeddingOptions { Pooling = Pooling.None, SequencePrecision = SequencePrecision.Float32 })[0];
        float[] samples = WavDecoder.Decode(File.ReadAllBytes(clip), out _);
        int count = (samples.Length + 15_599) / 15_600;
        Assert.That(windows, Has.Length.EqualTo(count * 1024));
        float[] mean = Features(backbone, [clip])[0];
        Columns.AssertEqual([mean], [[.. Enumerable.Range(0, 1024).Select(d => Enumerable.Range(0, count).Average(w => windows[w * 1024 + d]))]], 1e-5f, "mean over windows");
    }

    [Test]
    public void Whisper_FolderIsReadByItsOwnConfig_AndSilenceBehindAClipDoesNotCount()
    {
        Backbone backbone = Backbone.Open(RealAssets.Model("whisper-tiny-q8"), new BackboneOptions { Variant = "encoder_model_quantized", FeatureOutput = "last_hidden_state" });
        Assert.That(backbone.Card.Modality, Is.EqualTo(BackboneModality.Audio));
        Assert.That(backbone.Card.Audio, Is.EqualTo(AudioPreprocessing.Whisper()));
        string clip = Clips("speech-commands", "/yes/", 1)[0];
        int samples = WavDecoder.Decode(File.ReadAllBytes(clip), out _).Length;
        float[] frames = Features(backbone, [clip], new AudioEmbeddingOptions { Pooling = Pooling.None })[0];
        Assert.That(frames, Has.Length.EqualTo((samples + 319) / 320 * 384), "a frame each 20 ms");
        Assert.That(frames, Has.All.Matches<float>(float.IsFinite));
    }

    private static Backbone Moonshine() =>
        Backbone.Open(RealAssets.Model("moonshine-tiny-encoder-q8"), new BackboneOptions { Audio = AudioPreprocessing.Waveform(16_000), Pooling = Pooling.Mean });

    private static float[] ByHand(InferenceSession session, float[] samples)
    {
        float[] state = new float[2 * 128];
        var probabilities = new List<float>();
        float[] input = new float[64 + 512];
        for (int start = 0; start < samples.Length; start += 512)
        {
            for (int i = 0; i < input.Length; i++)
            {
                int at = start - 64 + i;
                input[i] = at >= 0 && at < samples.Length ? samples[at] : 0;
            }
            using OrtValue wave = OrtValue.CreateTensorValueFromMemory(input, [1, input.Length]);
            using OrtValue before = OrtValue.CreateTensorValueFromMemory(state, [2, 1, 128]);
            using OrtValue rate = OrtValue.CreateTensorValueFromMemory(new long[] { 16_000 }, []);
            using var options = new RunOptions();
            using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(options, ["input", "state", "sr"], [wave, before, rate], ["output", "stateN"]);
            probabilities.Add(outputs[0].GetTensorDataAsSpan<float>()[0]);
            state = outputs[1].GetTensorDataAsSpan<float>().ToArray();
        }
        return [.. probabilities];
    }

    private static float[][] Features(Backbone backbone, string[] clips, AudioEmbeddingOptions? options = null)
    {
        var ml = new MLContext(0);
        IDataView data = ml.Data.LoadFromEnumerable(clips.Select(c => new Row { Audio = c }));
        using AudioEmbeddingTransformer model = ml.Transforms.EmbedAudio(backbone, options ?? new AudioEmbeddingOptions()).Fit(data);
        return Columns.Vectors(model.Transform(data), "Features");
    }

    private sealed class Row
    {
        public string Audio { get; set; } = "";
    }
}
