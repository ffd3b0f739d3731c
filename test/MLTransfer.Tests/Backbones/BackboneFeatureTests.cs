using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Backbones;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Testing;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Backbones;

/// <summary>Any value of a backbone's graph as its feature.</summary>
internal sealed class BackboneFeatureTests
{
    private static readonly float[][] Observations = [[1, 2, -3], [0.5f, 0, 4], [-1, 1, 1]];

    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("mltransfer-feature-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void ListFeatures_Classifier_GivesNamesShapesAndThePenultimate()
    {
        IReadOnlyList<BackboneFeature> features = Backbone.Open(WriteClassifier()).ListFeatures();
        Assert.That(features.Select(f => f.ToString()), Is.EqualTo(
            ["'hidden' MatMul [batch, 4]", "'active' Tanh [batch, 4], penultimate", "'scores' MatMul [batch, 2], output"]));
        Assert.That(features.Select(f => f.Dimension), Is.EqualTo([4, 4, 2]));
    }

    [Test]
    public void WithFeature_InnerValue_RunsTheCutAndKeepsTheFile()
    {
        Backbone scores = Backbone.Open(WriteClassifier());
        Backbone active = scores.WithFeature("active");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(active.Dimension, Is.EqualTo(4));
            Assert.That(active.Card.Pooling, Is.EqualTo(Pooling.Graph));
            Assert.That(active.Card.FeatureOutput, Is.EqualTo("active"));
            Assert.That(active.Sha256, Is.EqualTo(scores.Sha256));
            Assert.That(active.Cache, Is.SameAs(scores.Cache));
            Assert.That(active.Source, Is.SameAs(scores.Source));
            Assert.That(scores.RunSource, Is.SameAs(scores.Source));
            Assert.That(active.RunSource.ByteCount, Is.LessThan(active.Source.ByteCount));
            Assert.That(active.Ports.Inputs.Keys, Is.EqualTo(["obs"]));
        }
        Columns.AssertEqual(Embed(active), Expected(), 1e-6f, "tanh(xW) in float32");
        // One cache, two features: neither is taken for the other.
        Assert.That(Embed(scores)[0], Has.Length.EqualTo(2));
        Columns.AssertEqual(Embed(active), Expected(), 1e-6f, "from the cache");
        Assert.That(active.WithFeature("scores").RunSource.Sha256, Is.EqualTo(scores.Sha256), "and back");
    }

    [Test]
    public void WithFeature_Normalize_IsTheCardsUnlessAsked()
    {
        Backbone backbone = Backbone.Open(WriteClassifier(), new BackboneOptions { Normalize = true });
        Assert.That(backbone.WithFeature("active").Card.Normalize, Is.True);
        Assert.That(backbone.WithFeature("active", normalize: false).Card.Normalize, Is.False);
    }

    [TestCase(GraphStorage.Embedded)]
    [TestCase(GraphStorage.Reference)]
    public void SaveAndLoad_OfACutBackbone_GivesTheSameFeatures(GraphStorage storage)
    {
        var ml = new MLContext(0);
        Backbone active = Backbone.Open(WriteClassifier()).WithFeature("active");
        IDataView data = Data(ml);
        var options = new TensorEmbeddingOptions { GraphStorage = storage, InputColumns = new Dictionary<string, string> { ["obs"] = "Observation" } };
        using TensorEmbeddingTransformer model = ml.Transforms.EmbedTensor(active, options).Fit(data);
        byte[] zip = MemoryFile.Save(ml, model, data.Schema);
        ITransformer loaded = MemoryFile.Load(new MLContext(1), zip);
        using var _ = loaded as IDisposable;
        Columns.AssertEqual(Columns.Vectors(loaded.Transform(data), "Features"), Expected(), 1e-6f, "tanh(xW) in float32");
        Assert.That(MemoryFile.Entries(MemoryFile.Save(ml, loaded, data.Schema)), Is.EqualTo(MemoryFile.Entries(zip)));
    }

