using System.IO.Compression;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Heads;
using MLTransfer.Persistence;

namespace MLTransfer.Cli.Inspection;

/// <summary>
/// Finds out what a model.zip is, without trusting it: nothing in it is loaded before the guard has seen all of it, and no row is scored. What the guard saw is told even where loading fails.
/// </summary>
internal static class SavedModelInspector
{
    private const string ChainLoader = "TransformerChain";
    private const string KeyName = "Model.key";
    private const string VersionName = "TrainingInfo/Version.txt";

    // A version with a commit behind it; what is longer was not written by ML.NET.
    private const int LongestVersion = 200;

    private static ReadOnlySpan<byte> ZipSignature => "PK"u8;

    /// <summary>Whether a path is looked at as a model.zip: by its name, or by its first bytes.</summary>
    public static bool IsSavedModel(string path)
    {
        bool isNamed = path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase);
        if (!File.Exists(path))
            return isNamed && !Directory.Exists(path);
        if (isNamed)
            return true;
        using FileStream file = File.OpenRead(path);
        Span<byte> first = stackalloc byte[2];
        return file.ReadAtLeast(first, first.Length, throwOnEndOfStream: false) == first.Length && first.SequenceEqual(ZipSignature);
    }

    /// <summary>Looks into a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>What it is, and the error where it does not load.</returns>
    /// <exception cref="InvalidDataException">It is no model of ML.NET, is damaged, or unpacks to more than is accepted.</exception>
    /// <exception cref="NotSupportedException">It asks for loaders of others than ML.NET and MLTransfer.</exception>
    public static (SavedModelReport Report, ExceptionDispatchInfo? Failure) Inspect(string path)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no file '{path}'. Give the model.zip that mlContext.Model.Save or 'mltransfer train' wrote.", path);
        using FileStream file = File.OpenRead(path);
        IReadOnlyList<ModelEntry> entries = ForeignModelGuard.Entries(file, path);
        string hash = Convert.ToHexStringLower(SHA256.HashData(file));
        var report = new SavedModelReport
        {
            Path = path,
            ByteCount = file.Length,
            UnpackedByteCount = entries.Sum(e => e.Length),
            Sha256 = hash,
            MlNetVersion = null,
            Assemblies = [.. entries.SelectMany(e => e.Assemblies).Distinct().Order(StringComparer.Ordinal)],
            Steps = [],
            Inputs = null,
            Outputs = null,
            Classes = null,
            Problem = null,
        };
        file.Position = 0;
        using (var archive = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true))
            report = report with { MlNetVersion = Version(archive), Steps = Steps(archive, entries) };
        file.Position = 0;
        try
        {
            return (Load(file, report), null);
        }
        // Whatever a loader throws is what is wrong with the file; it is told, and thrown again.
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return (report with { Problem = e.Message }, ExceptionDispatchInfo.Capture(e));
        }
    }

    private static SavedModelReport Load(FileStream file, SavedModelReport report)
    {
        ITransformer model = CheckedModel.LoadFrom(new MLContext(), file, out DataViewSchema? schema);
        using var owner = model as IDisposable;
        if (schema is null)
        {
            throw new InvalidDataException(
                $"'{report.Path}' was saved without the schema of its input, so what it reads and gives cannot be told. Save it with mlContext.Model.Save(model, data.Schema, path).");
        }
        DataViewSchema output = model.GetOutputSchema(schema);
        HashSet<(string, string)> inputs = [.. schema.Select(c => (c.Name, $"{c.Type}"))];
        return report with
        {
            Inputs = [.. schema.Where(c => !c.IsHidden).Select(c => new ColumnReport(c.Name, $"{c.Type}", false))],
            Outputs = [.. output.Where(c => !c.IsHidden).Select(c => new ColumnReport(c.Name, $"{c.Type}", inputs.Contains((c.Name, $"{c.Type}"))))],
            Classes = Classes(output),
        };
    }

    /// <summary>The names behind the scores: what the head says of its slots, else of the values that it was trained on.</summary>
    private static string[]? Classes(DataViewSchema output) => output.GetColumnOrNull("Score") is { Type: VectorDataViewType { Size: > 0 } } score
        ? ClassNames.OfValues(score, "TrainingLabelValues") ?? ClassNames.OfValues(score, "SlotNames") : null;

    private static string? Version(ZipArchive archive)
    {
        if (archive.Entries.FirstOrDefault(e => Slashes(e.FullName) == VersionName) is not { Length: <= LongestVersion } entry)
            return null;
        using var reader = new StreamReader(entry.Open());
        return reader.ReadToEnd().Split('+')[0].Trim();
    }

    private static IReadOnlyList<SavedStepReport> Steps(ZipArchive archive, IReadOnlyList<ModelEntry> entries)
    {
        (string Folder, ModelEntry Entry)[] headers = [.. entries.Where(e => e.Loaders.Count > 0).Select(e => (Folder(e.Name), e)).OrderBy(h => h.Item1, StringComparer.Ordinal)];
        // Every file of ML.NET is one chain; its steps are what people count.
        (string Folder, ModelEntry Entry)[] shown = [.. headers.Where(h => !(h == headers[0] && h.Entry.Loaders[0] == ChainLoader))];
        return [.. shown.Select(h =>
        {
            int depth = shown.Count(o => o.Folder != h.Folder && IsInside(h.Folder, o.Folder));
            string? assembly = h.Entry.Assemblies.Count > 0 ? h.Entry.Assemblies[0].Split(',')[0] : null;
            long bytes = entries.Where(e => Folder(e.Name) == h.Folder || IsInside(Folder(e.Name), h.Folder)).Sum(e => e.Length);
            var step = new SavedStepReport(h.Folder, depth, h.Entry.Loaders[0], assembly, bytes, null, null, null, null);
            return h.Entry.Loaders[0] == StepLoader.LoaderSignature ? SavedStepReader.Describe(step, archive) : step;
        })];
    }

    private static bool IsInside(string folder, string other) => other.Length == 0 ? folder.Length > 0 : folder.StartsWith($"{other}/", StringComparison.Ordinal);

    /// <summary>The folder of an entry; of one that holds a header under another name than ML.NET's, the entry itself.</summary>
    private static string Folder(string entry)
    {
        string name = Slashes(entry);
        int slash = name.LastIndexOf('/');
        return slash >= 0 ? name[..slash] : name == KeyName ? "" : name;
    }

    // ML.NET on Windows once wrote the system's own separator.
    private static string Slashes(string name) => name.Replace('\\', '/');
}
