using System.Text;

namespace MLTransfer.Build.DefaultBackbone;

/// <summary>
/// Sentences of Debian's package descriptions, from a file of control stanzas with a field Description or Description-en: the index Translation-en, or
/// the output of <c>apt-cache dumpavail</c>. Lists, addresses and code are left out, and of sentences that begin alike a few stay.
/// </summary>
internal static class DebianTexts
{
    public const string Credit = "the maintainers of Debian 12's packages, descriptions under the licences of the packages";

    private const int FewestWords = 4;
    private const int MostWords = 40;

    /// <summary>Sentences that begin with the same words (<see cref="StemWords"/>): "This package contains the", once for each of a thousand libraries.</summary>
    private const int MostOfAStem = 3;
    private const int StemWords = 4;

    public static IEnumerable<string> Read(string path)
    {
        var stems = new Dictionary<string, int>(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string sentence in Paragraphs(File.ReadLines(path)).SelectMany(p => TextPieces.Sentences(p, MostWords)).Where(IsProse))
        {
            string key = TextPieces.Key(sentence);
            if (!seen.Add(key))
                continue;
            string stem = string.Join(' ', key.Split(' ').Take(StemWords));
            stems[stem] = stems.GetValueOrDefault(stem) + 1;
            if (stems[stem] <= MostOfAStem)
                yield return sentence;
        }
    }

    /// <summary>
    /// The synopsis up to its dash or bracket, which tell the parts of one source apart, and each paragraph of the description. deb-control(5): a
    /// line with one space belongs to a paragraph, with two it is set as it stands, " ." parts paragraphs.
    /// </summary>
    internal static IEnumerable<string> Paragraphs(IEnumerable<string> lines)
    {
        bool inside = false;
        var paragraph = new StringBuilder();
        foreach (string line in lines)
        {
            bool continues = inside && line.Length > 2 && line[0] == ' ' && line[1] is not (' ' or '.' or '*' or '-' or '+' or 'o');
            if (continues || (inside && line.StartsWith(" o", StringComparison.Ordinal) && line.Length > 2 && line[2] != ' '))
            {
                paragraph.Append(' ').Append(line.AsSpan().Trim());
                continue;
            }
            if (paragraph.Length > 0)
                yield return paragraph.ToString();
            paragraph.Clear();
            if (line.Length > 0 && line[0] == ' ')
                continue;
            inside = line.StartsWith("Description:", StringComparison.Ordinal) || line.StartsWith("Description-en:", StringComparison.Ordinal);
            if (inside)
            {
                string synopsis = line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..];
                yield return synopsis.Split(" - ")[0].Split(" -- ")[0].Split('(')[0].Trim();
            }
        }
        if (paragraph.Length > 0)
            yield return paragraph.ToString();
    }

    private static bool IsProse(string sentence)
    {
        int words = TextPieces.CountWords(sentence);
        int letters = sentence.Count(c => char.IsAsciiLetter(c) || c == ' ');
        return words >= FewestWords && letters >= 0.9 * sentence.Length && !sentence.Contains("://", StringComparison.Ordinal)
            && !sentence.Contains("www.", StringComparison.Ordinal) && !sentence.EndsWith(':');
    }
}
