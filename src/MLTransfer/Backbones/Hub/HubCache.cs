namespace MLTransfer.Backbones;

/// <summary>
/// Where downloads lie: <c>hub/models--org--name/</c> of the cache folder, and in it <c>snapshots/COMMIT/…</c> with the files under their own paths, <c>snapshots/COMMIT.json</c> (a
/// <see cref="HubRecord"/>), and <c>refs/REVISION</c> with the commit that a branch or tag had when it was last asked for.
/// </summary>
internal sealed class HubCache(string cacheFolder)
{
    private const int LongestReference = 100;

    /// <summary>The folder of all downloads.</summary>
    public string Root { get; } = Path.Combine(Path.GetFullPath(cacheFolder), "hub");

    public string Folder(HubRepository repository) => Path.Combine(Root, repository.FolderName);

    public string SnapshotFolder(HubRepository repository, string commit) => Path.Combine(Folder(repository), "snapshots", commit);

    public HubRecord? ReadRecord(HubRepository repository, string commit) => HubRecord.Read(RecordPath(repository, commit));

    public void WriteRecord(HubRepository repository, HubRecord record) => Replace(RecordPath(repository, record.Commit), record.ToBytes());

    /// <summary>The records of all snapshots of a repository.</summary>
    public IEnumerable<HubRecord> Records(HubRepository repository)
    {
        string folder = Path.Combine(Folder(repository), "snapshots");
        return Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal).Select(HubRecord.Read).OfType<HubRecord>() : [];
    }

    /// <summary>The commit of a revision as far as is known here; null where that is not known.</summary>
    public string? FindCommit(HubRepository repository, string revision)
    {
        if (HubNames.IsCommit(revision))
            return revision;
        var file = new FileInfo(ReferencePath(repository, revision));
        return file.Exists && file.Length < LongestReference && File.ReadAllText(file.FullName).Trim() is string commit && HubNames.IsCommit(commit) ? commit : null;
    }

    public void WriteCommit(HubRepository repository, string revision, string commit)
    {
        if (!HubNames.IsCommit(revision) && FindCommit(repository, revision) != commit)
            Replace(ReferencePath(repository, revision), System.Text.Encoding.ASCII.GetBytes(commit + "\n"));
    }

    /// <summary>Whether every file that a graph needs is there, with its length.</summary>
    public bool IsComplete(HubRepository repository, HubRecord record, string graph)
    {
        string folder = SnapshotFolder(repository, record.Commit);
        return record.Downloads.TryGetValue(graph, out IReadOnlyList<HubFile>? files)
            && files.All(f => HubPath.Problem(f.Path) is null && new FileInfo(Path.Combine(folder, f.LocalPath)) is { Exists: true } file && file.Length == f.Size);
    }

    private string RecordPath(HubRepository repository, string commit) => SnapshotFolder(repository, commit) + ".json";

    private string ReferencePath(HubRepository repository, string revision) =>
        Path.Combine(Folder(repository), "refs", revision.Replace('/', Path.DirectorySeparatorChar));

    /// <summary>Whole or not at all, whoever reads or writes it at the same time.</summary>
    private static void Replace(string path, byte[] bytes)
    {
        string folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        string temporary = Path.Combine(folder, $".{Guid.NewGuid():N}.tmp");
        try
        {
            using (FileStream file = File.Create(temporary))
            {
                file.Write(bytes);
                file.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