    [Test]
    public void Open_CardOrOptionNamingAnInnerValue_CutsThere()
    {
        string path = WriteClassifier();
        Backbone opened = Backbone.Open(path, new BackboneOptions { FeatureOutput = "active" });
        Columns.AssertEqual(Embed(opened), Expected(), 1e-6f, "tanh(xW) in float32");
        Assert.That(opened.Card.Dimension, Is.EqualTo(4));

        opened.Card.Save(_folder);
        Backbone carded = Backbone.Open(_folder);
        Assert.That(carded.Card.ToJson(), Is.EqualTo(opened.Card.ToJson()));
        Assert.That(carded.Card.FeatureOutput, Is.EqualTo("active"));
        Columns.AssertEqual(Embed(carded), Expected(), 1e-6f, "tanh(xW) in float32");
        // What the card says of "active" does not bind another feature.
        Assert.That(Backbone.Open(_folder, new BackboneOptions { FeatureOutput = "scores" }).Dimension, Is.EqualTo(2));
    }

    [Test]
    public void Open_ExternalData_TheCutFindsItsWeights()
    {
        string path = Path.Combine(_folder, "external.onnx");
        OnnxModel model = Classifier().Build();
        float[] w = model.Graph.Initializers[0].ToFloats();
        File.WriteAllBytes(Path.Combine(_folder, "weights.bin"), MemoryMarshal.AsBytes<float>(w).ToArray());
        OnnxTensor elsewhere = new() { Name = "w", ElementType = OnnxElementType.Float, Dimensions = [3, 4], External = new ExternalData("weights.bin", 0, 48) };
        File.WriteAllBytes(path, model.WithGraph(model.Graph with { Initializers = [elsewhere, model.Graph.Initializers[1]] }).ToBytes());
        Columns.AssertEqual(Embed(Backbone.Open(path).WithFeature("active")), Expected(), 1e-6f, "tanh(xW) in float32");
    }

    [Test]
    public void WithFeature_BeforeAnInputIsUsed_NeedsThatInputNoMore()
    {
        var graph = new GraphBuilder();
        string a = graph.Node("Tanh", [graph.Input("a", OnnxElementType.Float, "n", 2)], "first");
        graph.Output(graph.Node("Sub", [a, graph.Input("b", OnnxElementType.Float, "n", 2)], "y"), OnnxElementType.Float, "n", 2);
        string path = Path.Combine(_folder, "two.onnx");
        File.WriteAllBytes(path, graph.ToBytes());
        Backbone both = Backbone.Open(path);
        Backbone first = both.WithFeature("first");
        Assert.That(first.Ports.Inputs.Keys, Is.EqualTo(["a"]));
        Assert.That(first.Card.Inputs.Keys, Is.EquivalentTo(["a", "b"]), "the card describes the file");
        Assert.That(first.WithFeature("y").Ports.Inputs.Keys, Is.EqualTo(["a", "b"]));
    }

    [Test]
    public void WithFeature_TextValueBeforeTheMask_KeepsPoolingAndRuns()
    {
        Backbone text = TinyBackbones.Text();
        Backbone embedded = text.WithFeature("embedded");
        Assert.That(embedded.Card.Pooling, Is.EqualTo(Pooling.Mean));
        Assert.That(embedded.Ports.Inputs.Keys, Is.EqualTo([InputRoles.Ids]));
        Assert.That(text.WithFeature("mixed", Pooling.Cls).Card.Pooling, Is.EqualTo(Pooling.Cls));

        var ml = new MLContext(0);
        IDataView data = ml.Data.LoadFromEnumerable(new[] { new TextRow { Text = "the card" }, new TextRow { Text = "my bank account is lost" } });
        using TextEmbeddingTransformer model = ml.Transforms.EmbedText("Features", embedded, "Text").Fit(data);
        float[] table = TinyBackbones.Values(TinyBackbones.Vocabulary.Length * TinyBackbones.TextDimension, seed: 1);
        float[] sum = new float[TinyBackbones.TextDimension];
        foreach (string word in new[] { "[CLS]", "the", "card", "[SEP]" })
        {
            int row = Array.IndexOf(TinyBackbones.Vocabulary, word) * sum.Length;
            for (int i = 0; i < sum.Length; i++)
                sum[i] += table[row + i];
        }
        float norm = MathF.Sqrt(sum.Sum(v => v * v));
        Columns.AssertEqual(Columns.Vectors(model.Transform(data), "Features")[..1], [[.. sum.Select(v => v / norm)]], 1e-5f, "normalised mean of the words' rows of the table");
    }

