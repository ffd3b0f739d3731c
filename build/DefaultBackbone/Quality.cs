using System.Globalization;

namespace MLTransfer.Build.DefaultBackbone;

/// <summary>What a backbone is worth: similarity of sentences, and few labels with a linear head beside the same head without a backbone.</summary>
internal static class Quality
{
    private const int LabelsPerClass = 10;
    private const int SeedCount = 5;
    private static readonly string[] Sets = ["banking77", "clinc150", "sentiment3", "trec"];

    public static IEnumerable<(string Name, string Result)> Measure(Backbone backbone, Func<string, string> dataFolder, bool devOnly, Action<string> say)
    {
        string stsb = dataFolder("stsb");
        say(Text($"STS-B dev, Spearman {Similarity.OnStsBenchmark(backbone, Path.Combine(stsb, "dev.tsv")):F4}"));
        if (devOnly)
            yield break;
        string similarity = Text($"{Similarity.OnStsBenchmark(backbone, Path.Combine(stsb, "test.tsv")):F4} Spearman on 650 test pairs, cosine");
        say($"STS-B test: {similarity}");
        yield return ("stsb", similarity);

        foreach (string set in Sets)
        {
            var few = new FewLabels(dataFolder(set), LabelsPerClass, SeedCount);
            double with = few.Accuracy(ml => ml.Transforms.EmbedText("Features", backbone, "Text"));
            double hashed = few.Accuracy(FewLabels.HashedNgrams);
            double tfidf = few.Accuracy(FewLabels.TfIdf);
            string result = Text($"{with:F3} test accuracy at {LabelsPerClass} labels a class, median of {SeedCount} seeds; hashed n-grams {hashed:F3}, tf-idf {tfidf:F3} with the same head")
                + (with > Math.Max(hashed, tfidf) ? "" : ". It loses here");
            say($"{set}: {result}");
            yield return (set, result);
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
