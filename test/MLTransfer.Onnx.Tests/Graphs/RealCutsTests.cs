using System.Collections.Immutable;
using System.Numerics.Tensors;
using Microsoft.ML.OnnxRuntime;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Sessions;
using MLTransfer.Testing;

namespace MLTransfer.Onnx.Tests.Graphs;

/// <summary>Every real model on this machine, cut at values across it.</summary>
internal sealed class RealCutsTests
{
    private static readonly string[] Names =
    [
        "all-minilm-l6-v2", "all-minilm-l6-v2-q8", "gte-small", "whisper-tiny-q8", "cartpole-ppo", "godot-rl-policies", "google-speech-embedding", "mobilenetv1-0.25-128",
        "mobilenetv2-1.0-224", "moonshine-tiny-encoder-q8", "nanodet-m-416", "resnet50-v1-w8", "silero-vad", "squeezenet1.0", "stories15m-q8", "u2netp-320", "ultraface-rfb320",
        "yamnet-w8", "yunet-n-320",
    ];

    [TestCaseSource(nameof(Names))]
    public void At_ValuesAcrossARealModel_GivesWhatTheWholeModelComputesThere(string name)
    {
        // A decoder needs the encoder's output and a cache of its own making.
        foreach (string file in Files(name).Where(f => !f.Contains("decoder", StringComparison.Ordinal)))
        {
            ModelSource source = ModelSource.FromFile(file);
            using OnnxModel model = source.Read();
            ImmutableArray<FeatureCandidate> candidates = FeatureCandidates.Of(source);
            string[] chosen = [.. Enumerable.Range(0, 5).Select(i => candidates[i * (candidates.Length - 1) / 4].Value.Name).Distinct()];
            OnnxModel widened = model.WithGraph(model.Graph with { Outputs = [.. chosen.Select(n => new OnnxValue { Name = n, IsRankKnown = false })] });
            using InferenceSession whole = Scoring.Open(widened.ToBytes());
            IReadOnlyDictionary<string, float[]> expected = Scoring.Run(whole);
            int size = model.ToBytes().Length;
            foreach (string value in chosen)
            {
                OnnxModel cut = GraphCut.At(model, value);
                byte[] bytes = cut.ToBytes();
                TestContext.Out.WriteLine($"{file} {value}: {cut.Graph.Nodes.Length} of {model.Graph.Nodes.Length} nodes, {bytes.Length} of {size} bytes");
                Assert.That(bytes.Length, cut.Graph.Nodes.Length < model.Graph.Nodes.Length ? Is.LessThan(size) : Is.LessThan(size + 100), value);
                using InferenceSession session = Scoring.Open(bytes);
                float[] found = Scoring.Run(session)[value];
                Assert.That(found, Has.Length.EqualTo(expected[value].Length), value);
                // ONNX Runtime fuses other nodes in a shorter graph, and rounds a half only where it leaves: 2.2e-5 measured there, 1.2e-7 elsewhere.
                float tolerance = file.Contains("fp16", StringComparison.Ordinal) ? 5e-4f : 1e-5f;
                float scale = Math.Max(1, Math.Abs(TensorPrimitives.MaxMagnitude<float>(expected[value])));
                Assert.That(TensorPrimitives.Distance<float>(found, expected[value]) / MathF.Sqrt(found.Length) / scale, Is.LessThan(tolerance), $"{file} {value}");
            }
        }
    }

    [TestCase("mobilenetv1-0.25-128", "", "logits", "features")]
    [TestCase("mobilenetv2-1.0-224", "", "logits", "features")]
    [TestCase("resnet50-v1-w8", "", "logits", "features")]
    [TestCase("yamnet-w8", "", "scores", "embedding")]
    [TestCase("cartpole-ppo", "", "action_logits", "features")]
    [TestCase("stories15m-q8", "", "logits", "last_hidden_state")]
    [TestCase("squeezenet1.0", "fp32", "logits", "fire9/concat_1")]
    [TestCase("squeezenet1.0", "fp16", "softmaxout_1", "fire9/concat_1")]
    [TestCase("cartpole-ppo", "", "value", "/vf/vf.3/Tanh_output_0")]
    [TestCase("all-minilm-l6-v2", "", "last_hidden_state", null)]
    [TestCase("moonshine-tiny-encoder-q8", "", "last_hidden_state", null)]
    public void Find_RealModel_IsTheFeatureThatItsAuthorsName(string name, string part, string output, string? expected)
    {
        foreach (string file in Files(name).Where(f => f.Contains(part, StringComparison.Ordinal)))
        {
            using OnnxModel model = ModelSource.FromFile(file).Read();
            Assert.That(PenultimateLayer.Find(model.Graph, output), Is.EqualTo(expected), file);
        }
    }

    [TestCase("mobilenetv1-0.25-128")]
    [TestCase("mobilenetv2-1.0-224")]
    [TestCase("resnet50-v1-w8")]
    public void At_PenultimateOfAModelThatOffersScoresAlone_EqualsTheFeaturesItOnceOffered(string name)
    {
        string file = Files(name)[0];
        using OnnxModel model = ModelSource.FromFile(file).Read();
        OnnxModel scoresAlone = model.WithGraph(model.Graph with { Outputs = [.. model.Graph.Outputs.Where(o => o.Name == "logits")] });
        string value = PenultimateLayer.Find(scoresAlone.Graph, "logits")!;
        using InferenceSession whole = Scoring.Open(file);
        using InferenceSession cut = Scoring.Open(GraphCut.At(scoresAlone, value).ToBytes());
        float[] expected = Scoring.Run(whole, batch: 2)["features"];
        // The same nodes up to here; only what ONNX Runtime does for the scores is gone.
        Assert.That(Scoring.Run(cut, batch: 2)[value], Is.EqualTo(expected).Within(1e-5f));
    }

    [Test]
    public void Candidates_OfARealEncoder_HaveEveryLayer()
    {
        ImmutableArray<FeatureCandidate> all = FeatureCandidates.Of(ModelSource.FromFile(Files("all-minilm-l6-v2")[0]));
        for (int layer = 0; layer < 5; layer++)
        {
            FeatureCandidate found = all.Single(c => c.Value.Name == $"/encoder/layer.{layer}/output/LayerNorm/Add_1_output_0");
            Assert.That(found.Value.Dimensions.Select(d => d.ToString()), Is.EqualTo(["?", "?", "384"]));
        }
    }

    private static string[] Files(string name) => Directory.GetFiles(RealAssets.Model(name), "*.onnx", SearchOption.AllDirectories);
}
