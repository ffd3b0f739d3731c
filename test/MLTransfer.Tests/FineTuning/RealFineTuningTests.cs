using Microsoft.ML;
using MLTransfer.FineTuning;
using MLTransfer.Onnx.Gradients;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Testing;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.FineTuning;

/// <summary>Real backbones: blocks as their papers count them, rows opened, a few steps of training. Skipped where they are absent.</summary>
internal sealed class RealFineTuningTests
{
    [TestCase("all-minilm-l6-v2", 7)]
    [TestCase("gte-small", 13)]
    [TestCase("mobilenetv2-1.0-224", 16)]
    [TestCase("mobilenetv1-0.25-128", 14)]
    [TestCase("resnet50-v1-w8", 17)]
    [TestCase("squeezenet1.0", 9)]
    [TestCase("cartpole-ppo", 2)]
    public void ListBlocks_FindsThem_AndAllCanBeTrained(string name, int count)
    {
        IReadOnlyList<BackboneBlock> blocks = Open(name).ListBlocks();
        foreach (BackboneBlock block in blocks)
            TestContext.Out.WriteLine($"{block.Index} {block.EndsAt} {block.ParameterCount} {block.Problem}");
        Assert.That(blocks.Select(b => b.Problem), Is.All.Null);
        Assert.That(blocks, Has.Count.EqualTo(count));
    }

    [Test]
    public void ListBlocks_OfAnInt8Encoder_CanBeTrainedOnceItIsFloat()
    {
        Backbone backbone = Open("all-minilm-l6-v2-q8");
        Assert.That(backbone.ListBlocks().Select(b => b.Problem), Has.All.Contains("MatMulInteger"));
        IReadOnlyList<BackboneBlock> inFloat = backbone.ListBlocks(int8ToFloat: true);
        Assert.That(inFloat.Select(b => b.Problem), Is.All.Null);
        Assert.That(inFloat.Select(b => b.ParameterCount), Is.EqualTo(Open("all-minilm-l6-v2").ListBlocks().Select(b => b.ParameterCount)));
    }

    // The axis of rows opened, as far as the file fixes it: each of two and three rows has a feature of its own.
    [TestCase("all-minilm-l6-v2")]
    [TestCase("gte-small")]
    [TestCase("mobilenetv2-1.0-224")]
    [TestCase("mobilenetv1-0.25-128")]
    [TestCase("resnet50-v1-w8")]
    [TestCase("squeezenet1.0")]
    [TestCase("cartpole-ppo")]
    public void OpenedRows_EachHaveAFeature(string name)
    {
        Backbone backbone = Open(name);
        using TrainableBackbone trainable = TrainableBackbone.Of(backbone, inFloat: false);
        ProbedShapes shapes = ProbedShapes.Of(trainable.Model, name, trainable.Folder);
        TestContext.Out.WriteLine($"{name}: fixed batch {backbone.Ports.FixedBatch?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "none"}, feature [{string.Join(", ", shapes[trainable.Feature]!.Axes)}]");
        Assert.That(shapes[trainable.Feature]!.Axes[0], Is.EqualTo(shapes[InputReach.Entries(trainable.Model.Graph).First().Name]!.Axes[0]));
    }

    [Test]
    public void FineTuneText_LastBlockOfMiniLm_LearnsWhatItIsShown()
    {
        var ml = new MLContext(0);
        Backbone backbone = Open("all-minilm-l6-v2");
        IDataView data = FineTuneRows.Keyed(ml, FineTuneRows.Make(48));
        var options = new FineTuneOptions { Freezing = FreezingPlan.LastBlocks(1), Training = new TrainingOptions { EpochCount = 8, BatchSize = 16, LearningRate = 2e-4 } };
        using FineTunedTransformer model = ml.MulticlassClassification.Trainers.FineTuneText(backbone, options, new TextEmbeddingOptions { Normalize = false }).Fit(data);
        Assert.That(ml.MulticlassClassification.Evaluate(model.Transform(data)).MicroAccuracy, Is.GreaterThan(0.97));
        Dictionary<string, byte[]> before = TrainableBackbones.Weights(backbone), after = TrainableBackbones.Weights(model.Backbone);
        Assert.That(before.Where(b => !b.Value.AsSpan().SequenceEqual(after[b.Key])).Select(b => b.Key), Is.EquivalentTo(backbone.ListBlocks()[^1].ParameterNames));
    }

    [Test]
    public void FineTuneImage_LastBlockOfMobileNetV2_TrainsItsWeights()
    {
        var ml = new MLContext(0);
        Backbone backbone = Open("mobilenetv2-1.0-224");
        FineTuneRow[] rows = FineTuneRows.Make(16);
        IDataView data = FineTuneRows.Keyed(ml, rows);
        var options = new FineTuneOptions { Freezing = FreezingPlan.LastBlocks(1), Training = new TrainingOptions { EpochCount = 1, BatchSize = 8, LearningRate = 1e-4 } };
        using FineTunedTransformer model = ml.MulticlassClassification.Trainers.FineTuneImage(backbone, options, new ImageEmbeddingOptions()).Fit(data);
        Assert.That(model.StepCount, Is.EqualTo(2));
        Assert.That(Columns.Vectors(model.Transform(data), "Score").Select(s => s.Sum()), Is.All.EqualTo(1).Within(1e-5));
        Assert.That(model.Backbone.Sha256, Is.Not.EqualTo(backbone.Sha256));
    }

    private static Backbone Open(string name)
    {
        string folder = RealAssets.Model(name);
        return name switch
        {
            "mobilenetv2-1.0-224" => Picture("mobilenetv2_1.0_224_fp32.onnx", ImagePreprocessing.KerasTf(224)),
            "mobilenetv1-0.25-128" => Picture("mobilenetv1_0.25_128_w8.onnx", ImagePreprocessing.KerasTf(128)),
            "resnet50-v1-w8" => Picture("resnet50_w8.onnx", ImagePreprocessing.KerasCaffe()),
            "squeezenet1.0" => Picture("squeezenet1.0_fp32.onnx", ImagePreprocessing.KerasCaffe()),
            "cartpole-ppo" => Backbone.Open(folder, new BackboneOptions { FeatureOutput = "features" }),
            _ => Backbone.Open(folder),
        };

        Backbone Picture(string file, ImagePreprocessing settings) =>
            Backbone.Open(Path.Combine(folder, file), new BackboneOptions { Image = settings with { Layout = TensorLayout.Nchw }, FeatureOutput = "features" });
    }
}
