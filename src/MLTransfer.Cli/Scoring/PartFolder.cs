using System.Globalization;
using System.Text.RegularExpressions;

namespace MLTransfer.Cli.Scoring;

/// <summary>A folder of the parts of a job.</summary>
internal static partial class PartFolder
{
    private const int Shown = 5;

    /// <summary>Refuses a folder that holds parts, finished or not, of a job divided differently, or finished ones of another job.</summary>
    /// <exception cref="InvalidDataException">It does.</exception>
    public static void CheckFits(string folder, JobDescription job)
    {
        foreach (string path in Directory.EnumerateFileSystemEntries(folder, PartPaths.PartPattern))
        {
            Match name = PartName().Match(Path.GetFileName(path));
            if (name.Success && int.Parse(name.Groups["count"].ValueSpan, CultureInfo.InvariantCulture) is int count && count != job.ShardCount)
            {
                throw new InvalidDataException(
                    $"'{folder}' holds '{Path.GetFileName(path)}', a part of a job of {count} shards, but this job has {job.ShardCount}. Give each job a folder of its own, or the same --shard-count; delete what is of no use.");
            }
        }
        if (Directory.EnumerateFiles(folder, PartPaths.ManifestPattern).FirstOrDefault() is string other
            && job.DifferencesFrom(PartManifest.Read(other).Job) is { Count: > 0 } differences)
        {
            throw new InvalidDataException(
                $"'{folder}' holds '{Path.GetFileName(other)}', a part of another job, which differs in the {string.Join(", the ", differences)}. Give each job a folder of its own.");
        }
    }

