namespace MLTransfer.Build.DefaultBackbone;

/// <summary>Definitions and example sentences of WordNet's files data.noun, data.verb, data.adj and data.adv (wndb(5WN)).</summary>
internal static class WordNetTexts
{
    public const string Credit = "Princeton University 2006, WordNet 3.0 licence";

    private const int FewestWords = 3;
    private static readonly string[] Files = ["data.noun", "data.verb", "data.adj", "data.adv"];

    /// <summary>Each gloss as its definition and, apart, its quoted examples, in the order of the files.</summary>
    public static IEnumerable<string> Read(string folder) => Files.SelectMany(file => File.ReadLines(Path.Combine(folder, file)))
        // The licence at the head of each file is indented.
        .Where(line => !line.StartsWith(' '))
        .SelectMany(line => Split(line[(line.IndexOf('|', StringComparison.Ordinal) + 1)..]))
        .Where(text => TextPieces.CountWords(text) >= FewestWords);

    /// <summary>What stands outside quotes is the definition, its parts joined by semicolons; each quotation is a text of its own.</summary>
    internal static IEnumerable<string> Split(string gloss)
    {
        string[] parts = gloss.Split('"');
        IEnumerable<string> outside = parts.Where((_, i) => i % 2 == 0).SelectMany(p => p.Split(';'))
            // Between two quotations stand a semicolon, or the name of the one who is quoted, after a dash.
            .Select(p => p.Trim()).Where(p => p.Length > 0 && p[0] is not ('-' or ',' or '.'));
        yield return string.Join("; ", outside);
        for (int i = 1; i < parts.Length; i += 2)
            yield return parts[i].Trim();
    }
}
