using MLTransfer.Backbones;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Cli.Inspection;

/// <summary>What `get` brought, and where it lies.</summary>
internal sealed record DownloadReport
{
    public required string Repository { get; init; }

    public required string Revision { get; init; }

    public required string Commit { get; init; }

    /// <summary>The folder in the cache; its files lie in it under their paths in the repository.</summary>
    public required string Folder { get; init; }

    /// <summary>The graph's path in the folder.</summary>
    public required string Graph { get; init; }

    /// <summary>Of the graph and its external data.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Bytes of all files that the graph needs.</summary>
    public required long ByteCount { get; init; }

    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>Null where it opens as no backbone until more is said.</summary>
    public required BackboneReport? Backbone { get; init; }

    /// <summary>Why it opens as no backbone.</summary>
    public required string? Problem { get; init; }

    /// <summary>Where it was saved besides.</summary>
    public required string? SavedTo { get; init; }

    /// <summary>Opens what was downloaded.</summary>
    /// <param name="snapshot">What was downloaded.</param>
    /// <param name="options">By which it was.</param>
    /// <param name="output">Where it is saved, if anywhere: then it must open.</param>
    public static DownloadReport Of(HubSnapshot snapshot, HubOptions options, string? output)
    {
        (Backbone? backbone, string? problem) = TryOpen(snapshot, options, mustOpen: output is not null);
        if (output is not null)
            backbone!.Save(output);
        var source = ModelSource.FromFile(Path.Combine(snapshot.Folder, snapshot.Graph!));
        HubRecord record = HubRecord.Read(snapshot.Folder + ".json")!;
        IReadOnlyList<HubFile> files = record.Downloads[snapshot.Graph!];
        return new DownloadReport
        {
            Repository = snapshot.Repository.Id,
            Revision = options.Revision,
            Commit = snapshot.Commit,
            Folder = snapshot.Folder,
            Graph = snapshot.Graph!,
            Sha256 = source.Sha256,
            ByteCount = files.Sum(f => f.Size),
            Files = [.. files.Select(f => f.Path)],
            Backbone = backbone is null ? null : ModelInspector.Describe(backbone),
            Problem = problem,
            SavedTo = output is null ? null : Path.GetFullPath(output),
        };
    }

    private static (Backbone?, string?) TryOpen(HubSnapshot snapshot, HubOptions options, bool mustOpen)
    {
        try
        {
            return (MLTransfer.Backbone.FromSnapshot(snapshot, options), null);
        }
        // It is here and whole. Whoever opens it says what its files do not, such as the feature or the pooling.
        catch (Exception e) when (!mustOpen && e is ArgumentException or NotSupportedException or FileNotFoundException)
        {
            return (null, e.Message);
        }
    }
}
