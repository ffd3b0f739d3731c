using System.Globalization;

namespace MLTransfer.Cli.Scoring;

/// <summary>Where a part of a job's output lies: in a folder of parts, or, of a job that is not divided, under a name of its own.</summary>
/// <param name="Output">The finished part.</param>
/// <param name="Extension">How it is written: ".csv", ".tsv" or ".parquet".</param>
/// <param name="Manifest">What the part is: written last, so that a part with a manifest is whole.</param>
/// <param name="Errors">Rows that could not be scored, as JSON lines.</param>
/// <param name="State">The folder of what is done of a part that is not whole yet.</param>
internal sealed record PartPaths(string Output, string Extension, string Manifest, string Errors, string State)
{
    private const string ManifestExtension = ".json";
    private const string ErrorsExtension = ".jsonl";

    /// <summary>What every manifest in a folder of parts is named like.</summary>
    public const string ManifestPattern = $"part-*{ManifestExtension}";

    /// <summary>What every part of a folder, finished or not, is named like.</summary>
    public const string PartPattern = "part-*";

    /// <summary>Those of a shard in a folder.</summary>
    public static PartPaths InFolder(string folder, Shard shard, string extension)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{shard.Index:00000}-of-{shard.Count:00000}");
        string part = Path.Combine(folder, $"part-{name}");
        return new PartPaths(part + extension, extension, part + ManifestExtension, Path.Combine(folder, $"errors-{name}{ErrorsExtension}"), part + ".partial");
    }

    /// <summary>Those of an output that is one file.</summary>
    public static PartPaths OfFile(string path) =>
        new(path, Path.GetExtension(path).ToLowerInvariant(), $"{path}.manifest{ManifestExtension}", $"{path}.errors{ErrorsExtension}", $"{path}.partial");
}
