using System.Numerics.Tensors;
using Microsoft.ML;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Testing;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Distillation.Students;

/// <summary>Weights stored in 8 bits: features stay, files shrink, training goes on.</summary>
internal sealed class Int8WeightsTests
{
    private static readonly string[] Texts = ["anna pays the bank", "the bank pays clara again", "fabio", ""];

    private static string[] Corpus => [.. StudentRows.Ordered(80).Concat(StudentRows.Worded(80)).Select(r => r.Text)];

    private static Backbone Transformer(int dimension = 64) => StudentBackbones.TransformerText(Corpus, new TransformerTextOptions { Dimension = dimension, FeedForwardDimension = 128, VocabularySize = 200, OutputDimension = 48, EmbeddingDimension = 24 });

    [Test]
    public void WithInt8Weights_Transformer_KeepsFeatures_AtAQuarterOfTheSize()
    {
        Backbone student = Transformer(), packed = student.WithInt8Weights();
        AssertAlike(StudentRows.Features(student, Texts), StudentRows.Features(packed, Texts));
        Assert.That(packed.Source.ByteCount, Is.LessThan(0.4 * student.Source.ByteCount));
        Assert.That(packed.Name, Is.EqualTo("student-transformer-text-int8"));
        using OnnxModel model = packed.Source.Read();
        Assert.That(model.Graph.Initializers.Where(t => t.ElementType == OnnxElementType.Float).Select(t => t.Name), Has.Member("layer0_query_biases").And.Member("last_norm_scale").And.No.Member("layer0_query_weights").And.No.Member("token_table"));
        Assert.That(packed.WithInt8Weights(), Is.SameAs(packed));
    }

    [Test]
    public void WithInt8Weights_StaticText_KeepsFeatures_AndThoseOfEmptyTexts()
    {
        Backbone student = StudentBackbones.StaticText(Corpus, new StaticTextOptions { Dimension = 64, VocabularySize = 300 }), packed = student.WithInt8Weights();
        float[][] expected = StudentRows.Features(student, Texts), found = StudentRows.Features(packed, Texts);
        AssertAlike(expected[..3], found[..3]);
        Assert.That(found[3], Is.All.Zero);
        Assert.That(packed.Source.ByteCount, Is.LessThan(0.4 * student.Source.ByteCount));
    }

    [Test]
    public void WithInt8Weights_Pictures_KeepFeatures([Values(null, 40)] int? outputs)
    {
        Backbone student = StudentBackbones.ConvolutionImage(new ConvolutionImageOptions { ImageSize = 32, OutputDimension = outputs });
        AssertAlike(ImageFeatures(student), ImageFeatures(student.WithInt8Weights()));
    }

    [Test]
    public void WithInt8Weights_MobileNetV1_KeepsFeatures()
    {
        Backbone original = MobileNet("mobilenetv1-0.25-128", "mobilenetv1_0.25_128_w8.onnx", 128);
        using OnnxModel file = original.Source.Read();
        var source = ModelSource.FromMemory(WeightUnfolding.Unfold(file).ToBytes(), "mobilenetv1 in float");
        Backbone inFloat = Backbone.FromSource(original.Card with { Sha256 = source.Sha256 }, source, original.Files, source.Name);
        Backbone packed = inFloat.WithInt8Weights();
        Assert.That(packed.Source.ByteCount, Is.LessThan(0.5 * inFloat.Source.ByteCount));
        // Found 0.998 for the first: 27 layers of few channels, each with its rounding.
        AssertAlike(ImageFeatures(inFloat, Photos()), ImageFeatures(packed, Photos()), 0.995f);
    }

    [Test]
    public void WithInt8Weights_MobileNetV2_KeepsFeatures()
    {
        Backbone original = MobileNet("mobilenetv2-1.0-224", "mobilenetv2_1.0_224_fp32.onnx", 224);
        Backbone packed = original.WithInt8Weights();
        Assert.That(packed.Source.ByteCount, Is.LessThan(0.3 * original.Source.ByteCount));
        // Found 0.9960 to 0.9980: each of 53 layers adds its rounding, of about half a hundredth of its weights.
        AssertAlike(ImageFeatures(original, Photos()), ImageFeatures(packed, Photos()), 0.995f);
    }

    [Test]
    public void WithInt8Weights_ScalesAreThoseOfEachChannelAndRow()
    {
        float[] table = [.. Enumerable.Range(0, 64 * 16).Select(i => (i / 16 == 3 ? 100f : 1f) * MathF.Sin(i))];
        float[] matrix = [.. Enumerable.Range(0, 16 * 40).Select(i => (i % 40 == 7 ? 50f : 1f) * MathF.Cos(i))];
        var graph = new GraphBuilder();
        string rows = graph.Node("Gather", [graph.Initializer("table", table, 64, 16), graph.Input("ids", OnnxElementType.Int64, "batch", "tokens")], "rows");
        graph.Output(graph.Node("MatMul", [rows, graph.Initializer("matrix", matrix, 16, 40)], "y"), OnnxElementType.Float, "batch", "tokens", 40);
        Dictionary<string, OnnxTensor> packed = Int8Storage.Pack(graph.Build()).Graph.Initializers.ToDictionary(t => t.Name);
        Assert.That(packed.Keys, Is.EquivalentTo(new[] { "table_int8", "table_scales", "matrix_int8", "matrix_scales" }));
        Check("table", table, i => i / 16);
        Check("matrix", matrix, i => i % 40);

        void Check(string name, float[] values, Func<int, int> place)
        {
            float[] numbers = packed[$"{name}_int8"].ToFloats(), scales = packed[$"{name}_scales"].ToFloats();
            for (int i = 0; i < values.Length; i++)
                Assert.That(numbers[i] * scales[place(i)], Is.EqualTo(values[i]).Within(0.5001f * scales[place(i)]), $"{name} {i}");
            Assert.That(scales.Max() / scales.Min(), Is.GreaterThan(20), "one scale for all would lose the small ones");
        }
    }