    [Test]
    public void RowIndependence_IsThatOfTheCut()
    {
        var graph = new GraphBuilder();
        string hidden = graph.Node("Tanh", [graph.Input("x", OnnxElementType.Float, "n", 3)], "hidden");
        string most = graph.Node("ReduceMax", [hidden], "most", OnnxAttribute.Of("keepdims", 0L));
        graph.Output(graph.Node("Div", [hidden, most], "y"), OnnxElementType.Float, "n", 3);
        string path = Path.Combine(_folder, "mixing.onnx");
        File.WriteAllBytes(path, graph.ToBytes());
        Backbone backbone = Backbone.Open(path);
        Assert.That(backbone.Ports.Independence.RowsInterfere, Is.True);
        Assert.That(backbone.WithFeature("hidden").Ports.Independence.RowsInterfere, Is.False);
    }

    [Test]
    public void Embed_TwoFeaturesOfOneShape_ShareACacheAndAreNotTakenForEachOther()
    {
        Backbone scores = Backbone.Open(WriteClassifier());
        float[][] hidden = Embed(scores.WithFeature("hidden"));
        Columns.AssertEqual(Embed(scores.WithFeature("active")), [.. hidden.Select(row => row.Select(MathF.Tanh).ToArray())], 1e-6f, "tanh in float32");
        Assert.That(scores.Cache.Statistics.Hits, Is.Zero);
        Columns.AssertEqual(Embed(scores.WithFeature("hidden")), hidden, 0, "from the cache");
        Assert.That(scores.Cache.Statistics.Hits, Is.EqualTo(Observations.Length));
    }

    [Test]
    public void Embed_TwoOutputsOfOneNode_AreToldApartByTheirNames()
    {
        // Neither can be cut away, so both run the same graph.
        var graph = new GraphBuilder("halves");
        string both = graph.Node("MatMul", [graph.Input("obs", OnnxElementType.Float, "batch", 3), graph.Initializer("w", TinyBackbones.Values(24, seed: 5), 3, 8)], "both");
        graph.Node("Split", [both, graph.Initializer("sizes", [4L, 4], 2)], ["left", "right"], OnnxAttribute.Of("axis", 1L));
        graph.Output("left", OnnxElementType.Float, "batch", 4).Output("right", OnnxElementType.Float, "batch", 4);
        string path = Path.Combine(_folder, "halves.onnx");
        File.WriteAllBytes(path, graph.ToBytes());
        Backbone left = Backbone.Open(path, new BackboneOptions { FeatureOutput = "left" });
        Backbone right = left.WithFeature("right");
        Assert.That(right.RunSource, Is.SameAs(left.RunSource));
        float[][] first = Embed(left);
        Assert.That(Embed(right).Zip(first).All(p => !p.First.SequenceEqual(p.Second)));
        Assert.That(left.Cache.Statistics.Hits, Is.Zero);
    }

    [Test]
    public void Open_OutputThatNeedsOneOfTwoInputs_KeepsBoth()
    {
        // Whoever names a column for each input of the file is not to be told that one is gone.
        var graph = new GraphBuilder("policy");
        graph.Output(graph.Node("Tanh", [graph.Input("obs", OnnxElementType.Float, "batch", 3)], "features"), OnnxElementType.Float, "batch", 3);
        graph.Output(graph.Node("Neg", [graph.Input("state", OnnxElementType.Float, "batch", 2)], "next"), OnnxElementType.Float, "batch", 2);
        string path = Path.Combine(_folder, "policy.onnx");
        File.WriteAllBytes(path, graph.ToBytes());
        Assert.That(Backbone.Open(path, new BackboneOptions { FeatureOutput = "features" }).Ports.Inputs.Keys, Is.EqualTo(["obs", "state"]));
    }

