using Microsoft.ML;
using Microsoft.ML.Transforms;
using MLTransfer.Testing;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Distillation.Students;

/// <summary>The small convolutional network: what it computes, that it learns, what it refuses.</summary>
internal sealed class ConvolutionImageTests
{
    private static readonly ConvolutionImageOptions Small = new() { ImageSize = 32, Width = 16, BlocksPerStage = 1 };

    [TestCase(32, 256)]
    [TestCase(33, 256)]
    [TestCase(64, 256)]
    [TestCase(100, 256)]
    [TestCase(224, 512)]
    public void ConvolutionImage_OfEachSize_GivesAVectorForEachPicture(int size, int dimension)
    {
        Backbone backbone = StudentBackbones.ConvolutionImage(new ConvolutionImageOptions { ImageSize = size });
        Assert.That(backbone.Dimension, Is.EqualTo(dimension));
        float[][] features = Features(backbone, 3);
        Assert.That(features, Has.All.Length.EqualTo(dimension));
        Assert.That(features.SelectMany(f => f), Is.All.Matches<float>(float.IsFinite));
        Assert.That(features[0], Is.Not.EqualTo(features[1]).Within(1e-3f));
    }

    [Test]
    public void ConvolutionImage_OutputDimension_AndNormalize_AreFollowed()
    {
        float[] feature = Features(StudentBackbones.ConvolutionImage(Small with { OutputDimension = 40, Normalize = true }), 1)[0];
        Assert.That(feature, Has.Length.EqualTo(40));
        Assert.That(feature.Sum(v => v * v), Is.EqualTo(1).Within(1e-5));
    }

    [Test]
    public void ConvolutionImage_RowsDoNotSeeEachOther()
    {
        Backbone backbone = StudentBackbones.ConvolutionImage(Small);
        float[][] together = Features(backbone, 5);
        Assert.That(Features(backbone, 1)[0], Is.EqualTo(together[0]).Within(1e-5f));
        Assert.That(backbone.Ports.Independence.RowsInterfere, Is.False, backbone.Ports.Independence.Reason);
    }

    [Test]
    public void ConvolutionImage_SameSeed_GivesTheSameBytes()
    {
        string first = StudentBackbones.ConvolutionImage(Small).Sha256, again = StudentBackbones.ConvolutionImage(Small).Sha256;
        Assert.That(again, Is.EqualTo(first));
        Assert.That(StudentBackbones.ConvolutionImage(Small with { Seed = 1 }).Sha256, Is.Not.EqualTo(first));
    }

    [Test]
    public void ConvolutionImage_AllItsWeightsCanBeTrained_AndNoOthers()
    {
        IReadOnlyList<BackboneBlock> blocks = StudentBackbones.ConvolutionImage(Small with { OutputDimension = 5 }).ListBlocks();
        Assert.That(blocks.Select(b => b.Problem), Is.All.Null);
        // The first convolution, three stages of two, each with a scale and a shift; the linear map.
        Assert.That(blocks.SelectMany(b => b.ParameterNames).Count(), Is.EqualTo(7 * 3 + 2));
        Assert.That(blocks.SelectMany(b => b.ParameterNames), Has.None.Contains("groups"));
    }

    [Test]
    public void FineTuneImage_FromRandomWeights_LearnsTextures()
    {
        var ml = new MLContext(0);
        var options = new FineTuneOptions
        {
            Freezing = FreezingPlan.Everything,
            StartFromLinearHead = false,
            HeadLearningRateFactor = 1,
            Dropout = 0,
            Training = new TrainingOptions { EpochCount = 6, BatchSize = 16, LearningRate = 5e-3 },
        };
        IDataView training = Keyed(ml, Stripes(96, 0)), test = Keyed(ml, Stripes(60, 1));
        using FineTunedTransformer tuned = ml.MulticlassClassification.Trainers.FineTuneImage(StudentBackbones.ConvolutionImage(Small), options, new ImageEmbeddingOptions()).Fit(training);
        Assert.That(ml.MulticlassClassification.Evaluate(tuned.Transform(test)).MicroAccuracy, Is.GreaterThan(0.95));
    }

