using Microsoft.ML.Data;
using MLTransfer.Testing;

namespace MLTransfer.Benchmarks.Measuring;

/// <summary>A row of a labelled set of photos or clips.</summary>
internal sealed class LabelledFile
{
    public string Label { get; set; } = "";

    /// <summary>The whole path.</summary>
    public string Path { get; set; } = "";

    /// <summary>Who speaks, where the set says so.</summary>
    [NoColumn]
    public string? Speaker { get; set; }

    /// <summary>Reads a part ("train", "test") of a set, or null where the set is not on this machine.</summary>
    public static List<LabelledFile>? Read(string set, string part, string labelColumn = "label")
    {
        if (Assets.FindData(set) is not string folder)
            return null;
        return [.. LabelledText.Table(System.IO.Path.Combine(folder, $"{part}.tsv")).Select(r => new LabelledFile
        {
            Label = r[labelColumn],
            Path = System.IO.Path.GetFullPath(System.IO.Path.Combine(folder, r["path"])),
            Speaker = r.GetValueOrDefault("speaker"),
        })];
    }
}