    /// <summary>Looks at all parts: whether they are whole, unchanged and of one job, and whether they cover every row once.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="progress">Told of the bytes looked at.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">It holds no part.</exception>
    public static FolderReport Verify(string folder, IProgress<long>? progress, CancellationToken cancel)
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"There is no folder '{folder}'. Give the folder that 'mltransfer score' wrote its parts to.");
        var problems = new List<string>();
        (string Path, PartManifest Manifest)[] parts = [.. ReadAll(folder, problems)];
        if (parts.Length == 0 && problems.Count == 0)
            throw new InvalidDataException($"'{folder}' holds no finished part: no file is named like 'part-00000-of-00008.json'.");
        if (parts.Length == 0)
            return new FolderReport(folder, 0, 0, 0, 0, [], problems, []);
        JobDescription job = parts[0].Manifest.Job;
        foreach ((string path, PartManifest manifest) in parts.Skip(1))
        {
            if (job.DifferencesFrom(manifest.Job) is { Count: > 0 } differences)
                problems.Add($"'{Name(path)}' is of another job than '{Name(parts[0].Path)}': it differs in the {string.Join(", the ", differences)}.");
        }
        foreach (IGrouping<int, (string Path, PartManifest)> same in parts.GroupBy(p => p.Manifest.ShardIndex).Where(g => g.Count() > 1))
            problems.Add($"shard {same.Key} is there {same.Count()} times: {string.Join(", ", same.Select(p => $"'{Name(p.Path)}'"))}.");
        HashSet<int> present = [.. parts.Select(p => p.Manifest.ShardIndex)];
        int[] missing = [.. Enumerable.Range(0, job.ShardCount).Where(i => !present.Contains(i))];
        if (problems.Count == 0)
            problems.AddRange(Uncovered(parts, job, missing));
        long bytes = 0;
        foreach ((string path, PartManifest manifest) in parts)
        {
            cancel.ThrowIfCancellationRequested();
            if (Damage(folder, manifest) is string damage)
                problems.Add($"'{Name(path)}': {damage}");
            progress?.Report(bytes += manifest.ByteCount);
        }
        return new FolderReport(
            folder, job.ShardCount, parts.Length, parts.Sum(p => p.Manifest.RowCount), parts.Sum(p => p.Manifest.ErrorCount), missing, problems,
            [.. parts.OrderBy(p => p.Manifest.ShardIndex).Select(p => p.Manifest)]);
    }

    private static IEnumerable<(string Path, PartManifest Manifest)> ReadAll(string folder, List<string> problems)
    {
        foreach (string path in Directory.EnumerateFiles(folder, PartPaths.ManifestPattern).Order(StringComparer.Ordinal))
        {
            PartManifest manifest;
            try
            {
                manifest = PartManifest.Read(path);
            }
            catch (InvalidDataException e)
            {
                problems.Add(e.Message);
                continue;
            }
            yield return (path, manifest);
        }
    }

    /// <summary>Rows that no part covers, or several do, though every shard is there once or known to be missing.</summary>
    private static IEnumerable<string> Uncovered((string Path, PartManifest Manifest)[] parts, JobDescription job, int[] missing)
    {
        foreach ((string path, PartManifest manifest) in parts)
        {
            var range = manifest.ShardIndex >= 0 && manifest.ShardIndex < job.ShardCount ? manifest.Shard().Rows(job.InputRowCount, job.BlockRowCount) : default;
            if (range != new RowRange(manifest.FirstRow, manifest.RowCount))
                yield return $"'{Name(path)}' covers {manifest.RowCount:N0} rows from row {manifest.FirstRow:N0} on; shard {manifest.ShardIndex} of {job.ShardCount} is {range.Count:N0} rows from {range.First:N0} on.";
        }
        long rows = parts.Sum(p => p.Manifest.RowCount);
        if (missing.Length == 0 && rows != job.InputRowCount)
            yield return $"all shards are there, but they cover {rows:N0} of {job.InputRowCount:N0} rows.";
    }

    private static string? Damage(string folder, PartManifest manifest)
    {
        // The name comes from a file that may have been changed by hand.
        if (Path.GetFileName(manifest.File) != manifest.File)
            return $"its file is named '{manifest.File}', which lies outside the folder.";
        string path = Path.Combine(folder, manifest.File);
        if (!File.Exists(path))
            return $"its file '{manifest.File}' is not there. Run its shard again with --restart.";
        if (new FileInfo(path).Length is long length && length != manifest.ByteCount)
            return $"'{manifest.File}' has {length:N0} bytes, and its manifest says {manifest.ByteCount:N0}. Run its shard again with --restart.";
        if (PartManifest.Hash(path) != manifest.Sha256)
            return $"'{manifest.File}' has other bytes than when it was written (its SHA-256 is not {manifest.Sha256[..12]}…). Run its shard again with --restart.";
        return manifest.ErrorsFile is string errors && !File.Exists(Path.Combine(folder, Path.GetFileName(errors))) ? $"its errors file '{errors}' is not there." : null;
    }

    private static string Name(string path) => Path.GetFileName(path);

    /// <summary>A list of shards, shortened.</summary>
    public static string Describe(IReadOnlyList<int> shards) =>
        string.Join(", ", shards.Take(Shown)) + (shards.Count > Shown ? $" and {shards.Count - Shown} more" : "");

    [GeneratedRegex(@"\Apart-(?<index>\d{5,6})-of-(?<count>\d{5,6})\.", RegexOptions.CultureInvariant)]
    private static partial Regex PartName();
}

/// <summary>What a folder of parts holds.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="ShardCount">Shards of the job.</param>
/// <param name="PartCount">Finished parts.</param>
/// <param name="RowCount">Rows of the input that they cover.</param>
/// <param name="ErrorCount">Of those, rows that could not be scored.</param>
/// <param name="Missing">Shards without a finished part, from zero.</param>
/// <param name="Problems">What is wrong with those that are there.</param>
/// <param name="Parts">The manifests, in the order of the shards.</param>
internal sealed record FolderReport(
    string Folder, int ShardCount, int PartCount, long RowCount, long ErrorCount, IReadOnlyList<int> Missing, IReadOnlyList<string> Problems,
    [property: System.Text.Json.Serialization.JsonIgnore] IReadOnlyList<PartManifest> Parts)
{
    /// <summary>Whether every row is covered once, by parts that belong together.</summary>
    public bool IsWhole => Missing.Count == 0 && Problems.Count == 0;
}
