using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Tests.Support;
using Classifier = Microsoft.ML.Data.MulticlassPredictionTransformer<Microsoft.ML.Trainers.MaximumEntropyModelParameters>;

namespace MLTransfer.Tests.Parity;

/// <summary>Training that passes over its rows many times, cross-validation and evaluation run the backbone once for each distinct row.</summary>
internal sealed class BackboneRunsOnceTests
{
    private const int DistinctCount = 60;
    private const int RepeatedCount = 12;

    private static readonly Row[] Rows = [.. TinyTexts.Distinct(DistinctCount).Select((t, i) => new Row { Text = t, Label = i % 3 }),
        .. TinyTexts.Distinct(DistinctCount).Take(RepeatedCount).Select((t, i) => new Row { Text = t, Label = i % 3 })];

    [TestCase("sdca")]
    [TestCase("lbfgs")]
    public void Fit_OfATrainerOfManyPasses_RunsEachDistinctRowOnce(string trainer)
    {
        var ml = new MLContext(0);
        Backbone backbone = TinyBackbones.Text();
        IDataView data = ml.Data.LoadFromEnumerable(Rows);
        using TextEmbeddingTransformer counter = ml.Transforms.EmbedText("Features", backbone).Fit(data);
        long before = counter.RowsRun;
        using TransformerChain<Classifier> model = Pipeline(ml, backbone, trainer).Fit(data);
        IDataView scored = model.Transform(data);
        ml.MulticlassClassification.Evaluate(scored);
        ml.MulticlassClassification.Evaluate(scored);
        AssertOnce(backbone, counter.RowsRun - before);
        Assert.That(backbone.Cache.Statistics.Hits, Is.GreaterThanOrEqualTo(3 * Rows.Length - DistinctCount),
            "training and two evaluations asked for every row");
    }

    [TestCase("sdca")]
    [TestCase("lbfgs")]
    public void CrossValidate_RunsEachDistinctRowOnce(string trainer)
    {
        var ml = new MLContext(0);
        Backbone backbone = TinyBackbones.Text();
        IDataView data = ml.Data.LoadFromEnumerable(Rows);
        using TextEmbeddingTransformer counter = ml.Transforms.EmbedText("Features", backbone).Fit(data);
        long before = counter.RowsRun;
        ml.MulticlassClassification.CrossValidate(data, Pipeline(ml, backbone, trainer), numberOfFolds: 3);
        AssertOnce(backbone, counter.RowsRun - before);
    }

    [Test]
    public void Fit_WithACacheThatHoldsNothing_RunsRowsAgainOnEveryPass()
    {
        var ml = new MLContext(0);
        Backbone backbone = TinyBackbones.Text();
        var nothing = new FeatureCache(memoryLimit: 0);
        IDataView data = ml.Data.LoadFromEnumerable(Rows);
        using TransformerChain<Classifier> model = Pipeline(ml, backbone, "sdca", nothing).Fit(data);
        Assert.That(nothing.Statistics.Misses, Is.GreaterThan(5 * Rows.Length), "what the cache saves");
    }

    private static void AssertOnce(Backbone backbone, long rowsRun)
    {
        Assert.That(backbone.Cache.Statistics.Misses, Is.EqualTo(DistinctCount));
        Assert.That(rowsRun, Is.EqualTo(DistinctCount));
    }

    private static EstimatorChain<Classifier> Pipeline(MLContext ml, Backbone backbone, string trainer, FeatureCache? cache = null)
    {
        EstimatorChain<TextEmbeddingTransformer> features = ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(ml.Transforms.EmbedText(backbone, new TextEmbeddingOptions { Cache = cache }));
        return trainer == "sdca" ? features.Append(ml.MulticlassClassification.Trainers.SdcaMaximumEntropy(maximumNumberOfIterations: 20))
            : features.Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy());
    }

    private sealed class Row
    {
        public string Text { get; set; } = "";

        public float Label { get; set; }
    }
}
