using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using MLTransfer.Testing;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Parity;

/// <summary>Real folders and files are opened as their makers meant them, without being told anything that they say themselves.</summary>
internal sealed class RealBackboneTests
{
    private const string ModelsVariable = "MLTRANSFER_MODELS";

    [TestCase("all-minilm-l6-v2", 256, "onnx/model.onnx")]
    [TestCase("all-minilm-l6-v2-q8", 256, "onnx/model_quantized.onnx")]
    [TestCase("gte-small", 512, "onnx/model.onnx")]
    public void Open_SentenceEncoder_InfersTheCard(string model, int maximumLength, string graph)
    {
        BackboneCard card = Backbone.Open(RealAssets.Model(model)).Card;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(card.Name, Is.EqualTo(model));
            Assert.That(card.Modality, Is.EqualTo(BackboneModality.Text));
            Assert.That(card.Graph, Is.EqualTo(graph));
            Assert.That(card.FeatureOutput, Is.EqualTo("last_hidden_state"));
            Assert.That(card.Dimension, Is.EqualTo(384));
            Assert.That(card.Pooling, Is.EqualTo(Pooling.Mean));
            Assert.That(card.Normalize, Is.True);
            Assert.That(card.MaximumLength, Is.EqualTo(maximumLength));
            Assert.That(card.Inputs, Is.EquivalentTo(new Dictionary<string, string>
            {
                ["ids"] = "input_ids",
                ["mask"] = "attention_mask",
                ["types"] = "token_type_ids",
            }));
        }
    }

    [Test]
    public void Open_ByName_FindsTheFolderOfThatName()
    {
        string folder = RealAssets.Model("all-minilm-l6-v2");
        string? before = Environment.GetEnvironmentVariable(ModelsVariable);
        Environment.SetEnvironmentVariable(ModelsVariable, Path.GetDirectoryName(folder));
        try
        {
            Assert.That(Backbone.Open("all-minilm-l6-v2").Sha256, Is.EqualTo(Backbone.Open(folder).Sha256));
        }
        finally
        {
            Environment.SetEnvironmentVariable(ModelsVariable, before);
        }
    }

    [Test]
    public void Open_PolicyWithSeveralOutputs_ListsThem()
    {
        string folder = RealAssets.Model("cartpole-ppo");
        Assert.That(() => Backbone.Open(folder), Throws.ArgumentException.With.Message.Contains("'action_logits'")
            .And.Message.Contains("'value'").And.Message.Contains("'features'").And.Message.Contains("FeatureOutput"));
    }

    [Test]
    public void EmbedTensor_OfACartPolePolicy_GivesItsFeatures()
    {
        string folder = RealAssets.Model("cartpole-ppo");
        string[] lines = File.ReadAllLines(Path.Combine(RealAssets.Data("cartpole"), "test.csv"));
        CartPole[] rows = [.. lines.Skip(1).Take(200).Select(l => new CartPole
        {
            Observation = [.. l.Split(',')[2..6].Select(n => float.Parse(n, CultureInfo.InvariantCulture))],
        })];
        Backbone backbone = Backbone.Open(folder, new BackboneOptions { FeatureOutput = "features" });
        Assert.That(backbone.Card.Modality, Is.EqualTo(BackboneModality.Tensor));
        Assert.That(backbone.Card.Pooling, Is.EqualTo(Pooling.Graph));
        Assert.That(backbone.Dimension, Is.EqualTo(64));
        var ml = new MLContext(0);
        IDataView data = ml.Data.LoadFromEnumerable(rows);
        using TensorEmbeddingTransformer model = ml.Transforms.EmbedTensor("Features", backbone, "Observation").Fit(data);
        using var session = new InferenceSession(Path.Combine(folder, "model.onnx"));
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(rows.SelectMany(r => r.Observation).ToArray(), [rows.Length, 4]);
        using var options = new RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(options, ["obs"], [input], ["features"]);
        float[][] expected = [.. outputs[0].GetTensorDataAsSpan<float>().ToArray().Chunk(64)];
        Columns.AssertEqual(Columns.Vectors(model.Transform(data), "Features"), expected, 1e-5f, "fp32, other batches");
    }

    [TestCase("BallChase", 21, 2)]
    [TestCase("FlyBy", 8, 2)]
    [TestCase("JumperHard", 152, 3)]
    public void EmbedTensor_OfPoliciesWithTwoInputs_Runs(string variant, int observationSize, int dimension)
    {
        Backbone backbone = Backbone.Open(RealAssets.Model("godot-rl-policies"), new BackboneOptions { Variant = variant, FeatureOutput = "output" });
        Assert.That(backbone.Dimension, Is.EqualTo(dimension));
        var ml = new MLContext(0);
        Policy[] rows = [.. Enumerable.Range(0, 30).Select(i => new Policy { Observation = TinyBackbones.Values(observationSize, seed: i) })];
        SchemaDefinition schema = SchemaDefinition.Create(typeof(Policy));
        schema[nameof(Policy.Observation)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, observationSize);
        IDataView data = ml.Data.LoadFromEnumerable(rows, schema);
        var options = new TensorEmbeddingOptions
        {
            InputColumns = new Dictionary<string, string> { ["obs"] = nameof(Policy.Observation), ["state_ins"] = nameof(Policy.State) },
        };
        using TensorEmbeddingTransformer model = ml.Transforms.EmbedTensor(backbone, options).Fit(data);
        float[][] features = Columns.Vectors(model.Transform(data), "Features");
        Assert.That(features, Has.Length.EqualTo(rows.Length).And.All.Length.EqualTo(dimension));
        Assert.That(features.SelectMany(f => f), Has.All.Matches<float>(float.IsFinite));
        Assert.That(features.Select(f => f[0]).Distinct().Count(), Is.GreaterThan(1), "observations matter");
    }

    private sealed class CartPole
    {
        [VectorType(4)]
        public float[] Observation { get; set; } = [];
    }

    private sealed class Policy
    {
        public float[] Observation { get; set; } = [];

        public float State { get; set; }
    }
}
