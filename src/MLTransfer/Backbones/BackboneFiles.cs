using System.Diagnostics;
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

    // What is read of a folder besides graph, card and tokenizer.
    private static readonly string[] ConfigNames =
    [
        "config.json", MediaSettings.ConfigName, "modules.json", "1_Pooling/config.json", "sentence_bert_config.json", "config_sentence_transformers.json", VocabularyText.ConfigFile,
    ];

    private readonly string _folder;

    private BackboneFiles(string folder, string graphPath, BackboneCard? card, string origin, string? name = null)
    {
        _folder = folder;
        GraphPath = graphPath;
        Card = card;
        Origin = origin;
        Name = name ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(origin.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase)
            ? Path.ChangeExtension(origin, null) : Path.GetFullPath(origin)));
        Tokenizer = WordPieceTokenizer.FileNames.Where(name => File.Exists(Path.Combine(folder, name)))
            .ToDictionary(name => name, name => File.ReadAllBytes(Path.Combine(folder, name)));
    }

    /// <summary>The paths of all small files that are read of a folder, each where it is there: the card first.</summary>
    public static IReadOnlyList<string> SmallFiles { get; } = [.. ConfigNames.Concat(WordPieceTokenizer.FileNames).Prepend(BackboneCard.FileName).Distinct(StringComparer.Ordinal)];

    public string GraphPath { get; }

    /// <summary>The graph's path as the card states it: relative to the folder, with forward slashes.</summary>
    public string GraphName => Path.GetRelativePath(_folder, GraphPath).Replace('\\', '/');

    public BackboneCard? Card { get; }

    public string Origin { get; }

    public string Name { get; }

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
            var downloads = new HubCache(CacheFolder());
            if (HubSnapshot.Find(downloads, pathOrName, HubOptions.DefaultRevision) is HubSnapshot snapshot)
                return FromSnapshot(snapshot, options);
            searched.Add(downloads.Root);
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

    /// <summary>The files of a download. Only those of whole graphs are in its folder under their own names.</summary>
    public static BackboneFiles FromSnapshot(HubSnapshot snapshot, BackboneOptions options) => FromFolder(snapshot.Folder, options, snapshot.Repository.Name);

    /// <summary>A JSON file of the folder, which need not be there.</summary>
    public ConfigFile Config(string relativePath)
    {
        // What is not among them would not be downloaded.
        Debug.Assert(ConfigNames.Contains(relativePath), relativePath);
        return ConfigFile.Read(Path.Combine(_folder, relativePath));
    }

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

    private static BackboneFiles FromFolder(string folder, BackboneOptions options, string? name = null)
    {
        string inner = Path.Combine(folder, "onnx");
        IEnumerable<string> files = Directory.EnumerateFiles(folder).Concat(Directory.Exists(inner) ? Directory.EnumerateFiles(inner) : []);
        string[] names = GraphChoice.Candidates(files.Select(f => Path.GetRelativePath(folder, f).Replace('\\', '/')));
        if (names.Length == 0)
            throw Throw.NoGraphInFolder(folder);
        BackboneCard? card = ReadCard(folder);
        string chosen = GraphChoice.Choose(new GraphPlace($"folder '{folder}'", "BackboneOptions.Variant", Path.Combine(folder, BackboneCard.FileName)), names, card, options.Variant);
        string graph = Path.Combine(folder, chosen.Replace('/', Path.DirectorySeparatorChar));
        bool about = card is not null && Path.GetFullPath(Path.Combine(folder, card.Graph)) == Path.GetFullPath(graph);
        return new BackboneFiles(folder, graph, about ? card : CardInGraph(folder, graph), folder, name);
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

    /// <summary>The card of a folder; null where there is none.</summary>
    public static BackboneCard? ReadCard(string folder)
    {
        string path = Path.Combine(folder, BackboneCard.FileName);
        return File.Exists(path) ? BackboneCard.Parse(File.ReadAllBytes(path), path) : null;
    }
}
