using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLTransfer.Tests.Heads;

/// <summary>A labelled row of five features for the tests of heads.</summary>
internal sealed class HeadRow
{
    public const int FeatureCount = 5;

    public string Class { get; set; } = "";

    public bool Flag { get; set; }

    public float Amount { get; set; }

    public float Weight { get; set; } = 1;

    [VectorType(3)]
    public float[] Soft { get; set; } = [];

    [VectorType(FeatureCount)]
    public float[] Features { get; set; } = [];

    /// <summary>Labels of which a row has any number: its class, and "high" where the last feature is.</summary>
    [NoColumn]
    public string[] TagNames => Features[^1] > 40 ? [Class, "high"] : Class == "cat" ? [] : [Class];

    public string Unused { get; set; } = "";
}

/// <summary>Rows of three overlapping clouds, and views of them.</summary>
internal static class HeadRows
{
    public static string[] ClassNames { get; } = ["ant", "bee", "cat"];

    public static HeadRow[] Make(int count, int seed = 0)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            int k = i % 3;
            float[] features = [.. Enumerable.Range(0, HeadRow.FeatureCount).Select(d => (float)(random.NextDouble() * 2 - 1 + (d == k ? 1.5 : 0) + 10 * d))];
            return new HeadRow
            {
                Class = ClassNames[k],
                Flag = k == 0,
                Amount = 3 * features[0] - 2 * features[3] + 100,
                Weight = 0.5f + i % 4,
                Soft = [.. Enumerable.Range(0, 3).Select(j => j == k ? 0.8f : 0.1f)],
                Features = features,
            };
        })];
    }

    /// <summary>The rows with the class as a key in "Label".</summary>
    public static IDataView Keyed(MLContext ml, IEnumerable<HeadRow> rows)
    {
        IDataView data = ml.Data.LoadFromEnumerable(rows);
        return ml.Transforms.Conversion.MapValueToKey("Label", nameof(HeadRow.Class), keyOrdinality: Microsoft.ML.Transforms.ValueToKeyMappingEstimator.KeyOrdinality.ByValue)
            .Fit(data).Transform(data);
    }

    /// <summary>The rows with their labels as a vector of 0 and 1 in "Tags", made as a user makes it.</summary>
    public static IDataView Tagged(MLContext ml, IEnumerable<HeadRow> rows)
    {
        IDataView data = ml.Data.LoadFromEnumerable(rows.Select(r => new TaggedRow { Features = r.Features, Unused = r.Unused, Amount = r.Amount, Weight = r.Weight, Names = string.Join(' ', r.TagNames) }));
        return ml.Transforms.Text.TokenizeIntoWords("Words", nameof(TaggedRow.Names)).Append(ml.Transforms.Conversion.MapValueToKey("Keys", "Words"))
            .Append(ml.Transforms.Conversion.MapKeyToVector("Tags", "Keys", outputCountVector: true)).Fit(data).Transform(data);
    }

    private sealed class TaggedRow
    {
        public string Names { get; set; } = "";

        public float Amount { get; set; }

        public float Weight { get; set; } = 1;

        [VectorType(HeadRow.FeatureCount)]
        public float[] Features { get; set; } = [];

        public string Unused { get; set; } = "";
    }
}
