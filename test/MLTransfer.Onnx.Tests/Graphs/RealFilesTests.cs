using System.Numerics.Tensors;
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

    // "the quick brown fox jumps over the lazy dog", "my card is still not here", "how do i change my pin ?" or near it.
    private static readonly long[][] Sentences =
    [
        [101, 1996, 4248, 2829, 4419, 14523, 2058, 1996, 13971, 3899, 102], [101, 2026, 4003, 2003, 2145, 2025, 2182, 102],
        [101, 2129, 2079, 1045, 2689, 2026, 9231, 1029, 102],
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
        // A decoder needs the encoder's output and a cache of its own making.
        foreach (string file in Files(name).Where(f => !f.Contains("decoder", StringComparison.Ordinal)))
        {
            using OnnxModel model = ModelSource.FromFile(file).Read();
            byte[] written = Rewriting.EveryRecord(model).ToBytes();
            using InferenceSession expected = Scoring.Open(file);
            using InferenceSession found = Scoring.Open(written);
            IReadOnlyDictionary<string, float[]> a = Scoring.Run(expected);
            IReadOnlyDictionary<string, float[]> b = Scoring.Run(found);
            Assert.That(b.Keys, Is.EquivalentTo(a.Keys), file);
            foreach (string output in a.Keys)
                Assert.That(b[output], Is.EqualTo(a[output]), $"{file}: {output}");
        }
    }

    [TestCase("all-minilm-l6-v2")]
    [TestCase("gte-small")]
    [TestCase("cartpole-ppo")]
    [TestCase("godot-rl-policies")]
    [TestCase("mobilenetv1-0.25-128")]
    [TestCase("mobilenetv2-1.0-224")]
    [TestCase("nanodet-m-416")]
    [TestCase("resnet50-v1-w8")]
    [TestCase("silero-vad")]
    [TestCase("squeezenet1.0")]
    [TestCase("u2netp-320")]
    [TestCase("ultraface-rfb320")]
    [TestCase("yamnet-w8")]
    [TestCase("yunet-n-320")]
    public void RowIndependence_RealFloatModel_IsIndependent(string name)
    {
        foreach (string file in Files(name))
        {
            using OnnxModel model = ModelSource.FromFile(file).Read();
            Assert.That(RowIndependence.Analyse(model), Is.EqualTo(new RowIndependence(false, "no operator mixes rows")), file);
        }
    }

    [TestCase("all-minilm-l6-v2-q8")]
    [TestCase("moonshine-tiny-encoder-q8")]
    [TestCase("stories15m-q8")]
    [TestCase("whisper-tiny-q8")]
    public void RowIndependence_RealDynamicInt8Model_NamesTheQuantizer(string name)
    {
        foreach (string file in Files(name))
        {
            using OnnxModel model = ModelSource.FromFile(file).Read();
            RowIndependence found = RowIndependence.Analyse(model);
            TestContext.Out.WriteLine($"{file}: {found.Reason}");
            Assert.That(found.RowsInterfere, Is.True, file);
            Assert.That(found.Reason, Does.StartWith("DynamicQuantizeLinear "), file);
        }
    }

    [Test]
    public void Int8ToFloat_MiniLm_AgreesWithTheFloatModelAndNoLongerMixesRows()
    {
        using OnnxModel int8 = ModelSource.FromFile(Files("all-minilm-l6-v2-q8")[0]).Read();
        OnnxModel rewritten = Int8ToFloat.Rewrite(int8);
        Assert.That(rewritten.AllNodes().Select(n => n.OpType), Has.None.AnyOf("DynamicQuantizeLinear", "MatMulInteger"));
        Assert.That(RowIndependence.Analyse(rewritten).RowsInterfere, Is.False);

        using InferenceSession found = Scoring.Open(rewritten.ToBytes());
        using InferenceSession reference = Scoring.Open(Files("all-minilm-l6-v2")[0]);
        float lowest = 1;
        foreach (long[] ids in Sentences)
        {
            float[] a = Scoring.RunText(found, ids)["last_hidden_state"];
            float[] b = Scoring.RunText(reference, ids)["last_hidden_state"];
            Assert.That(a, Has.Length.EqualTo(b.Length));
            for (int token = 0; token < a.Length; token += 384)
                lowest = Math.Min(lowest, TensorPrimitives.CosineSimilarity(a.AsSpan(token, 384), b.AsSpan(token, 384)));
        }
        // 0.9938 measured, where the int8 model itself has 0.979: only the rounding of the weights is left.
        Assert.That(lowest, Is.GreaterThan(0.99f));
    }

    [Test]
    public void Int8ToFloat_Whisper_ConvolutionsAgreeWithTheOriginal()
    {
        string file = Files("whisper-tiny-q8").First(f => f.Contains("encoder", StringComparison.Ordinal));
        using OnnxModel int8 = ModelSource.FromFile(file).Read();
        string[] convolutions = ["/conv1/Conv_output_0", "/conv2/Conv_output_0"];
        using InferenceSession found = Scoring.Open(WithOutputs(Int8ToFloat.Rewrite(int8), convolutions));
        using InferenceSession original = Scoring.Open(WithOutputs(int8, convolutions));
        IReadOnlyDictionary<string, float[]> a = Scoring.Run(found);
        IReadOnlyDictionary<string, float[]> b = Scoring.Run(original);
        // 0.99999 measured. Behind 4 blocks of attention on noise the original's rounding of activations has grown to a cosine of 0.83.
        foreach (string name in convolutions)
            Assert.That(TensorPrimitives.CosineSimilarity(a[name], b[name]), Is.GreaterThan(0.9999f), name);
    }

    [Test]
    public void RowIndependence_MelSpectrogramRelativeToTheLoudestValue_InterferesIndeed()
    {
        string file = Files("google-speech-embedding").First(f => f.Contains("melspectrogram", StringComparison.Ordinal));
        using OnnxModel model = ModelSource.FromFile(file).Read();
        Assert.That(RowIndependence.Analyse(model).Reason, Is.EqualTo("ReduceMax 'ReduceMax_24' reduces the whole batch to one number"));

        using InferenceSession session = Scoring.Open(file);
        float[] quiet = new float[16000];
        float[] both = new float[32000];
        for (int i = 0; i < quiet.Length; i++)
        {
            quiet[i] = both[i] = 1e-3f * MathF.Sin(0.05f * i);
            both[16000 + i] = 1000 * MathF.Sin(0.3f * i);
        }
        float[] alone = Scoring.RunFloats(session, "input", quiet, 1, 16000);
        float[] beside = Scoring.RunFloats(session, "input", both, 2, 16000);
        Assert.That(beside[..alone.Length], Is.Not.EqualTo(alone).Within(1e-3f));
    }

    [TestCase("moonshine-tiny-encoder-q8")]
    [TestCase("stories15m-q8")]
    public void Int8ToFloat_OtherDynamicInt8Models_ScoreNearTheOriginal(string name)
    {
        foreach (string file in Files(name).Where(f => !f.Contains("decoder", StringComparison.Ordinal)))
        {
            using OnnxModel int8 = ModelSource.FromFile(file).Read();
            OnnxModel rewritten = Int8ToFloat.Rewrite(int8);
            using InferenceSession found = Scoring.Open(rewritten.ToBytes());
            using InferenceSession original = Scoring.Open(file);
            IReadOnlyDictionary<string, float[]> a = Scoring.Run(found);
            foreach ((string output, float[] values) in Scoring.Run(original))
            {
                float cosine = TensorPrimitives.CosineSimilarity(a[output], values);
                TestContext.Out.WriteLine($"{file} {output}: cosine {cosine}");
                Assert.That(cosine, Is.GreaterThan(0.98f), "the original also rounds its activations to 8 bits");
            }
        }
    }

    private static string[] Files(string name) => Directory.GetFiles(RealAssets.Model(name), "*.onnx", SearchOption.AllDirectories);

    private static byte[] WithOutputs(OnnxModel model, string[] names) => model.WithGraph(model.Graph with
    {
        Outputs = [.. model.Graph.Outputs, .. names.Select(n => new OnnxValue { Name = n, ElementType = OnnxElementType.Float, IsRankKnown = false })],
    }).ToBytes();
}
