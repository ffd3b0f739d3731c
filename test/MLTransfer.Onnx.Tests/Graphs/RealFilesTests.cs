using Microsoft.ML.OnnxRuntime;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Testing;

namespace MLTransfer.Onnx.Tests.Graphs;

/// <summary>Every real model on this machine, read and written.</summary>
internal sealed class RealFilesTests
{
    private static readonly string[] Names =
    [
        "all-minilm-l6-v2", "all-minilm-l6-v2-q8", "gte-small", "whisper-tiny-q8", "cartpole-ppo", "godot-rl-policies", "google-speech-embedding", "mobilenetv1-0.25-128",
        "mobilenetv2-1.0-224", "moonshine-tiny-encoder-q8", "nanodet-m-416", "resnet50-v1-w8", "silero-vad", "squeezenet1.0", "stories15m-q8", "u2netp-320",
        "ultraface-rfb320", "yamnet-w8", "yunet-n-320",
    ];

    [TestCaseSource(nameof(Names))]
    public void Write_UnchangedModel_GivesTheSameBytes(string name)
    {
        foreach (string file in Files(name))
        {
            var source = ModelSource.FromFile(file);
            source.Check(expectedSha256: null);
            using OnnxModel model = source.Read();
            Assert.That(model.ToBytes().AsSpan().SequenceEqual(File.ReadAllBytes(file)), Is.True, file);
        }
    }

    [TestCaseSource(nameof(Names))]
    public void Write_EveryRecordChanged_ScoresTheSame(string name)
    {
        foreach (string file in Files(name))
        {
            using OnnxModel model = ModelSource.FromFile(file).Read();
            byte[] written = Rewriting.EveryRecord(model).ToBytes();
            using var expected = new InferenceSession(file);
            using var found = new InferenceSession(written);
            IReadOnlyDictionary<string, float[]> a = Scoring.Run(expected);
            IReadOnlyDictionary<string, float[]> b = Scoring.Run(found);
            Assert.That(b.Keys, Is.EquivalentTo(a.Keys), file);
            foreach (string output in a.Keys)
                Assert.That(b[output], Is.EqualTo(a[output]), $"{file}: {output}");
        }
    }

    private static string[] Files(string name) => Directory.GetFiles(RealAssets.Model(name), "*.onnx", SearchOption.AllDirectories);
}
