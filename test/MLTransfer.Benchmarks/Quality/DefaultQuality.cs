using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Benchmarks.Measuring;
using MLTransfer.Testing;

namespace MLTransfer.Benchmarks.Quality;

/// <summary>
/// The default text backbone beside its teacher and, where the folder "default-text-1" lies among the models, beside its first edition: the same samples of ten labels a class, the same head.
/// </summary>
internal static class DefaultQuality
{
    private const int LabelCount = 10;

    private static readonly string[] Sets = ["banking77", "clinc150", "sentiment3", "trec", "tweet-emotion", "agnews"];

    public static void Run(Figures figures)
    {
        (string Name, Backbone? Backbone)[] all =
        [
            ("default", DefaultBackbones.Text),
            ("first", Open("default-text-1")),
            ("minilm", Open("all-minilm-l6-v2")),
        ];
        foreach ((string name, Backbone? backbone) in all)
            TextQuality.Similarity(figures, $"stsb-{name}", backbone);
        foreach (string set in Sets)
        {
            foreach ((string name, Backbone? backbone) in all)
                TenLabels(figures, set, name, backbone);
        }
    }

    private static Backbone? Open(string model) => Assets.FindModel(model) is string folder ? Backbone.Open(folder) : null;

    private static void TenLabels(Figures figures, string set, string name, Backbone? backbone)
    {
        string figure = $"{set}-{LabelCount}-{name}";
        if (backbone is null || LabelledText.Read(set, "train") is not List<LabelledText> train || LabelledText.Read(set, "test") is not List<LabelledText> test)
        {
            figures.Skip(figure, backbone is null ? $"the model of '{name}' is not on this machine" : $"the data set {set} is not on this machine");
            return;
        }
        // As in `quality text`: classes that cannot be sampled, and the one that is everything else, are left out.
        HashSet<string> classes = [.. train.GroupBy(r => r.Label).Where(g => g.Count() >= LabelCount && g.Key != "oos").Select(g => g.Key)];
        LabelledText[] tests = [.. test.Where(r => classes.Contains(r.Label))];
        double[] accuracies = new double[DistillQuality.Seeds.Length];
        for (int i = 0; i < accuracies.Length; i++)
        {
            LabelledText[] shuffled = [.. train.Where(r => classes.Contains(r.Label))];
            new Random(DistillQuality.Seeds[i]).Shuffle(shuffled);
            var ml = new MLContext(DistillQuality.Seeds[i]);
            IDataView sample = ml.Data.LoadFromEnumerable(shuffled.GroupBy(r => r.Label).SelectMany(g => g.Take(LabelCount)));
            using var model = new EstimatorChain<ITransformer>().Append(ml.Transforms.Conversion.MapValueToKey("Label")).Append(ml.Transforms.EmbedText("Features", backbone))
                .Append(ml.MulticlassClassification.Trainers.LinearHead()).Fit(sample);
            accuracies[i] = ml.MulticlassClassification.Evaluate(model.Transform(ml.Data.LoadFromEnumerable(tests))).MicroAccuracy;
        }
        figures.Add(figure, accuracies);
    }
}