    [Test]
    public void WithFeature_OutputThatNeedsPartOfTheGraph_RunsThatPart()
    {
        GraphBuilder graph = Classifier();
        string path = Path.Combine(_folder, "both.onnx");
        File.WriteAllBytes(path, graph.Output("active", OnnxElementType.Float, "batch", 4).ToBytes());
        Backbone features = Backbone.Open(path, new BackboneOptions { FeatureOutput = "active" });
        Assert.That(features.RunSource.ByteCount, Is.LessThan(features.Source.ByteCount));
        Columns.AssertEqual(Embed(features), Expected(), 1e-6f, "tanh(xW) in float32");
        Assert.That(Backbone.Open(path, new BackboneOptions { FeatureOutput = "scores" }).RunSource.FilePath, Is.EqualTo(path), "the scores need all of it");
    }

    [Test]
    public void WithFeature_RowsNotOnTheFirstAxis_IsRefusedAndNotListed()
    {
        var graph = new GraphBuilder();
        string x = graph.Node("Tanh", [graph.Input("x", OnnxElementType.Float, "n", 5, 6)], "tokens");
        string turned = graph.Node("Transpose", [x], "turned", OnnxAttribute.Of("perm", 1, 0, 2));
        string flat = graph.Node("Reshape", [turned, graph.Initializer("flat_shape", [-1L, 6], 2)], "flat");
        string back = graph.Node("Reshape", [flat, graph.Initializer("back_shape", [5L, -1, 6], 3)], "back");
        graph.Output(graph.Node("Transpose", [back], "y", OnnxAttribute.Of("perm", 1, 0, 2)), OnnxElementType.Float, "n", 5, 6);
        string path = Path.Combine(_folder, "turned.onnx");
        File.WriteAllBytes(path, graph.ToBytes());
        Backbone backbone = Backbone.Open(path, new BackboneOptions { Pooling = Pooling.Mean });
        Assert.That(backbone.ListFeatures().Select(f => f.Name), Is.EqualTo(["tokens", "y"]));
        // With five rows [5, n, 6] would look as it should.
        foreach (string name in new[] { "turned", "flat", "back" })
            Assert.That(() => backbone.WithFeature(name), Throws.ArgumentException.With.Message.Contains($"'{name}'").And.Message.Contains("rows of the inputs on the first axis"));
    }

    [Test]
    public void Errors_AboutFeatures_OfferThePenultimateAndSayHowToListAll()
    {
        string path = WriteClassifier();
        Assert.That(() => Backbone.Open(path).WithFeature("activ"), Throws.ArgumentException.With.Message.Contains("'activ'").And.Message.Contains("'scores' Float")
            .And.Message.Contains("penultimate layer is 'active' (before 'scores')").And.Message.Contains("ListFeatures").And.Message.Contains("mltransfer inspect"));

        GraphBuilder two = Classifier();
        two.Output("hidden", OnnxElementType.Float, "batch", 4);
        File.WriteAllBytes(path, two.ToBytes());
        Assert.That(() => Backbone.Open(path), Throws.ArgumentException.With.Message.Contains("several outputs").And.Message.Contains("'active' (before 'scores')"));

        GraphBuilder none = new();
        string labels = none.Node("ArgMax", [none.Node("Tanh", [none.Input("x", OnnxElementType.Float, "n", 3)], "hidden")], "labels", OnnxAttribute.Of("axis", 1L));
        File.WriteAllBytes(path, none.Output(labels, OnnxElementType.Int64, "n", 1).ToBytes());
        Assert.That(() => Backbone.Open(path), Throws.ArgumentException.With.Message.Contains("'labels'").And.Message.Contains("ListFeatures"));
        Assert.That(Backbone.Open(path, new BackboneOptions { FeatureOutput = "hidden" }).Dimension, Is.EqualTo(3), "though no output can be one");
    }

