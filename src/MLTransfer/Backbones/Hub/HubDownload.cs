using MLTransfer.Internal;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Backbones;

/// <summary>Downloads a backbone's files into the cache, as far as they are not there.</summary>
internal sealed class HubDownload
{
    // Vocabularies and cards; the largest tokenizer.json known has 35 MB.
    private const long LargestSmallFile = 256 << 20;

    private readonly HubRepository _repository;
    private readonly HubSettings _settings;
    private readonly BackboneOptions _opening;

    private HubDownload(HubRepository repository, HubSettings settings)
    {
        _repository = repository;
        _settings = settings;
        _opening = settings.Options.Opening;
    }

    private HubCache Cache => _settings.Cache;

    private HubOptions Options => _settings.Options;

    /// <inheritdoc cref="Backbone.FromHub(string, HubOptions)"/>
    public static HubSnapshot Run(HubRepository repository, HubOptions options)
    {
        var download = new HubDownload(repository, HubSettings.Of(options, Environment.GetEnvironmentVariable));
        // On the pool: whoever calls may have a context that this thread, which waits, would have to serve.
        return Task.Run(() => download.RunAsync(options.CancellationToken), options.CancellationToken).GetAwaiter().GetResult();
    }

    private async Task<HubSnapshot> RunAsync(CancellationToken cancel)
    {
        string? known = Cache.FindCommit(_repository, Options.Revision);
        if (known is not null && (_settings.IsOffline || HubNames.IsCommit(Options.Revision)) && await FindWholeAsync(known, cancel) is HubSnapshot there)
            return there;
        if (_settings.IsOffline)
            throw Absent(known);
        string? copy = known is not null && HubSnapshot.Find(Cache, _repository.Id, Options.Revision) is not null ? known : null;
        using var client = new HubClient(_settings, Throw.HubAdvice(copy));
        HubListing listing = await client.ListAsync(_repository, Options.Revision, cancel);
        HubSnapshot? whole = await FindWholeAsync(listing.Commit, cancel);
        if (whole is null)
        {
            using IDisposable turn = await HubLock.AcquireAsync(Cache.Folder(_repository), () => _settings.Progress?.Report(new HubProgress(HubStage.Waiting, _repository.Id, 0, 0)), cancel);
            // Somebody else may have brought it.
            whole = await FindWholeAsync(listing.Commit, cancel) ?? await FetchAsync(client, listing, cancel);
        }
        Cache.WriteCommit(_repository, Options.Revision, listing.Commit);
        return whole;
    }

    /// <summary>The graph that is asked for, if all of it is there and has the hashes that the caller states; null where it is not there.</summary>
    private async Task<HubSnapshot?> FindWholeAsync(string commit, CancellationToken cancel)
    {
        if (Cache.ReadRecord(_repository, commit) is not HubRecord record)
            return null;
        string folder = Cache.SnapshotFolder(_repository, commit);
        string graph = GraphChoice.Choose(Place(commit), record.Graphs, BackboneFiles.ReadCard(folder), _opening.Variant);
        if (!Cache.IsComplete(_repository, record, graph))
            return null;
        CheckHashesUsed(record.Downloads[graph]);
        foreach ((string path, string expected) in Options.FileHashes)
        {
            string found = (await FileHashes.OfAsync(Path.Combine(folder, path.Replace('/', Path.DirectorySeparatorChar)), cancel)).Sha256;
            if (found != expected)
                throw Throw.HubExpectedHash(_repository.Id, path, expected, found, Option(path));
        }
        return new HubSnapshot(_repository, commit, folder, graph);
    }

    private Exception Absent(string? commit)
    {
        if (commit is null || Cache.ReadRecord(_repository, commit) is not HubRecord record)
            return Throw.HubOffline(_repository.Id, Options.Revision, Cache.Root);
        string graph = GraphChoice.Choose(Place(commit), record.Graphs, BackboneFiles.ReadCard(Cache.SnapshotFolder(_repository, commit)), _opening.Variant);
        return Throw.HubOfflineGraph(_repository.Id, commit, graph, record.Downloads.Keys.Where(g => Cache.IsComplete(_repository, record, g)));
    }

