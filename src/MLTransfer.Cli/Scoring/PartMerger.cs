using MLTransfer.Cli.Tables;

namespace MLTransfer.Cli.Scoring;

/// <summary>Joins the parts of a folder to one file, whose bytes are those that a job without shards would have written.</summary>
internal static class PartMerger
{
    /// <param name="parts">A folder that was looked at and is whole.</param>
    /// <param name="output">The file; it ends as the parts do.</param>
    /// <param name="cancel">Ends it; nothing is left under the output's name.</param>
    /// <exception cref="ArgumentException">The output ends otherwise than the parts.</exception>
    /// <returns>What the file is.</returns>
    public static PartManifest Merge(FolderReport parts, string output, CancellationToken cancel)
    {
        PartPaths paths = PartPaths.OfFile(output);
        JobDescription job = parts.Parts[0].Job;
        if (paths.Extension != job.Format)
            throw new ArgumentException($"The parts in '{parts.Folder}' are {job.Format} files, and '{output}' does not end in {job.Format}. Name the output so.");
        string rows = DurableFile.TemporaryPath(output);
        string? errors = null;
        try
        {
            TableCopy.Append([.. parts.Parts.Select(p => Path.Combine(parts.Folder, p.File))], paths.Extension, rows, cancel);
            string[] failed = [.. parts.Parts.Select(p => p.ErrorsFile).OfType<string>().Select(f => Path.Combine(parts.Folder, Path.GetFileName(f)))];
            if (failed.Length > 0)
                errors = ErrorLines.Join(failed, DurableFile.TemporaryPath(paths.Errors));
            var manifest = new PartManifest
            {
                Job = job with { ShardCount = 1 },
                ShardIndex = 0,
                FirstRow = 0,
                RowCount = parts.RowCount,
                ErrorCount = parts.ErrorCount,
                File = Path.GetFileName(output),
                ByteCount = new FileInfo(rows).Length,
                Sha256 = PartManifest.Hash(rows),
                ErrorsFile = errors is null ? null : Path.GetFileName(paths.Errors),
            };
            if (errors is not null)
                File.Move(errors, paths.Errors, overwrite: true);
            else
                File.Delete(paths.Errors);
            File.Move(rows, output, overwrite: true);
            JsonFile.Write(paths.Manifest, manifest);
            return manifest;
        }
        finally
        {
            File.Delete(rows);
            if (errors is not null)
                File.Delete(errors);
        }
    }
}
