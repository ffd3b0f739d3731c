using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.FineTuning;

/// <summary>A row that a backbone of any modality can read, with a label for each task.</summary>
internal sealed class FineTuneRow
{
    public string Text { get; set; } = "";

    [VectorType(3), ColumnName("obs")]
    public float[] Obs { get; set; } = [];

    public byte[] Image { get; set; } = [];

    public string Class { get; set; } = "";

    public bool Flag { get; set; }

    public float Amount { get; set; }

    public float Weight { get; set; } = 1;

    [VectorType(2)]
    public float[] Soft { get; set; } = [];

    public string Unused { get; set; } = "";
}

/// <summary>Rows of a task that no linear head on the frozen features can learn: whether two things are alike (exclusive or).</summary>
internal static class FineTuneRows
{
    public static FineTuneRow[] Make(int count, int seed = 0)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            bool first = random.Next(2) == 0, second = random.Next(2) == 0;
            float[] obs = [Signed(first), Signed(second), random.NextSingle() - 0.5f];
            string filler = string.Join(' ', Enumerable.Repeat("the", random.Next(4)));
            return new FineTuneRow
            {
                Text = $"{(first ? "card" : "bank")} {filler} {(second ? "lost" : "new")}",
                Obs = obs,
                Image = TinyMedia.Bmp(4, 4, seed: 1000 * seed + i),
                Class = first == second ? "alike" : "other",
                Flag = first == second,
                Amount = (first == second ? 3 : -1) + 0.1f * obs[2],
                Weight = 0.5f + i % 3,
                Soft = first == second ? [0.9f, 0.1f] : [0.2f, 0.8f],
            };
        })];

        float Signed(bool positive) => (positive ? 1 : -1) * (0.7f + 0.3f * random.NextSingle());
    }

    /// <summary>The rows with the class as a key in "Label".</summary>
    public static IDataView Keyed(MLContext ml, IEnumerable<FineTuneRow> rows)
    {
        IDataView data = ml.Data.LoadFromEnumerable(rows);
        return ml.Transforms.Conversion.MapValueToKey("Label", nameof(FineTuneRow.Class), keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue).Fit(data).Transform(data);
    }
}
