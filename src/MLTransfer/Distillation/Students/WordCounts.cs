using System.Text;
using MLTransfer.Internal;
using MLTransfer.Text;

namespace MLTransfer.Distillation.Students;

/// <summary>The words of texts, as BERT's normalizer and pre-tokenizer make them, and how often each occurs.</summary>
internal sealed class WordCounts
{
    // What the tokenizer takes for unknown as a whole is no word to learn from.
    private const int LongestWord = 100;

    private WordCounts(Dictionary<string, long> counts, BertNormalizerOptions normalizer)
    {
        Words = [.. counts.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => (c.Key, c.Value))];
        Normalizer = normalizer;
    }

    /// <summary>What BERT's uncased models do.</summary>
    public static BertNormalizerOptions Uncased { get; } = new() { CleanText = true, HandleChineseChars = true, StripAccents = true, Lowercase = true };

    /// <summary>In ordinal order, so that nothing depends on the order of the texts.</summary>
    public (string Word, long Count)[] Words { get; }

    /// <summary>How the texts were normalized.</summary>
    public BertNormalizerOptions Normalizer { get; }

    /// <summary>Counts; the texts are read once.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="normalizer">What happens to a text before it is cut into words.</param>
    /// <param name="cancel">Ends it between two texts.</param>
    /// <exception cref="ArgumentException">A text is null, or no text holds a word.</exception>
    public static WordCounts Of(IEnumerable<string> texts, BertNormalizerOptions normalizer, CancellationToken cancel = default)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        long index = 0;
        foreach (string? text in texts)
        {
            cancel.ThrowIfCancellationRequested();
            if (text is null)
                throw Throw.StudentTextNull(index, nameof(texts));
            index++;
            Add(counts, WordPieceScan.Normalize(normalizer, text));
        }
        return counts.Count > 0 ? new WordCounts(counts, normalizer) : throw Throw.StudentWithoutWords(index, nameof(texts));
    }

    private static void Add(Dictionary<string, long> counts, ReadOnlySpan<char> text)
    {
        int start = 0, place = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            CharClasses classes = BertUnicode.Classes(rune.Value) & (CharClasses.White | CharClasses.Punctuation);
            int next = place + rune.Utf16SequenceLength;
            if (classes != 0)
            {
                Count(counts, text[start..place]);
                if (classes == CharClasses.Punctuation)
                    Count(counts, text[place..next]);
                start = next;
            }
            place = next;
        }
        Count(counts, text[start..]);
    }

    private static void Count(Dictionary<string, long> counts, ReadOnlySpan<char> word)
    {
        if (word.Length is 0 or > LongestWord)
            return;
        System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(counts, word.ToString(), out _)++;
    }
}
