using System.Globalization;
using Microsoft.ML;

namespace MLTransfer.Cli.Tests.Scoring;

/// <summary>A small saved model and rows for it, in a folder.</summary>
internal static class Texts
{
    /// <summary>Saves a model that tells refunds, parcels and logins apart.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="name">The file's name.</param>
    /// <param name="seed">Which rows it learns from: another seed is another model.</param>
    public static string SaveModel(string folder, string name = "model.zip", int seed = 0)
    {
        string path = Path.Combine(folder, name);
        var ml = new MLContext(seed: 0);
        IDataView data = ml.Data.LoadFromEnumerable(TextFiles.Rows(6, seed).Select(r => new Labelled(r.Text, r.Label)));
        using var model = ml.Transforms.Conversion.MapValueToKey("Label").Append(ml.Transforms.EmbedText("Features", DefaultBackbones.Text))
            .Append(ml.MulticlassClassification.Trainers.LinearHead()).Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel")).Fit(data);
        ml.Model.Save(model, data.Schema, path);
        return path;
    }

    /// <summary>Different texts with a number, tab-separated.</summary>
    public static string WriteRows(string folder, int count, string name = "rows.tsv")
    {
        string path = Path.Combine(folder, name);
        File.WriteAllLines(path, [.. Rows(count).Select((t, i) => string.Create(CultureInfo.InvariantCulture, $"{i}\t{t}")).Prepend("id\ttext")]);
        return path;
    }

    public static IEnumerable<string> Rows(int count) => TextFiles.Rows((count + 2) / 3, seed: 1).Take(count).Select((r, i) => string.Create(CultureInfo.InvariantCulture, $"{r.Text} {i % 97}"));

    private sealed record Labelled(string Text, string Label);
}