    [Test]
    public void WithFeature_RealClassifierThatOffersScores_GivesItsPenultimateLayer()
    {
        Backbone backbone = Backbone.Open(Directory.GetFiles(RealAssets.Model("squeezenet1.0"), "*fp16.onnx")[0]);
        BackboneFeature penultimate = backbone.ListFeatures().Single(f => f.IsPenultimate);
        Assert.That(penultimate.ToString(), Is.EqualTo("'fire9/concat_1' Concat [1, 512, 13, 13], penultimate"));
        Backbone features = backbone.WithFeature(penultimate.Name);
        Assert.That((features.Dimension, features.Card.Pooling, features.Ports.FixedBatch), Is.EqualTo((512, Pooling.Mean, 1)));
        Assert.That(backbone.Card.Pooling, Is.EqualTo(Pooling.Graph), "[1, 1000, 1, 1] is a vector");
        Assert.That(backbone.Dimension, Is.EqualTo(1000));
    }

    [Test]
    public void WithFeature_LayerOfARealEncoder_IsPooledAsItsLastOne()
    {
        Backbone encoder = Backbone.Open(RealAssets.Model("all-minilm-l6-v2"));
        Backbone third = encoder.WithFeature("/encoder/layer.2/output/LayerNorm/Add_1_output_0");
        Assert.That((third.Dimension, third.Card.Pooling), Is.EqualTo((384, encoder.Card.Pooling)));
        Assert.That(third.RunSource.ByteCount, Is.LessThan(encoder.Source.ByteCount * 0.8));
        var ml = new MLContext(0);
        IDataView data = ml.Data.LoadFromEnumerable(new[] { new TextRow { Text = "the card" }, new TextRow { Text = "my bank account is lost, and so am I" } });
        using TextEmbeddingTransformer model = ml.Transforms.EmbedText("Features", third, "Text").Fit(data);
        float[][] features = Columns.Vectors(model.Transform(data), "Features");
        Assert.That(features.Select(f => f.Length), Is.All.EqualTo(384));
        Assert.That(features.SelectMany(f => f), Is.All.Not.NaN);
    }

    private static float[][] Embed(Backbone backbone)
    {
        var ml = new MLContext(0);
        IDataView data = Data(ml);
        using TensorEmbeddingTransformer model = ml.Transforms.EmbedTensor("Features", backbone, "Observation").Fit(data);
        return Columns.Vectors(model.Transform(data), "Features");
    }

    private static IDataView Data(MLContext ml) => ml.Data.LoadFromEnumerable(Observations.Select(o => new Row { Observation = o }));

    private static float[][] Expected()
    {
        float[] w = TinyBackbones.Values(12, seed: 5);
        return [.. Observations.Select(x => Enumerable.Range(0, 4).Select(j => MathF.Tanh(x[0] * w[j] + x[1] * w[4 + j] + x[2] * w[8 + j])).ToArray())];
    }

    /// <summary>obs [batch, 3] → hidden, active = tanh(hidden) [batch, 4] → scores [batch, 2].</summary>
    private static GraphBuilder Classifier()
    {
        var graph = new GraphBuilder("classifier");
        string hidden = graph.Node("MatMul", [graph.Input("obs", OnnxElementType.Float, "batch", 3), graph.Initializer("w", TinyBackbones.Values(12, seed: 5), 3, 4)], "hidden");
        string active = graph.Node("Tanh", [hidden], "active");
        return graph.Output(graph.Node("MatMul", [active, graph.Initializer("v", TinyBackbones.Values(8, seed: 6), 4, 2)], "scores"), OnnxElementType.Float, "batch", 2);
    }

    private string WriteClassifier()
    {
        string path = Path.Combine(_folder, "classifier.onnx");
        File.WriteAllBytes(path, Classifier().ToBytes());
        return path;
    }

    private sealed class Row
    {
        [VectorType(3)]
        public float[] Observation { get; set; } = [];
    }

    private sealed class TextRow
    {
        public string Text { get; set; } = "";
    }
}
