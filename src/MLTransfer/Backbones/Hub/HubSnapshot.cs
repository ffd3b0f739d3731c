namespace MLTransfer.Backbones;

/// <summary>A downloaded backbone: a folder like any other.</summary>
/// <param name="Repository">Where it came from.</param>
/// <param name="Commit">The commit.</param>
/// <param name="Folder">The full path of its folder.</param>
/// <param name="Graph">The graph's path in it, with forward slashes; null where any of those that are there may be meant.</param>
internal sealed record HubSnapshot(HubRepository Repository, string Commit, string Folder, string? Graph)
{
    /// <summary>What was downloaded last of a revision, of which at least one graph is whole; null where there is none.</summary>
    public static HubSnapshot? Find(HubCache cache, string id, string revision)
    {
        if (HubRepository.TryParse(id) is not HubRepository repository || cache.FindCommit(repository, revision) is not string commit)
            return null;
        return cache.ReadRecord(repository, commit) is HubRecord record && record.Downloads.Keys.Any(graph => cache.IsComplete(repository, record, graph))
            ? new HubSnapshot(repository, commit, cache.SnapshotFolder(repository, commit), null)
            : null;
    }
}