    /// <summary>Downloads what is missing. The graph gets its name last: where it is, everything it needs is.</summary>
    private async Task<HubSnapshot> FetchAsync(HubClient client, HubListing listing, CancellationToken cancel)
    {
        string commit = listing.Commit;
        string folder = Cache.SnapshotFolder(_repository, commit);
        string[] graphs = GraphChoice.Candidates(listing.Paths);
        if (graphs.Length == 0)
            throw Throw.HubNoGraph(_repository.Id, commit);
        HubRecord[] others = [.. Cache.Records(_repository)];
        var files = new List<HubFile>();

        // The card, which is the first of them, decides about the graph.
        BackboneCard? card = null;
        string[] small = [.. BackboneFiles.SmallFiles.Where(listing.Contains)];
        if (small.Contains(BackboneCard.FileName))
        {
            await FetchSmallAsync(BackboneCard.FileName);
            card = BackboneFiles.ReadCard(folder);
        }
        HubFile graph = Limited(listing.File(GraphChoice.Choose(Place(commit), graphs, card, _opening.Variant)), ModelGuard.LargestFile);
        foreach (string path in small.Where(p => p != BackboneCard.FileName))
            await FetchSmallAsync(path);

        FileDownload download = Begin(graph);
        string at = await FetchOneAsync(download, graph);
        try
        {
            var source = ModelSource.FromFile(at);
            foreach (string path in ExternalFiles(listing, graph, source))
            {
                HubFile file = listing.File(path);
                FileDownload weights = Begin(file);
                await FetchOneAsync(weights, file);
                weights.Publish();
                files.Add(file);
            }
            source.Check(expectedSha256: null, cancel);
            if (_opening.Sha256?.ToLowerInvariant() is string expected && expected != source.Sha256)
                throw Throw.HubExpectedHash(_repository.Id, graph.Path, expected, source.Sha256, "HubOptions.Sha256");
        }
        catch (InvalidDataException)
        {
            download.Discard();
            throw;
        }
        files.Add(graph);
        CheckHashesUsed(files);
        download.Publish();

        HubRecord? before = Cache.ReadRecord(_repository, commit);
        Cache.WriteRecord(_repository, new HubRecord
        {
            Repository = _repository.Id,
            Commit = commit,
            Graphs = graphs,
            Downloads = new Dictionary<string, IReadOnlyList<HubFile>>(before?.Downloads ?? new Dictionary<string, IReadOnlyList<HubFile>>()) { [graph.Path] = files },
        });
        return new HubSnapshot(_repository, commit, folder, graph.Path);

        FileDownload Begin(HubFile file) => new(client, _settings, _repository, commit, file, cancel);

        async Task FetchSmallAsync(string path)
        {
            HubFile file = Limited(listing.File(path), LargestSmallFile);
            FileDownload one = Begin(file);
            await FetchOneAsync(one, file);
            one.Publish();
            files.Add(file);
        }

        Task<string> FetchOneAsync(FileDownload one, HubFile file)
        {
            // Most commits of a repository leave its weights as they were.
            HubRecord? same = Array.Find(others, r => r.Commit != commit && r.Downloads.Values.Any(d => d.Any(f => f.Path == file.Path && f.IsSameContent(file))));
            string? elsewhere = same is null ? null : Path.Combine(Cache.SnapshotFolder(_repository, same.Commit), file.LocalPath);
            return one.FetchAsync(elsewhere, Options.FileHashes.GetValueOrDefault(file.Path), Option(file.Path));
        }
    }

    private string[] ExternalFiles(HubListing listing, HubFile graph, ModelSource source)
    {
        string[] paths = [.. source.ExternalFiles.Select(name => HubPath.Beside(graph.Path, name))];
        foreach (string path in paths)
        {
            if (HubPath.Problem(path) is string problem)
                throw Throw.HubFileName(_repository.Id, path, problem);
            if (!listing.Contains(path))
                throw Throw.HubExternalMissing(_repository.Id, graph.Path, path);
        }
        return paths;
    }

    private HubFile Limited(HubFile file, long limit) => file.Size <= limit ? file : throw Throw.HubFileTooLarge(_repository.Id, file.Path, file.Size, limit);

    private void CheckHashesUsed(IReadOnlyList<HubFile> files)
    {
        foreach (string path in Options.FileHashes.Keys)
        {
            if (!files.Any(f => f.Path == path))
                throw Throw.HubHashUnused(_repository.Id, path, files.Select(f => f.Path));
        }
    }

    private GraphPlace Place(string commit) => new($"repository '{_repository.Id}' (commit {commit})", "HubOptions.Variant", $"{_repository.Id}/{BackboneCard.FileName}");

    private static string Option(string path) => $"HubOptions.FileHashes[\"{path}\"]";
}
