using Microsoft.ML;
using Microsoft.ML.Transforms;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Distillation.Students;

/// <summary>A text and its class.</summary>
internal sealed class StudentRow
{
    public string Text { get; set; } = "";

    public string Class { get; set; } = "";
}

/// <summary>Rows of a small task of word order: who pays whom. The same words stand in both classes, so a bag of words cannot tell them apart.</summary>
internal static class StudentRows
{
    private static readonly string[] People = ["anna", "bruno", "clara", "dario", "elena", "fabio"];
    private static readonly string[] Fillers = ["today", "again", "quickly", "in cash", "at last", "twice"];

    /// <summary>Texts whose class depends on the order of their words.</summary>
    public static StudentRow[] Ordered(int count, int seed = 0)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            bool pays = random.Next(2) == 0;
            string who = People[random.Next(People.Length)], filler = random.Next(2) == 0 ? $" {Fillers[random.Next(Fillers.Length)]}" : "";
            return new StudentRow { Text = pays ? $"{who} pays the bank{filler}" : $"the bank pays {who}{filler}", Class = pays ? "pays" : "receives" };
        })];
    }

    /// <summary>Texts whose class is told by one of their words.</summary>
    public static StudentRow[] Worded(int count, int seed = 0)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            int topic = random.Next(3);
            string word = ((string[][])[["card", "cards", "atm"], ["loan", "mortgage", "credit"], ["transfer", "payment", "wire"]])[topic][random.Next(3)];
            return new StudentRow { Text = $"{Fillers[random.Next(6)]} my {word} is {People[random.Next(6)]}'s", Class = $"topic {topic}" };
        })];
    }

    public static IDataView Keyed(MLContext ml, IEnumerable<StudentRow> rows)
    {
        IDataView data = ml.Data.LoadFromEnumerable(rows);
        return ml.Transforms.Conversion.MapValueToKey("Label", nameof(StudentRow.Class), keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue).Fit(data).Transform(data);
    }

    /// <summary>The features of texts, as EmbedText gives them.</summary>
    public static float[][] Features(Backbone backbone, params string[] texts)
    {
        var ml = new MLContext(0);
        IDataView data = ml.Data.LoadFromEnumerable(texts.Select(t => new StudentRow { Text = t }));
        using TextEmbeddingTransformer model = ml.Transforms.EmbedText("Features", backbone).Fit(data);
        return Columns.Vectors(model.Transform(data), "Features");
    }
}