    [Test]
    public void WithInt8Weights_ReadInAnotherWayBesides_StaysFloat()
    {
        // Tied weights: the table also multiplies.
        var graph = new GraphBuilder();
        string table = graph.Initializer("table", TinyBackbones.Values(64 * 64, 1), 64, 64);
        string rows = graph.Node("Gather", [table, graph.Input("ids", OnnxElementType.Int64, "batch", "tokens")], "rows");
        graph.Output(graph.Node("MatMul", [rows, table], "y"), OnnxElementType.Float, "batch", "tokens", 64);
        OnnxModel model = graph.Build();
        Assert.That(Int8Storage.Pack(model), Is.SameAs(model));
    }

    [Test]
    public void FineTuneText_OfInt8Weights_TrainsAllOfThem()
    {
        var ml = new MLContext(0);
        Backbone packed = Transformer(32).WithInt8Weights();
        Assert.That(packed.ListBlocks().SelectMany(b => b.ParameterNames), Is.EquivalentTo(Transformer(32).ListBlocks().SelectMany(b => b.ParameterNames)));
        IDataView training = StudentRows.Keyed(ml, StudentRows.Ordered(160)), test = StudentRows.Keyed(ml, StudentRows.Ordered(160, seed: 9));
        var options = new FineTuneOptions
        {
            Freezing = FreezingPlan.Everything,
            StartFromLinearHead = false,
            HeadLearningRateFactor = 1,
            Dropout = 0,
            Training = new TrainingOptions { EpochCount = 15, BatchSize = 16, LearningRate = 3e-3 },
        };
        using FineTunedTransformer tuned = ml.MulticlassClassification.Trainers.FineTuneText(packed, options, new TextEmbeddingOptions()).Fit(training);
        // The table that was trained is the one that is read: with the old one the words would mean nothing to the new layers.
        Assert.That(ml.MulticlassClassification.Evaluate(tuned.Transform(test)).MicroAccuracy, Is.GreaterThan(0.97));
        Dictionary<string, byte[]> weights = TrainableBackbones.Weights(tuned.Backbone);
        Assert.That(weights.Keys, Has.Member("token_table").And.No.Member("token_table_int8").And.No.Member("layer0_query_weights_int8"));
        Assert.That(weights["token_table"], Is.Not.EqualTo(TrainableBackbones.Weights(Transformer(32))["token_table"]));
    }

    [Test]
    public void FineTuneText_LastBlockOfInt8Weights_LeavesTheOthersInt8()
    {
        var ml = new MLContext(0);
        var options = new FineTuneOptions { Freezing = FreezingPlan.LastBlocks(1), Training = new TrainingOptions { EpochCount = 2, BatchSize = 16 } };
        using FineTunedTransformer tuned = ml.MulticlassClassification.Trainers.FineTuneText(Transformer(32).WithInt8Weights(), options, new TextEmbeddingOptions()).Fit(StudentRows.Keyed(ml, StudentRows.Ordered(40)));
        Assert.That(TrainableBackbones.Weights(tuned.Backbone).Keys, Has.Member("token_table_int8").And.Member("layer0_query_weights_int8").And.Member("output_weights").And.No.Member("output_weights_int8"));
    }

    private static Backbone MobileNet(string model, string file, int size) => Backbone.Open(Path.Combine(RealAssets.Model(model), file),
        new BackboneOptions { Image = ImagePreprocessing.KerasTf(size) with { Layout = TensorLayout.Nchw }, FeatureOutput = "features" });

    private static byte[][] Photos() =>
        [.. Directory.EnumerateFiles(RealAssets.Data("caltech20"), "*.jpg", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Take(6).Select(File.ReadAllBytes)];

    private static float[][] ImageFeatures(Backbone backbone, params byte[][] pictures)
    {
        var ml = new MLContext(0);
        if (pictures.Length == 0)
            pictures = [.. Enumerable.Range(0, 6).Select(i => TinyMedia.Bmp(48, 48, i))];
        IDataView data = ml.Data.LoadFromEnumerable(pictures.Select(p => new ImageRow { Image = p }));
        using ImageEmbeddingTransformer model = ml.Transforms.EmbedImage("Features", backbone).Fit(data);
        return Columns.Vectors(model.Transform(data), "Features");
    }

    private static void AssertAlike(float[][] expected, float[][] found, float least = 0.999f)
    {
        for (int i = 0; i < expected.Length; i++)
            Assert.That(TensorPrimitives.CosineSimilarity<float>(expected[i], found[i]), Is.GreaterThanOrEqualTo(least), $"row {i}");
        Assert.That(found[0], Is.Not.EqualTo(expected[0]), "the weights are rounded");
    }
}
