using MLTransfer.Testing;

namespace MLTransfer.Benchmarks.Measuring;

/// <summary>A row of a labelled set.</summary>
internal sealed class LabelledText
{
    public string Label { get; set; } = "";

    public string Text { get; set; } = "";

    /// <summary>Reads a part ("train", "test") of a set, or null where the set is not on this machine.</summary>
    public static List<LabelledText>? Read(string set, string part)
    {
        if (Assets.FindData(set) is not string folder)
            return null;
        return [.. Table(Path.Combine(folder, $"{part}.tsv")).Select(r => new LabelledText { Label = r["label"], Text = r["text"] })];
    }

    /// <summary>Rows of a tab-separated file by column name.</summary>
    public static IEnumerable<Dictionary<string, string>> Table(string path)
    {
        string[]? header = null;
        foreach (string line in File.ReadLines(path))
        {
            string[] fields = line.Split('\t');
            if (header is null)
                header = fields;
            else
                yield return header.Zip(fields).ToDictionary(f => f.First, f => f.Second);
        }
    }
}
