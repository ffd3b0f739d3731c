using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using MLTransfer.Benchmarks.Measuring;
using MLTransfer.Testing;

namespace MLTransfer.Benchmarks.Quality;

/// <summary>
/// What fine-tuning gains, in points of accuracy on test rows, over the frozen backbone with LinearHead on the very same training rows: five samples of labels each. Every setting was
/// chosen on training rows.
/// </summary>
internal static class FineTuneQuality
{
    private const string TextModel = "all-minilm-l6-v2";
    private const int TextBlocks = 2;
    private const int ImageBlocks = 1;
    private const string SourceDomain = "photo";

    private static readonly int[] Seeds = [1, 2, 3, 4, 5];

    // Labels for each class; null for all rows.
    private static readonly int?[] Counts = [16, 64, null];

    public static void Run(Figures figures)
    {
        long start = Stopwatch.GetTimestamp();
        foreach (string set in new[] { "tweet-emotion", "rt-polarity", "trec" })
            Texts(figures, set);
        figures.Add("finetune-text-minutes", [Stopwatch.GetElapsedTime(start).TotalMinutes]);
        Pictures(figures, "cifar10", LabelledFile.Read("cifar10", "train"), LabelledFile.Read("cifar10", "test"), Counts);
        Pictures(figures, "pacs", Domain("train", isSource: true), Domain("test", isSource: false), [null]);
    }

    private static void Texts(Figures figures, string set)
    {
        List<LabelledText>? train = LabelledText.Read(set, "train"), test = LabelledText.Read(set, "test");
        string? folder = Assets.FindModel(TextModel);
        if (train is null || test is null || folder is null)
        {
            figures.Skip($"finetune-{set}-gain", folder is null ? $"the model {TextModel} is not on this machine" : $"the data set {set} is not on this machine");
            return;
        }
        var backbone = Backbone.Open(folder);
        Compare(figures, set, train, test, r => r.Label, Counts, ml => ml.Transforms.EmbedText("Features", backbone),
            (ml, count, seed) => ml.MulticlassClassification.Trainers.FineTuneText(backbone,
                new FineTuneOptions { Freezing = FreezingPlan.LastBlocks(TextBlocks), Training = FineTuneSettings.Text(count, seed) }, new TextEmbeddingOptions { Normalize = false }));
    }

    private static void Pictures(Figures figures, string set, List<LabelledFile>? train, List<LabelledFile>? test, int?[] counts)
    {
        if (MediaBackbones.Open(MediaBackbones.MobileNetV2) is not Backbone backbone || train is null || test is null)
        {
            figures.Skip($"finetune-{set}-gain", $"the data set {set} or the model {MediaBackbones.MobileNetV2} is not on this machine");
            return;
        }
        Compare(figures, set, train, test, r => r.Label, counts, ml => ml.Transforms.EmbedImage("Features", backbone, "Path"),
            (ml, count, seed) => ml.MulticlassClassification.Trainers.FineTuneImage(backbone,
                new FineTuneOptions { Freezing = FreezingPlan.LastBlocks(ImageBlocks), Training = FineTuneSettings.Image(count, seed) }, new ImageEmbeddingOptions { InputColumnName = "Path" }));
    }

    private static void Compare<T>(Figures figures, string set, List<T> train, List<T> test, Func<T, string> label, int?[] counts, Func<MLContext, IEstimator<ITransformer>> features,
        Func<MLContext, int, int, IEstimator<ITransformer>> fineTune)
        where T : class
    {
        foreach (int? count in counts)
        {
            double[] gains = new double[Seeds.Length], frozen = new double[Seeds.Length];
            for (int i = 0; i < Seeds.Length; i++)
            {
                T[] sample = Sample(train, label, count, Seeds[i]);
                var ml = new MLContext(Seeds[i]);
                IDataView rows = ml.Data.LoadFromEnumerable(sample), tests = ml.Data.LoadFromEnumerable(test);
                // The key has all classes, whichever were drawn.
                ITransformer key = ml.Transforms.Conversion.MapValueToKey("Label").Fit(ml.Data.LoadFromEnumerable(train));
                frozen[i] = Accuracy(ml, features(ml).Append(ml.MulticlassClassification.Trainers.LinearHead()), key, rows, tests);
                gains[i] = 100 * (Accuracy(ml, fineTune(ml, sample.Length, Seeds[i]), key, rows, tests) - frozen[i]);
            }
            string name = count is null ? "all" : count.Value.ToString(CultureInfo.InvariantCulture);
            figures.Add($"finetune-{set}-{name}-frozen", frozen);
            figures.Add($"finetune-{set}-{name}-gain", gains);
        }
    }

    private static double Accuracy(MLContext ml, IEstimator<ITransformer> estimator, ITransformer key, IDataView train, IDataView test)
    {
        ITransformer model = estimator.Fit(key.Transform(train));
        using (model as IDisposable)
            return ml.MulticlassClassification.Evaluate(model.Transform(key.Transform(test))).MicroAccuracy;
    }

    private static T[] Sample<T>(List<T> rows, Func<T, string> label, int? count, int seed)
    {
        T[] shuffled = [.. rows];
        new Random(seed).Shuffle(shuffled);
        return count is null ? shuffled : [.. shuffled.GroupBy(label).SelectMany(g => g.Take(count.Value))];
    }

    /// <summary>The rows of one domain of pacs, or of all others.</summary>
    private static List<LabelledFile>? Domain(string part, bool isSource) => Assets.FindData("pacs") is not string folder ? null
        : [.. LabelledText.Table(Path.Combine(folder, $"{part}.tsv")).Where(r => r["domain"] == SourceDomain == isSource)
            .Select(r => new LabelledFile { Label = r["label"], Path = Path.GetFullPath(Path.Combine(folder, r["path"])) })];
}
