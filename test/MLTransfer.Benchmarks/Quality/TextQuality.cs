using System.Numerics.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Text;
using MLTransfer.Benchmarks.Measuring;
using MLTransfer.Testing;

namespace MLTransfer.Benchmarks.Quality;

/// <summary>What text backbones are worth on real sets, each beside tf-idf with the same head.</summary>
internal static class TextQuality
{
    private const string Model = "all-minilm-l6-v2";

    public static void Run(Figures figures)
    {
        string? folder = Assets.FindModel(Model);
        Backbone? minilm = folder is null ? null : Backbone.Open(folder);
        foreach (string set in (string[])["banking77", "sentiment3"])
            AllRows(figures, set, minilm);
        Similarity(figures, "stsb-minilm", minilm);
        Similarity(figures, "stsb-default", DefaultBackbones.Text);
        foreach (string set in (string[])["banking77", "sentiment3", "trec", "clinc150"])
            TenLabels(figures, set);
    }

    private static void AllRows(Figures figures, string set, Backbone? backbone)
    {
        string name = $"{set}-linear";
        if (backbone is null || LabelledText.Read(set, "train") is not List<LabelledText> train || LabelledText.Read(set, "test") is not List<LabelledText> test)
        {
            figures.Skip(name, backbone is null ? $"the model {Model} is not on this machine" : $"the data set {set} is not on this machine");
            return;
        }
        var ml = new MLContext(seed: 0);
        figures.Add(name, [Accuracy(ml, train, test, ml.Transforms.EmbedText("Features", backbone))]);
        figures.Add($"{name}-tfidf", [Accuracy(ml, train, test, TfIdf(ml))]);
    }

    private static double Accuracy(MLContext ml, List<LabelledText> train, List<LabelledText> test, IEstimator<ITransformer> features)
    {
        IDataView data = ml.Data.LoadFromEnumerable(train);
        using var model = new EstimatorChain<ITransformer>().Append(ml.Transforms.Conversion.MapValueToKey("Label")).Append(features)
            .Append(ml.MulticlassClassification.Trainers.LinearHead()).Fit(data);
        return ml.MulticlassClassification.Evaluate(model.Transform(ml.Data.LoadFromEnumerable(test))).MicroAccuracy;
    }

    private static void TenLabels(Figures figures, string set)
    {
        if (LabelledText.Read(set, "train") is not List<LabelledText> train || LabelledText.Read(set, "test") is not List<LabelledText> test)
        {
            figures.Skip($"{set}-10-default", $"the data set {set} is not on this machine");
            figures.Skip($"{set}-10-tfidf", $"the data set {set} is not on this machine");
            return;
        }
        var ml = new MLContext(seed: 0);
        // Classes with fewer rows cannot be sampled, and "oos" of clinc150 is no class but everything else.
        HashSet<string> classes = [.. train.GroupBy(r => r.Label).Where(g => g.Count() >= 10 && g.Key != "oos").Select(g => g.Key)];
        IDataView data = ml.Data.LoadFromEnumerable(train.Where(r => classes.Contains(r.Label)));
        CompareOptions options = new()
        {
            LabelsPerClass = [10],
            TestData = ml.Data.LoadFromEnumerable(test.Where(r => classes.Contains(r.Label))),
            Without = TfIdf(ml),
        };
        TextEmbeddingEstimator with = ml.Transforms.EmbedText("Features", DefaultBackbones.Text);
        TransferComparison comparison = ml.Transfer().CompareWithAndWithout(data, with, options);
        Figures.Say($"{set}, against tf-idf: {comparison}");
        figures.Add($"{set}-10-default", [.. comparison.Runs.Select(r => r.With.Accuracy)]);
        figures.Add($"{set}-10-tfidf", [.. comparison.Runs.Select(r => r.Without.Accuracy)]);
        TransferComparison hashed = ml.Transfer().CompareWithAndWithout(data, with, options with { Without = null });
        Figures.Say($"{set}, against hashed n-grams: {hashed.ToString().Split('\n')[0]}");
        figures.Add($"{set}-10-hashed", [.. hashed.Runs.Select(r => r.Without.Accuracy)]);
    }

    public static void Similarity(Figures figures, string name, Backbone? backbone)
    {
        string? folder = Assets.FindData("stsb");
        if (backbone is null || folder is null)
        {
            figures.Skip(name, backbone is null ? $"the model {Model} is not on this machine" : "the data set stsb is not on this machine");
            return;
        }
        var ml = new MLContext(seed: 0);
        Dictionary<string, string>[] pairs = [.. LabelledText.Table(Path.Combine(folder, "test.tsv"))];
        IDataView data = ml.Data.LoadFromEnumerable(pairs.SelectMany(p => (LabelledText[])[new() { Text = p["text1"] }, new() { Text = p["text2"] }]));
        float[][] features = [.. ml.Transforms.EmbedText("Features", backbone).Fit(data).Transform(data).GetColumn<float[]>("Features")];
        double[] found = [.. Enumerable.Range(0, pairs.Length).Select(i => (double)TensorPrimitives.CosineSimilarity<float>(features[2 * i], features[(2 * i) + 1]))];
        double[] stated = [.. pairs.Select(p => double.Parse(p["score"], System.Globalization.CultureInfo.InvariantCulture))];
        figures.Add(name, [RankCorrelation.Spearman(found, stated)]);
    }

    // Words only: with pairs of words the linear head, which is dense, had not finished on 20,000 columns of banking77 after four minutes.
    private static EstimatorChain<ITransformer> TfIdf(MLContext ml) => new EstimatorChain<ITransformer>()
        .Append(ml.Transforms.Text.NormalizeText("Words", "Text", keepPunctuations: false))
        .Append(ml.Transforms.Text.ProduceWordBags("Features", "Words", ngramLength: 1, weighting: NgramExtractingEstimator.WeightingCriteria.TfIdf))
        .Append((IEstimator<ITransformer>)ml.Transforms.NormalizeLpNorm("Features"));
}
