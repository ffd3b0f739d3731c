using MLTransfer.Internal;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Persistence;

namespace MLTransfer.Export;

/// <summary>
/// Writes an exported graph to a file, or with its card and tokenizer to a folder. Each file is written under another name and then renamed, so that an export that fails leaves an
/// older one as it was.
/// </summary>
internal static class ExportFiles
{
    /// <summary>The graph's name in a folder.</summary>
    public const string GraphName = "model.onnx";

    /// <summary>Whether a path means a file: it ends in .onnx.</summary>
    public static bool IsFile(string path) => path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase);

    /// <summary>Refuses a path that cannot be written, before there is anything to write.</summary>
    /// <returns>The full path of the graph.</returns>
    public static string Check(string path, OnnxEmbedding embedding)
    {
        string full = Path.GetFullPath(path);
        string parent = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(full)) ?? full;
        if (!Directory.Exists(parent))
            throw Throw.ExportFolderMissing(path, parent);
        if (IsFile(path) && Directory.Exists(full))
            throw Throw.ExportPathIsFolder(path);
        if (!IsFile(path) && File.Exists(full))
            throw Throw.ExportPathIsFile(path);
        string graph = IsFile(path) ? full : Path.Combine(full, GraphName);
        if (Sources(embedding).Any(s => string.Equals(s, graph, OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal)))
            throw Throw.ExportOverBackbone(graph, embedding.Backbone.Name);
        return graph;
    }

    public static void Write(ExportGraph export, string path, string graphPath, Backbone backbone, CancellationToken cancellationToken)
    {
        string folder = Path.GetDirectoryName(graphPath)!;
        Directory.CreateDirectory(folder);
        string hash = "";
        Replace(graphPath, stream =>
        {
            var hashing = new HashingStream(new CancellableStream(stream, cancellationToken));
            export.Model.WriteTo(hashing);
            hash = hashing.CurrentHash();
        });
        if (IsFile(path))
            return;
        foreach ((string name, byte[] bytes) in backbone.Files)
            Replace(Path.Combine(folder, name), stream => stream.Write(bytes));
        // The card last: until it is there, an older one refuses the new graph by its hash.
        byte[] card = System.Text.Encoding.UTF8.GetBytes((export.Card with { Sha256 = hash }).ToJson());
        Replace(Path.Combine(folder, BackboneCard.FileName), stream => stream.Write(card));
    }

    private static IEnumerable<string?> Sources(OnnxEmbedding embedding)
    {
        ModelSource[] sources = [embedding.Source, embedding.Backbone.Source];
        return sources.SelectMany(s => s.ExternalFiles.Select(f => (string?)Path.Combine(s.Folder ?? "", f)).Append(s.FilePath));
    }

    private static void Replace(string path, Action<Stream> write)
    {
        string temporary = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}.tmp");
        try
        {
            using (FileStream stream = File.Create(temporary))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
