using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Backbones;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Backbones;

/// <summary>What the axes of a feature, and of a graph's inputs, mean: maps and vectors, channels first and last, rows that the graph fixes.</summary>
internal sealed class FeatureShapeTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("mltransfer-shape-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestCase("map", Pooling.Mean, 4, FeatureAxes.ChannelsFirst, false)]
    [TestCase("back", Pooling.Mean, 4, FeatureAxes.TokensFirst, false)]
    [TestCase("pooled", Pooling.Graph, 4, FeatureAxes.ChannelsFirst, true)]
    [TestCase("pooled_last", Pooling.Graph, 4, FeatureAxes.TokensFirst, true)]
    [TestCase("half", Pooling.Mean, 4, FeatureAxes.ChannelsFirst, false)]
    public void WithFeature_Map_KnowsItsChannels(string name, object pooling, int dimension, object axes, bool isVector)
    {
        Backbone feature = Backbone.Open(WriteImages()).WithFeature(name);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(feature.Card.Pooling, Is.EqualTo(pooling));
            Assert.That(feature.Dimension, Is.EqualTo(dimension));
            Assert.That(feature.Ports.Shape, Is.EqualTo(new FeatureShape((FeatureAxes)axes, isVector, dimension)));
        }
    }

    [TestCase("map", 1e-6f, "the mean over 64 places, in float32")]
    [TestCase("back", 1e-6f, "the same with the channels last")]
    [TestCase("pooled", 1e-6f, "[n, 4, 1, 1] is a vector, and the graph's own mean")]
    [TestCase("pooled_last", 1e-6f, "[n, 1, 1, 4]")]
    [TestCase("half", 1e-3f, "each of the 64 rounded to 11 bits")]
    public void Embed_FeaturesOfAMap_AreTheMeansOfItsChannels(string name, float tolerance, string what)
    {
        var ml = new MLContext(0);
        float[][] images = [.. Enumerable.Range(0, 5).Select(i => TinyBackbones.Values(192, seed: 20 + i))];
        float[] w = TinyBackbones.Values(12, seed: 7);
        float[][] expected = [.. images.Select(x => Enumerable.Range(0, 4).Select(c => Enumerable.Range(0, 3).Sum(k => w[3 * c + k] * x[(64 * k)..(64 * k + 64)].Average())).ToArray())];
        Backbone backbone = Backbone.Open(WriteImages());
        IDataView data = ml.Data.LoadFromEnumerable(images.Select(x => new ImageRow { Pixels = x }));
        using TensorEmbeddingTransformer model = ml.Transforms.EmbedTensor("Features", backbone.WithFeature(name), "Pixels").Fit(data);
        Columns.AssertEqual(Columns.Vectors(model.Transform(data), "Features"), expected, tolerance, what);
    }

    [Test]
    public void WithFeature_MapOrVector_RefusesWhatDoesNotFit()
    {
        Backbone backbone = Backbone.Open(WriteImages());
        Assert.That(backbone.WithFeature("map", Pooling.None).Card.Pooling, Is.EqualTo(Pooling.None));
        Assert.That(() => backbone.WithFeature("map", Pooling.Graph), Throws.ArgumentException.With.Message.Contains("'map'").And.Message.Contains("Pooling.Graph"));
        Assert.That(() => backbone.WithFeature("pooled", Pooling.Max), Throws.ArgumentException.With.Message.Contains("'pooled'").And.Message.Contains("Max"));
        Assert.That(() => backbone.WithFeature("tokens"), Throws.ArgumentException.With.Message.Contains("'tokens'").And.Message.Contains("WithFeature's pooling"));
        Assert.That(backbone.WithFeature("tokens", Pooling.Max).Card.Pooling, Is.EqualTo(Pooling.Max));
        Assert.That(() => backbone.WithFeature("integers"), Throws.ArgumentException.With.Message.Contains("'integers' Int64").And.Message.Contains("ListFeatures"));
        Assert.That(() => backbone.WithFeature("x"), Throws.ArgumentException.With.Message.Contains("is an input"));
        Assert.That(() => backbone.WithFeature("w"), Throws.ArgumentException.With.Message.Contains("is a constant"));
        Assert.That(() => backbone.WithFeature(""), Throws.ArgumentException);
    }

    [Test]
    public void Open_MapsBesideTokens_TakesTheTokens()
    {
        var graph = new GraphBuilder();
        string x = graph.Input("x", OnnxElementType.Float, "n", 5, 3);
        graph.Output(graph.Node("Tanh", [x], "tokens"), OnnxElementType.Float, "n", 5, 3);
        string attention = graph.Node("Unsqueeze", [x, graph.Initializer("one", [1L], 1)], "attention");
        graph.Output(attention, OnnxElementType.Float, "n", 1, 5, 3);
        string path = Path.Combine(_folder, "attention.onnx");
        File.WriteAllBytes(path, graph.ToBytes());
        Assert.That(Backbone.Open(path, new BackboneOptions { Pooling = Pooling.Mean }).Card.FeatureOutput, Is.EqualTo("tokens"));
    }

    [TestCase("4", "4", 4)]
    [TestCase("1", "1", 1)]
    [TestCase("n", "n", null)]
    [TestCase("1", "n", 1)]
    public void FixedBatch_IsWhatTheInputsFix(string first, string second, int? expected) => Assert.That(Backbone.Open(WriteTwoInputs(first, second)).Ports.FixedBatch, Is.EqualTo(expected));

    [TestCase("4", "n")]
    [TestCase("4", "2")]
    [TestCase("4", "1")]
    public void FixedBatch_InputsThatDiffer_AreRefused(string first, string second) =>
        Assert.That(() => Backbone.Open(WriteTwoInputs(first, second)), Throws.TypeOf<NotSupportedException>().With.Message.Contains("'a'").And.Message.Contains("fixed at 4"));

    /// <summary>x [n, 3, 8, 8] → maps and what becomes of them.</summary>
    private string WriteImages()
    {
        var graph = new GraphBuilder("images");
        string x = graph.Input("x", OnnxElementType.Float, "n", 3, 8, 8);
        string map = graph.Node("Conv", [x, graph.Initializer("w", TinyBackbones.Values(12, seed: 7), 4, 3, 1, 1)], "map");
        graph.Node("Cast", [map], "half", OnnxAttribute.Of("to", (long)OnnxElementType.Float16));
        graph.Node("Cast", [map], "integers", OnnxAttribute.Of("to", (long)OnnxElementType.Int64));
        graph.Node("Transpose", [map], "back", OnnxAttribute.Of("perm", 0, 2, 3, 1));
        graph.Node("Reshape", [map, graph.Initializer("tokens_shape", [0L, 4, 64], 3)], "tokens");
        string pooled = graph.Node("GlobalAveragePool", [map], "pooled");
        graph.Node("Transpose", [pooled], "pooled_last", OnnxAttribute.Of("perm", 0, 2, 3, 1));
        graph.Output(graph.Node("Flatten", [pooled], "flat"), OnnxElementType.Float, "n", 4);
        string path = Path.Combine(_folder, "images.onnx");
        File.WriteAllBytes(path, graph.ToBytes());
        return path;
    }

    private string WriteTwoInputs(string first, string second)
    {
        var graph = new GraphBuilder();
        string a = graph.Input("a", OnnxElementType.Float, Axis(first), 2);
        string b = graph.Input("b", OnnxElementType.Float, Axis(second), 2);
        graph.Output(graph.Node("Concat", [a, b], "y", OnnxAttribute.Of("axis", 1L)), OnnxElementType.Float, Axis(first), 4);
        string path = Path.Combine(_folder, "batch.onnx");
        File.WriteAllBytes(path, graph.ToBytes());
        return path;

        static OnnxDimension Axis(string text) => long.TryParse(text, out long size) ? size : text;
    }

    private sealed class ImageRow
    {
        [VectorType(192)]
        public float[] Pixels { get; set; } = [];
    }
}
