using System.Text;

namespace MLTransfer.Build.DefaultBackbone;

/// <summary>Sentences of running text, and what two texts that differ in nothing that matters have in common.</summary>
internal static class TextPieces
{
    public static int CountWords(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;

    /// <summary>The sentences of a paragraph; one of more than <paramref name="mostWords"/> words is cut into pieces of equal length.</summary>
    public static IEnumerable<string> Sentences(string paragraph, int mostWords)
    {
        string[] words = paragraph.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        for (int start = 0; start < words.Length;)
        {
            int end = start + 1;
            while (end < words.Length && !EndsSentence(words[end - 1], words[end]))
                end++;
            int pieces = (end - start + mostWords - 1) / mostWords;
            for (int i = 0; i < pieces; i++)
                yield return string.Join(' ', words[(start + (end - start) * i / pieces)..(start + (end - start) * (i + 1) / pieces)]);
            start = end;
        }
    }

    /// <summary>Letters alone, in lower case, words parted by one space: version numbers and punctuation make no new text.</summary>
    public static string Key(string text)
    {
        var key = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            if (char.IsLetter(c))
                key.Append(char.ToLowerInvariant(c));
            else if (key.Length > 0 && key[^1] != ' ')
                key.Append(' ');
        }
        return key.ToString().TrimEnd();
    }

    // "e.g. Foo" and "v. 2" end no sentence: the word before the stop has four letters at least, and a capital follows.
    private static bool EndsSentence(string word, string next) =>
        word[^1] is '.' or '!' or '?' && (word.Length > 4 || word[^1] != '.') && char.IsUpper(next[0]);
}