    [Test]
    public void FineTuneImage_FromRandomWeights_ClearlyBeatsChanceOnPhotos()
    {
        string folder = RealAssets.Data("cifar10");
        var ml = new MLContext(0);
        var options = new FineTuneOptions
        {
            Freezing = FreezingPlan.Everything,
            StartFromLinearHead = false,
            HeadLearningRateFactor = 1,
            Dropout = 0,
            Training = new TrainingOptions { EpochCount = 10, BatchSize = 32, LearningRate = 4e-3 },
        };
        Backbone student = StudentBackbones.ConvolutionImage(new ConvolutionImageOptions { ImageSize = 32 });
        using FineTunedTransformer tuned = ml.MulticlassClassification.Trainers.FineTuneImage(student, options, new ImageEmbeddingOptions()).Fit(Keyed(ml, Photos(folder, "train", 50)));
        // Ten classes: chance is 0.1, and 500 test rows leave a standard error of 0.02.
        Assert.That(ml.MulticlassClassification.Evaluate(tuned.Transform(Keyed(ml, Photos(folder, "test", 50)))).MicroAccuracy, Is.GreaterThan(0.22));
    }

    [Test]
    public void Options_OutOfRange_AreNamed()
    {
        Refused(nameof(ConvolutionImageOptions.ImageSize), () => new ConvolutionImageOptions { ImageSize = 31 });
        Refused(nameof(ConvolutionImageOptions.ImageSize), () => new ConvolutionImageOptions { ImageSize = 225 });
        Refused(nameof(ConvolutionImageOptions.Width), () => new ConvolutionImageOptions { Width = 12 });
        Refused(nameof(ConvolutionImageOptions.Width), () => new ConvolutionImageOptions { Width = 264 });
        Refused(nameof(ConvolutionImageOptions.BlocksPerStage), () => new ConvolutionImageOptions { BlocksPerStage = 0 });
        Refused(nameof(ConvolutionImageOptions.OutputDimension), () => new ConvolutionImageOptions { OutputDimension = 0 });

        static void Refused(string option, Func<object> make) => Assert.That(() => make(), Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo(option));
    }

    private static float[][] Features(Backbone backbone, int count)
    {
        var ml = new MLContext(0);
        IDataView data = ml.Data.LoadFromEnumerable(Enumerable.Range(0, count).Select(i => new ImageRow { Image = TinyMedia.Bmp(40, 36, i) }));
        using ImageEmbeddingTransformer model = ml.Transforms.EmbedImage("Features", backbone).Fit(data);
        return Columns.Vectors(model.Transform(data), "Features");
    }

    private static IDataView Keyed(MLContext ml, IEnumerable<ImageRow> rows)
    {
        IDataView data = ml.Data.LoadFromEnumerable(rows);
        return ml.Transforms.Conversion.MapValueToKey("Label", nameof(ImageRow.Class), keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue).Fit(data).Transform(data);
    }

    /// <summary>Stripes across, down or aslant, of any colours and phase: no single pixel tells them apart.</summary>
    private static ImageRow[] Stripes(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            int kind = random.Next(3), phase = random.Next(8);
            (byte, byte, byte) light = Colour(128), dark = Colour(0);
            return new ImageRow
            {
                Image = MediaFiles.Bmp(32, 32, (x, y) => ((kind == 0 ? x : kind == 1 ? y : x + y) + phase) % 8 < 4 ? light : dark),
                Class = ((string[])["down", "across", "aslant"])[kind],
            };
        })];

        (byte, byte, byte) Colour(int least) => ((byte)(least + random.Next(128)), (byte)(least + random.Next(128)), (byte)(least + random.Next(128)));
    }

    private static ImageRow[] Photos(string folder, string part, int each) =>
    [
        .. File.ReadLines(Path.Combine(folder, $"{part}.tsv")).Skip(1).Select(l => l.Split('\t')).GroupBy(f => f[1]).OrderBy(g => g.Key, StringComparer.Ordinal)
            .SelectMany(g => g.Take(each)).Select(f => new ImageRow { Image = File.ReadAllBytes(Path.Combine(folder, f[0])), Class = f[1] }),
    ];
}
