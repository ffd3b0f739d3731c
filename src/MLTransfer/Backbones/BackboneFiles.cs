using System.Text;
using MLTransfer.Export;
using MLTransfer.Internal;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Text;

namespace MLTransfer.Backbones;

/// <summary>The files of a backbone on disk: which graph, which card, which tokenizer, which configuration.</summary>
internal sealed class BackboneFiles
{
    private const string ModelsVariable = "MLTRANSFER_MODELS";
    private const string CacheVariable = "MLTRANSFER_CACHE";

    private readonly string _folder;

    private BackboneFiles(string folder, string graphPath, BackboneCard? card, string origin)
    {
        _folder = folder;
        GraphPath = graphPath;
        Card = card;
        Origin = origin;
        Tokenizer = WordPieceTokenizer.FileNames.Where(name => File.Exists(Path.Combine(folder, name)))
            .ToDictionary(name => name, name => File.ReadAllBytes(Path.Combine(folder, name)));
    }

    public string GraphPath { get; }

    /// <summary>The graph's path as the card states it: relative to the folder, with forward slashes.</summary>
    public string GraphName => Path.GetRelativePath(_folder, GraphPath).Replace('\\', '/');

    public BackboneCard? Card { get; }

    public string Origin { get; }

    public string Name => Path.GetFileName(Path.TrimEndingDirectorySeparator(Origin.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase)
        ? Path.ChangeExtension(Origin, null) : Path.GetFullPath(Origin)));

    public IReadOnlyDictionary<string, byte[]> Tokenizer { get; }

    public static BackboneFiles Find(string pathOrName, BackboneOptions options)
    {
        if (File.Exists(pathOrName))
            return FromFile(pathOrName);
        if (Directory.Exists(pathOrName))
            return FromFolder(pathOrName, options);
        List<string> searched = [];
        if (!Path.IsPathRooted(pathOrName) && !pathOrName.Split('/', '\\').Contains(".."))
        {
            foreach (string root in ModelFolders())
            {
                string folder = Path.Combine(root, pathOrName);
                if (Directory.Exists(folder))
                    return FromFolder(folder, options);
                searched.Add(root);
            }
        }
        throw Throw.BackboneNotFound(pathOrName, searched);
    }

    /// <summary>The folders in which names are looked up, in order; the download cache last.</summary>
    public static IEnumerable<string> ModelFolders()
    {
        string[] listed = (Environment.GetEnvironmentVariable(ModelsVariable) ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return [.. listed, Path.Combine(CacheFolder(), "models")];
    }

    /// <summary>Where downloads go: MLTRANSFER_CACHE, else the user's cache folder.</summary>
    public static string CacheFolder()
    {
        if (Environment.GetEnvironmentVariable(CacheVariable) is { Length: > 0 } set)
            return set;
        if (Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } xdg)
            return Path.Combine(xdg, "mltransfer");
        string user = OperatingSystem.IsWindows() || OperatingSystem.IsMacOS()
            ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.Combine(user, "mltransfer");
    }

    /// <summary>A JSON file of the folder, which need not be there.</summary>
    public ConfigFile Config(string relativePath) => ConfigFile.Read(Path.Combine(_folder, relativePath));

    private static BackboneFiles FromFile(string path)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        // A graph in the subfolder "onnx" of a Hugging Face folder has its tokenizer and configuration one level up.
        if (Path.GetFileName(folder) == "onnx" && !HasCompany(folder) && Path.GetDirectoryName(folder) is string parent && HasCompany(parent))
            folder = parent;
        BackboneCard? card = ReadCard(folder);
        bool about = card is not null && Path.GetFullPath(Path.Combine(folder, card.Graph)) == Path.GetFullPath(path);
        return new BackboneFiles(folder, path, about ? card : CardInGraph(folder, path), path);
    }

    private static BackboneFiles FromFolder(string folder, BackboneOptions options)
    {
        string[] candidates = [.. Directory.EnumerateFiles(folder, "*.onnx").Order(StringComparer.Ordinal)];
        string inner = Path.Combine(folder, "onnx");
        if (Directory.Exists(inner))
            candidates = [.. candidates, .. Directory.EnumerateFiles(inner, "*.onnx").Order(StringComparer.Ordinal)];
        BackboneCard? card = ReadCard(folder);
        string graph = Choose(folder, candidates, card, options);
        bool about = card is not null && Path.GetFullPath(Path.Combine(folder, card.Graph)) == Path.GetFullPath(graph);
        return new BackboneFiles(folder, graph, about ? card : CardInGraph(folder, graph), folder);
    }

    private static string Choose(string folder, string[] candidates, BackboneCard? card, BackboneOptions options)
    {
        if (candidates.Length == 0)
            throw Throw.NoGraphInFolder(folder);
        string[] names = [.. candidates.Select(c => Path.GetRelativePath(folder, c).Replace('\\', '/'))];
        if (options.Variant is string variant)
        {
            int[] matches = [.. Enumerable.Range(0, names.Length).Where(i =>
                names[i] == variant || Path.GetFileName(names[i]) == variant || Path.GetFileNameWithoutExtension(names[i]) == variant)];
            return matches.Length == 1 ? candidates[matches[0]] : throw Throw.NoSuchVariant(folder, variant, names);
        }
        if (card is not null)
        {
            int stated = Array.IndexOf(names, card.Graph);
            return stated >= 0 ? candidates[stated]
                : throw Throw.CardValue(Path.Combine(folder, BackboneCard.FileName), "graph", card.Graph, $"one of {string.Join(", ", names)}");
        }
        if (candidates.Length == 1)
            return candidates[0];
        int[] plain = [.. Enumerable.Range(0, names.Length).Where(i => Path.GetFileName(names[i]) == "model.onnx")];
        return plain.Length == 1 ? candidates[plain[0]] : throw Throw.SeveralGraphs(folder, names);
    }

    private static bool HasCompany(string folder) =>
        WordPieceTokenizer.FileNames.Append(BackboneCard.FileName).Append("config.json").Any(name => File.Exists(Path.Combine(folder, name)));

    /// <summary>The card that an exported graph carries; null where it carries none.</summary>
    private static BackboneCard? CardInGraph(string folder, string path)
    {
        using OnnxModel model = ModelSource.FromFile(path).Read();
        string? json = model.Metadata.FirstOrDefault(m => m.Key == ExportMetadata.Card).Value;
        return json is null ? null : BackboneCard.Parse(Encoding.UTF8.GetBytes(json), $"{path} ({ExportMetadata.Card})") with
        {
            Graph = Path.GetRelativePath(folder, path).Replace('\\', '/'),
        };
    }

    private static BackboneCard? ReadCard(string folder)
    {
        string path = Path.Combine(folder, BackboneCard.FileName);
        return File.Exists(path) ? BackboneCard.Parse(File.ReadAllBytes(path), path) : null;
    }
}
