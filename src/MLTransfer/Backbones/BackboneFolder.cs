using System.Text;
using MLTransfer.Export;
using MLTransfer.Internal;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Persistence;
using MLTransfer.Text;

namespace MLTransfer.Backbones;

/// <summary>Writes a backbone as a folder that <see cref="Backbone.Open"/> reads. Whole or not at all: the files are written into another folder, which is then renamed.</summary>
internal static class BackboneFolder
{
    private static readonly HashSet<string> OwnNames = [BackboneCard.FileName, ExportFiles.GraphName, .. WordPieceTokenizer.FileNames];

    public static void Save(Backbone backbone, string folder)
    {
        string target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        Check(backbone, target);
        backbone.Source.CheckUnchanged();
        string beside = Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.{Guid.NewGuid():N}");
        try
        {
            Write(backbone, beside);
            Replace(target, beside);
        }
        catch (UnauthorizedAccessException e)
        {
            throw Throw.SaveNotWritable(backbone.Name, target, e);
        }
        finally
        {
            if (Directory.Exists(beside))
                Directory.Delete(beside, recursive: true);
        }
    }

    /// <summary>Refuses a folder that a backbone cannot be saved into.</summary>
    /// <param name="backbone">The backbone.</param>
    /// <param name="target">The folder's whole path, without a separator at the end.</param>
    public static void Check(Backbone backbone, string target)
    {
        string? parent = Path.GetDirectoryName(target);
        if (parent is null || File.Exists(target))
            throw Throw.SaveOverFile(backbone.Name, target);
        if (!Directory.Exists(parent))
            throw Throw.SaveFolderMissing(backbone.Name, target, parent);
        if (!Directory.Exists(target))
            return;
        string[] found = [.. Directory.EnumerateFileSystemEntries(target).Select(e => Path.GetFileName(e)!).Order(StringComparer.Ordinal)];
        if (found.Length > 0 && (!found.Contains(BackboneCard.FileName) || Array.Find(found, f => !OwnNames.Contains(f)) is not null))
            throw Throw.SaveOverOthers(backbone.Name, target, found);
        if (backbone.Source.Folder is string opened && Path.TrimEndingDirectorySeparator(opened) == target)
            throw Throw.SaveOverItself(backbone.Name, target);
    }

    private static void Write(Backbone backbone, string folder)
    {
        Directory.CreateDirectory(folder);
        string hash = "";
        using (FileStream file = File.Create(Path.Combine(folder, ExportFiles.GraphName)))
        {
            var hashing = new HashingStream(file);
            if (backbone.Source.ExternalFiles.Count == 0)
            {
                backbone.Source.CopyTo(hashing);
            }
            else
            {
                using OnnxModel model = backbone.Source.Read();
                TensorRewrite.WithoutExternalData(model).WriteTo(hashing);
            }
            hash = hashing.CurrentHash();
            file.Flush(flushToDisk: true);
        }
        foreach ((string name, byte[] bytes) in backbone.Files)
            File.WriteAllBytes(Path.Combine(folder, name), bytes);
        BackboneCard card = backbone.Card with { Graph = ExportFiles.GraphName, Sha256 = hash };
        File.WriteAllBytes(Path.Combine(folder, BackboneCard.FileName), Encoding.UTF8.GetBytes(card.ToJson()));
    }

    private static void Replace(string target, string written)
    {
        if (!Directory.Exists(target))
        {
            Directory.Move(written, target);
            return;
        }
        string old = $"{written}.old";
        Directory.Move(target, old);
        try
        {
            Directory.Move(written, target);
        }
        catch
        {
            Directory.Move(old, target);
            throw;
        }
        Directory.Delete(old, recursive: true);
    }
}
