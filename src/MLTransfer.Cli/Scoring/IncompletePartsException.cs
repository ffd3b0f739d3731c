namespace MLTransfer.Cli.Scoring;

/// <summary>A folder's parts are not the whole of one job.</summary>
internal sealed class IncompletePartsException(FolderReport report) : Exception(Describe(report))
{
    /// <summary>Whether parts that are still to come would make it whole.</summary>
    public bool IsMissingOnly { get; } = report.Problems.Count == 0;

    private static string Describe(FolderReport report)
    {
        string missing = report.Missing.Count == 0 ? "" : $"{report.Missing.Count} of {report.ShardCount} shards have no finished part: {PartFolder.Describe(report.Missing)}.";
        return report.Problems.Count == 0
            ? $"'{report.Folder}': {missing} Wait for them, or run them again: what they have done is not done again."
            : $"'{report.Folder}': {string.Join(" ", report.Problems.Select(p => $"{p.TrimEnd('.')}."))} {missing}".TrimEnd();
    }
}
