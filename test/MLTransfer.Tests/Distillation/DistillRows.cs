using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLTransfer.Tests.Distillation;

/// <summary>A row that students of any kind can read, with a column that only the teacher reads and labels that may be missing.</summary>
internal sealed class DistillRow
{
    public const int HintCount = 4;

    /// <summary>What the teacher reads: nearly the class.</summary>
    [VectorType(HintCount)]
    public float[] Hint { get; set; } = [];

    [VectorType(3), ColumnName("obs")]
    public float[] Obs { get; set; } = [];

    public string Text { get; set; } = "";

    /// <summary>One of <see cref="DistillRows.Classes"/>; empty where it is missing.</summary>
    public string Class { get; set; } = "";

    /// <summary>The probability of true; NaN where it is missing.</summary>
    public float Flag { get; set; }

    /// <summary>NaN where it is missing.</summary>
    public float Amount { get; set; }

    public float Weight { get; set; } = 1;

    public string Unused { get; set; } = "";
}

/// <summary>Rows of three clouds.</summary>
internal static class DistillRows
{
    private static readonly string[][] Words = [["card", "lost"], ["bank", "new"], ["card", "new"]];

    public static string[] Classes { get; } = ["ant", "bee", "cat"];

    /// <param name="count">How many.</param>
    /// <param name="labelledEvery">Rows of which each class has one with a label: 1 for all, 2 for half of them. 0 for none.</param>
    /// <param name="seed">Decides the numbers.</param>
    public static DistillRow[] Make(int count, int labelledEvery = 1, int seed = 0)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            int k = i % 3;
            bool labelled = labelledEvery > 0 && i / 3 % labelledEvery == 0;
            float[] hint = [.. Enumerable.Range(0, DistillRow.HintCount).Select(d => (d == k ? 2 : 0) + Noise(0.5f))];
            return new DistillRow
            {
                Hint = hint,
                Obs = [.. Enumerable.Range(0, 3).Select(d => (d == k ? 1 : 0) + Noise(0.6f))],
                Text = $"{Words[k][0]} {string.Join(' ', Enumerable.Repeat("the", random.Next(4)))} {Words[k][1]}",
                Class = labelled ? Classes[k] : "",
                Flag = labelled ? k == 0 ? 1 : 0 : float.NaN,
                Amount = labelled ? 50 + 10 * k + hint[3] : float.NaN,
                Weight = 0.5f + i % 4,
            };
        })];

        float Noise(float scale) => scale * (2 * random.NextSingle() - 1);
    }

    /// <summary>The rows with the class as a key in "Label", which has all three classes whichever the rows have.</summary>
    public static IDataView Keyed(MLContext ml, IEnumerable<DistillRow> rows) => Keyed(ml, rows, Classes);

    public static IDataView Keyed(MLContext ml, IEnumerable<DistillRow> rows, string[] classes)
    {
        IDataView data = ml.Data.LoadFromEnumerable(rows);
        IDataView keys = ml.Data.LoadFromEnumerable(classes.Select(c => new KeyName { Name = c }));
        return ml.Transforms.Conversion.MapValueToKey("Label", nameof(DistillRow.Class), keyData: keys).Fit(data).Transform(data);
    }

    /// <summary>A teacher that reads hints, of labelled rows of its own.</summary>
    public static ITransformer FitTeacher(MLContext ml, string task)
    {
        IDataView rows = Keyed(ml, Make(120, seed: 5));
        return task switch
        {
            "multiclass" => ml.MulticlassClassification.Trainers.LinearHead("Label", nameof(DistillRow.Hint), regularization: 0.01).Fit(rows),
            "binary" => ml.BinaryClassification.Trainers.LinearHead(nameof(DistillRow.Flag), nameof(DistillRow.Hint), regularization: 0.01).Fit(rows),
            _ => ml.Regression.Trainers.LinearHead(nameof(DistillRow.Amount), nameof(DistillRow.Hint), regularization: 0.01).Fit(rows),
        };
    }

    private sealed class KeyName
    {
        public string Name { get; set; } = "";
    }
}
