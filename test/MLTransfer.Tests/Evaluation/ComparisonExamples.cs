using MLTransfer.Evaluation;

namespace MLTransfer.Tests.Evaluation;

/// <summary>Comparisons without any training.</summary>
internal static class ComparisonExamples
{
    /// <summary>Two classes and one hundred rows of which so many are right, each with confidence 0.75.</summary>
    public static ComparisonMetrics Metrics(double accuracy)
    {
        const int rows = 100;
        int right = (int)Math.Round(accuracy * rows);
        int[] labels = [.. Enumerable.Range(0, rows).Select(i => i % 2)];
        float[] scores = [.. labels.SelectMany((label, i) => (label == 0) == (i < right) ? new[] { .75f, .25f } : [.25f, .75f])];
        return MulticlassMetrics.Compute(labels, scores, ["no", "yes"]);
    }

    public static ComparisonRun Run(int labels, int seed, double with, double without) => new(labels, seed, Metrics(with), Metrics(without));

    /// <summary>Rows of any number of classes, the first side sharper than the second.</summary>
    public static TransferComparison OfClasses(IReadOnlyList<string> classNames, int[]? labelsPerClass = null, int seedCount = 3, double withSharpness = 4, double withoutSharpness = 2)
    {
        var runs = new List<ComparisonRun>();
        foreach (int seed in Enumerable.Range(0, seedCount))
        {
            foreach (int labels in labelsPerClass ?? [1, 2, 5, 10, 20, 50])
            {
                double growth = Math.Sqrt(labels);
                runs.Add(new ComparisonRun(labels, seed, Scores(classNames, withSharpness * growth, seed), Scores(classNames, withoutSharpness * growth, seed + 100)));
            }
        }
        return Of([.. runs], classNames);
    }

    public static TransferComparison Of(IReadOnlyList<ComparisonRun> runs, IReadOnlyList<string>? classNames = null, int[]? leftOut = null, bool isComplete = true, string? data = "tickets.tsv") =>
        new(runs, isComplete, new ComparisonProvenance
        {
            LibraryVersion = "0.1.0",
            Data = data,
            With = "default-text (Text, 256 numbers, Mean)",
            Without = "hashed n-grams",
            Trainer = "LinearHead",
            RowCount = 400,
            UnlabelledRowCount = 2,
            TestRowCount = (int)runs[0].With.RowCount,
            TestFraction = 0.25,
            Classes = [.. (classNames ?? ["no", "yes"]).Select((c, i) => new LabelCount(c, 10 + i))],
            Seeds = [.. runs.Select(r => r.Seed).Distinct()],
        }, leftOut ?? []);

    private static ComparisonMetrics Scores(IReadOnlyList<string> classNames, double sharpness, int seed)
    {
        var random = new Random(seed);
        int classes = classNames.Count, rows = 5 * classes;
        int[] labels = [.. Enumerable.Range(0, rows).Select(i => i % classes)];
        var scores = new float[rows * classes];
        for (int row = 0; row < rows; row++)
        {
            double[] weights = [.. Enumerable.Range(0, classes).Select(k => Math.Exp(4 * random.NextDouble() + (k == labels[row] ? Math.Log(sharpness) : 0)))];
            for (int k = 0; k < classes; k++)
                scores[row * classes + k] = (float)(weights[k] / weights.Sum());
        }
        return MulticlassMetrics.Compute(labels, scores, classNames);
    }
}
