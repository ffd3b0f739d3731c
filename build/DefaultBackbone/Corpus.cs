namespace MLTransfer.Build.DefaultBackbone;

/// <summary>
/// The texts that the student is trained on, each once, in a fixed order that mixes the sources, so that any first part of it stands for the whole.
/// </summary>
internal sealed class Corpus
{
    private const int Seed = 7;

    private Corpus(string[] texts, IReadOnlyList<(string Source, string Credit, int Count)> sources)
    {
        Texts = texts;
        Sources = sources;
    }

    public string[] Texts { get; }

    /// <summary>Where the texts are from, whom to thank, and how many each source gave that no source before it had.</summary>
    public IReadOnlyList<(string Source, string Credit, int Count)> Sources { get; }

    /// <param name="dataFolder">The folder of a labelled set, by its name.</param>
    /// <param name="wordNetFolder">The folder of WordNet's data files.</param>
    /// <param name="debianFile">Control stanzas with descriptions; <see cref="DebianTexts"/>.</param>
    public static Corpus Read(Func<string, string> dataFolder, string wordNetFolder, string debianFile)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var texts = new List<string>();
        var sources = new List<(string Source, string Credit, int Count)>();
        foreach ((string set, string credit) in LicensedTexts.Sets)
            Add(set, credit, LicensedTexts.Read(set, dataFolder(set)));
        Add("WordNet glosses", WordNetTexts.Credit, WordNetTexts.Read(wordNetFolder));
        Add("Debian package descriptions", DebianTexts.Credit, DebianTexts.Read(debianFile));
        string[] mixed = [.. texts];
        new Random(Seed).Shuffle(mixed);
        return new Corpus(mixed, sources);

        void Add(string source, string credit, IEnumerable<string> read)
        {
            int before = texts.Count;
            // The uncased teacher and its basic tokenizer see no capitals; equal letters may still differ in digits, so the text itself is the key.
            texts.AddRange(read.Select(t => string.Join(' ', t.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)))
                .Where(t => t.Length > 0 && seen.Add(t.ToLowerInvariant())));
            sources.Add((source, credit, texts.Count - before));
        }
    }
}
