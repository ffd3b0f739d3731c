using System.Globalization;
using System.Text;
using MLTransfer.Internal;
using MLTransfer.Text;

namespace MLTransfer.Distillation.Students;

/// <summary>
/// A WordPiece vocabulary cut to texts: [PAD], [UNK], [CLS], [SEP] and [MASK] with the ids 0 to 4, the characters, then pieces of words. A piece that continues a word begins with ##.
/// </summary>
internal sealed class WordPieceVocabulary
{
    public const string Continuation = "##";

    // As the reference's trainer: of a text in many scripts the rare characters are unknown.
    private const int MostCharacters = 1000;

    private static readonly string[] Special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

    private WordPieceVocabulary(IEnumerable<string> tokens, BertNormalizerOptions normalizer)
    {
        Tokens = [.. tokens];
        Normalizer = normalizer;
        Files = new Dictionary<string, byte[]>
        {
            ["vocab.txt"] = Encoding.UTF8.GetBytes(string.Join('\n', Tokens) + "\n"),
            [VocabularyText.ConfigFile] = Encoding.UTF8.GetBytes(Config(normalizer)),
        };
    }

    /// <summary>By id.</summary>
    public string[] Tokens { get; }

    public BertNormalizerOptions Normalizer { get; }

    /// <summary>The tokenizer's files.</summary>
    public IReadOnlyDictionary<string, byte[]> Files { get; }

    /// <summary>How many special tokens there are: the first ids.</summary>
    public static int SpecialCount => Special.Length;

    public WordPieceTokenizer ToTokenizer() => WordPieceTokenizer.FromFiles(Files, "the student's vocabulary");

    /// <summary>
    /// Learns pieces as the trainer of Hugging Face's BertWordPieceTokenizer does: single characters first, then again and again the two neighbours that stand beside each other most
    /// often are joined, until there are enough tokens or no two stand together twice. Each character is there to begin a word with, and to continue one where it can.
    /// </summary>
    /// <param name="words">The words and their counts.</param>
    /// <param name="size">Tokens at most, special ones included.</param>
    /// <param name="cancel">Ends it between two words and between two joins.</param>
    /// <remarks>
    /// Equal counts: the pair of the smaller ids. The 1,000 most frequent characters are kept, fewer where the size asks for it; words with others teach nothing.
    /// </remarks>
    public static WordPieceVocabulary Learn(WordCounts words, int size, CancellationToken cancel = default)
    {
        var merges = new WordPieceMerges([.. Special, .. Characters(words, size - Special.Length)], words, cancel);
        merges.Run(size, cancel);
        return new WordPieceVocabulary(merges.Tokens, words.Normalizer);
    }

    /// <summary>
    /// The tokens of a teacher's vocabulary that the words are made of, the most frequent ones where there are too many, in the teacher's order. The characters of all of them stay, so
    /// that what loses its token is spelt in pieces.
    /// </summary>
    /// <param name="teacher">The teacher's tokenizer.</param>
    /// <param name="words">The words, normalized as the teacher does.</param>
    /// <param name="size">Tokens at most, special ones included.</param>
    /// <param name="cancel">Ends it between two words.</param>
    /// <exception cref="NotSupportedException">The teacher's tokenizer does what a vocab.txt cannot say.</exception>
    public static WordPieceVocabulary Cut(WordPieceTokenizer teacher, WordCounts words, int size, CancellationToken cancel = default)
    {
        WordPieceDefinition definition = teacher.Definition;
        if (definition.ContinuationPrefix != Continuation || !definition.Normalizer.CleanText)
            throw Throw.StudentVocabularyOfTeacher(definition.ContinuationPrefix, definition.Normalizer.CleanText);
        long[] counts = new long[teacher.VocabularySize];
        int[] ids = [];
        foreach ((string word, long count) in words.Words)
        {
            cancel.ThrowIfCancellationRequested();
            int length = teacher.Encode(word, int.MaxValue, ref ids);
            foreach (int id in ids.AsSpan(0, length))
                counts[id] += count;
        }
        HashSet<string> special = [.. Special, .. definition.AddedTokens.Select(t => t.Content)];
        (string Token, long Count)[] used = [.. counts.Select((count, id) => (Token: teacher.Token(id), Count: count)).Where(t => t.Count > 0 && !special.Contains(t.Token))];
        HashSet<string> characters = [.. used.SelectMany(t => Bare(t.Token).EnumerateRunes()).SelectMany(r => (string[])[$"{r}", $"{Continuation}{r}"])];
        HashSet<string> kept = [.. Enumerable.Range(0, counts.Length).Select(id => (Token: teacher.Token(id), Count: counts[id])).Where(t => characters.Contains(t.Token))
            .OrderByDescending(t => t.Count).Select(t => t.Token).Take(size - Special.Length)];
        foreach ((string token, _) in used.OrderByDescending(t => t.Count))
        {
            if (kept.Count == size - Special.Length)
                break;
            kept.Add(token);
        }
        return new WordPieceVocabulary([.. Special, .. Enumerable.Range(0, counts.Length).Select(teacher.Token).Where(kept.Remove)], words.Normalizer);
    }

    /// <summary>How often the tokenizer uses each token for the words.</summary>
    public long[] Count(WordPieceTokenizer tokenizer, WordCounts words)
    {
        long[] counts = new long[Tokens.Length];
        int[] ids = [];
        foreach ((string word, long count) in words.Words)
        {
            int length = tokenizer.Encode(word, int.MaxValue, ref ids);
            foreach (int id in ids.AsSpan(0, length))
                counts[id] += id < Special.Length ? 0 : count;
        }
        return counts;
    }

    private static string Bare(string token) => token.StartsWith(Continuation, StringComparison.Ordinal) ? token[Continuation.Length..] : token;

    /// <summary>The characters in both forms, by code point.</summary>
    private static IEnumerable<string> Characters(WordCounts words, int room)
    {
        var counts = new Dictionary<Rune, long>();
        foreach ((string word, long count) in words.Words)
        {
            foreach (Rune rune in word.EnumerateRunes())
                counts[rune] = counts.GetValueOrDefault(rune) + count;
        }
        var kept = new List<Rune>();
        foreach (Rune rune in counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key).Select(c => c.Key).Take(MostCharacters))
        {
            room -= Continues(rune) ? 2 : 1;
            if (room < 0)
                break;
            kept.Add(rune);
        }
        kept.Sort();
        return kept.Select(r => $"{r}").Concat(kept.Where(Continues).Select(r => $"{Continuation}{r}"));
    }

    /// <summary>Whether a character may stand behind another one of its word: punctuation and Chinese characters are words of their own.</summary>
    private static bool Continues(Rune rune) => (BertUnicode.Classes(rune.Value) & (CharClasses.Punctuation | CharClasses.Chinese)) == 0;

    private static string Config(BertNormalizerOptions normalizer) => string.Create(CultureInfo.InvariantCulture, $$"""
        {
          "tokenizer_class": "BertTokenizer",
          "do_lower_case": {{Flag(normalizer.Lowercase)}},
          "tokenize_chinese_chars": {{Flag(normalizer.HandleChineseChars)}},
          "strip_accents": {{Flag(normalizer.StripAccents)}},
          "unk_token": "[UNK]",
          "sep_token": "[SEP]",
          "pad_token": "[PAD]",
          "cls_token": "[CLS]",
          "mask_token": "[MASK]"
        }

        """).ReplaceLineEndings("\n");

    private static string Flag(bool value) => value ? "true" : "false";
}
