using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Text;

namespace MLTransfer.Build.DefaultBackbone;

/// <summary>Test accuracy of a linear head on a labelled set of which only a few training rows a class are used.</summary>
internal sealed class FewLabels
{
    private readonly Row[] _train;
    private readonly Row[] _test;
    private readonly int _labelsPerClass;
    private readonly int _seedCount;

    public FewLabels(string folder, int labelsPerClass, int seedCount)
    {
        _train = Read(Path.Combine(folder, "train.tsv"));
        _test = Read(Path.Combine(folder, "test.tsv"));
        _labelsPerClass = labelsPerClass;
        _seedCount = seedCount;
    }

    /// <summary>Words and pairs of words, hashed to 16,384 numbers, of unit length.</summary>
    public static IEstimator<ITransformer> HashedNgrams(MLContext ml) => Words(ml)
        .Append(ml.Transforms.Text.ProduceHashedWordBags("Features", "Words", numberOfBits: 14, ngramLength: 2, useAllLengths: true))
        .Append(ml.Transforms.NormalizeLpNorm("Features"));

    /// <summary>tf-idf of the words and pairs of words in the labelled rows, of unit length.</summary>
    public static IEstimator<ITransformer> TfIdf(MLContext ml) => Words(ml)
        .Append(ml.Transforms.Text.ProduceWordBags(
            "Features", "Words", ngramLength: 2, useAllLengths: true, weighting: NgramExtractingEstimator.WeightingCriteria.TfIdf))
        .Append(ml.Transforms.NormalizeLpNorm("Features"));

    /// <summary>The median over seeds, each of which draws other rows. The out-of-scope class of clinc150 counts as a class.</summary>
    public double Accuracy(Func<MLContext, IEstimator<ITransformer>> features) =>
        Enumerable.Range(0, _seedCount).Select(seed => Accuracy(features, seed)).Order().ElementAt(_seedCount / 2);

    private double Accuracy(Func<MLContext, IEstimator<ITransformer>> features, int seed)
    {
        var ml = new MLContext(seed);
        var random = new Random(seed);
        Row[] drawn = [.. _train.GroupBy(r => r.Label, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal)
            .SelectMany(g => g.OrderBy(_ => random.Next()).Take(_labelsPerClass))];
        IDataView train = ml.Data.LoadFromEnumerable(drawn);
        var pipeline = ml.Transforms.Conversion.MapValueToKey("Key", "Label").Append(features(ml))
            .Append(ml.MulticlassClassification.Trainers.LinearHead(new LinearHeadOptions { LabelColumnName = "Key", Seed = seed }));
        using var model = pipeline.Fit(train);
        MulticlassClassificationMetrics metrics = ml.MulticlassClassification.Evaluate(model.Transform(ml.Data.LoadFromEnumerable(_test)), labelColumnName: "Key");
        return metrics.MicroAccuracy;
    }

    private static TextNormalizingEstimator Words(MLContext ml) => ml.Transforms.Text.NormalizeText("Words", "Text", keepPunctuations: false);

    private static Row[] Read(string path) => [.. LicensedTexts.ReadTable(path, "label", "text").Select(r => new Row { Label = r[0], Text = r[1] })];

    private sealed class Row
    {
        public string Label { get; set; } = "";

        public string Text { get; set; } = "";
    }
}
