using MLTransfer.Distillation.Students;
using MLTransfer.Tests.Support;
using MLTransfer.Text;

namespace MLTransfer.Tests.Distillation.Students;

/// <summary>Vocabularies cut to texts: learnt by merges, or cut from a teacher's.</summary>
internal sealed class WordPieceVocabularyTests
{
    private static WordCounts Words(params string[] texts) => WordCounts.Of(texts, WordCounts.Uncased);

    [Test]
    public void Learn_JoinsTheMostFrequentNeighbours_AsByHand()
    {
        // hug 10, pug 5, pun 12, bun 4, hugs 5. ##u ##g stands 20 times, then ##u ##n 16, h ##ug 15, p ##un 12; of p ##ug and hug ##s, 5 each, p has the smaller id; last b ##un, 4.
        string text = string.Join(' ', Repeat("hug", 10), Repeat("Pug", 5), Repeat("pun", 12), Repeat("bun", 4), Repeat("hugs", 5));
        string[] characters = ["b", "g", "h", "n", "p", "s", "u", "##b", "##g", "##h", "##n", "##p", "##s", "##u"];
        string[] special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
        string[] joined = ["##ug", "##un", "hug", "pun", "pug", "hugs", "bun"];
        Assert.That(WordPieceVocabulary.Learn(Words(text), 1000).Tokens, Is.EqualTo((string[])[.. special, .. characters, .. joined]));
        Assert.That(WordPieceVocabulary.Learn(Words(text), 22).Tokens, Is.EqualTo((string[])[.. special, .. characters, .. joined[..3]]));

        static string Repeat(string word, int count) => string.Join(' ', Enumerable.Repeat(word, count));
    }

    [Test]
    public void Learn_WithCountsKeptUpToDate_IsAsWithCountsMadeAnew()
    {
        var random = new Random(5);
        // Few characters: pieces repeat inside a word (aaaa), and two ways lead to one piece.
        string[] texts = [.. Enumerable.Range(0, 300).Select(_ => string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => "aab"[random.Next(3)])))];
        string[] found = WordPieceVocabulary.Learn(Words(texts), 150).Tokens;
        Assert.That(found, Is.EqualTo(Naive(Words(texts), ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b", "##a", "##b"], 150)));
        Assert.That(found, Has.Length.GreaterThan(90), "until no pair stands twice");
    }

    [Test]
    public void Learn_OnRealSentences_CoversAllOfThem()
    {
        string[] texts = [.. StudentRows.Worded(200).Concat(StudentRows.Ordered(200)).Select(r => r.Text), "Ünïcödé 你好 — 42%!", "naïve 你"];
        WordPieceVocabulary vocabulary = WordPieceVocabulary.Learn(Words(texts), 400);
        WordPieceTokenizer tokenizer = vocabulary.ToTokenizer();
        Assert.That(vocabulary.Tokens, Is.Unique);
        Assert.That(tokenizer.VocabularySize, Is.EqualTo(vocabulary.Tokens.Length));
        foreach (string text in texts)
        {
            int[] ids = tokenizer.Encode(text, 512).Ids;
            Assert.That(ids, Has.None.EqualTo(tokenizer.UnkId), text);
            string decoded = string.Concat(ids[1..^1].Select(tokenizer.Token).Select(t => t.StartsWith("##", StringComparison.Ordinal) ? t[2..] : t));
            string normalized = WordPieceScan.Normalize(WordCounts.Uncased, text);
            Assert.That(decoded, Is.EqualTo(string.Concat(normalized.Where(c => !char.IsWhiteSpace(c)))), text);
        }
        // Words never seen, of characters that were.
        Assert.That(tokenizer.Encode("kadriot", 512).Ids, Has.None.EqualTo(tokenizer.UnkId));
        Assert.That(vocabulary.Tokens, Has.Member("transfer").And.No.Member("##你").And.No.Member("##%"));
    }

    [Test]
    public void Learn_NoRoomForAllCharacters_KeepsTheFrequentOnes()
    {
        WordPieceVocabulary vocabulary = WordPieceVocabulary.Learn(Words("aaab", "aab", "aac"), 10);
        Assert.That(vocabulary.Tokens[5..], Is.EqualTo(new[] { "a", "b", "##a", "##b", "aa" }));
        WordPieceTokenizer tokenizer = vocabulary.ToTokenizer();
        Assert.That(tokenizer.Encode("aac", 10).Ids, Has.Member(tokenizer.UnkId));
    }

    [Test]
    public void Cut_KeepsWhatTheTextsAreMadeOf_InTheTeachersOrder()
    {
        WordPieceTokenizer teacher = TinyBackbones.Text().Tokenizer!;
        WordPieceVocabulary vocabulary = WordPieceVocabulary.Cut(teacher, Words("My payment is lost!", "how do I pay?", "zebra"), 64);
        Assert.That(vocabulary.Tokens, Is.EqualTo(new[] { "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "pay", "##ment", "##s", "lost", "my", "i", "is", "how", "do", "?", "!" }));
        WordPieceTokenizer own = vocabulary.ToTokenizer();
        foreach (string text in (string[])["My payment is lost!", "how do I pay?", "zebra", "?!"])
        {
            string[] expected = [.. teacher.Encode(text, 16).Ids.Select(teacher.Token)];
            Assert.That(own.Encode(text, 16).Ids.Select(own.Token), Is.EqualTo(expected), text);
        }
    }

    [Test]
    public void Cut_NoRoomForAllTokens_KeepsTheFrequentOnes()
    {
        WordPieceTokenizer teacher = TinyBackbones.Text().Tokenizer!;
        WordPieceVocabulary vocabulary = WordPieceVocabulary.Cut(teacher, Words("pay pay pay card card bank"), 8);
        Assert.That(vocabulary.Tokens[5..], Is.EqualTo(new[] { "a", "card", "pay" }));
    }

    [Test]
    public void Of_ManyTexts_CountsWordsAsTheTokenizerCutsThem()
    {
        WordCounts words = Words("Don't stop", "don't  STOP, 100%", "你好");
        Assert.That(words.Words, Is.EqualTo(new[] { ("%", 1L), ("'", 2L), (",", 1L), ("100", 1L), ("don", 2L), ("stop", 2L), ("t", 2L), ("你", 1L), ("好", 1L) }));
    }

    /// <summary>The same algorithm with all pairs counted anew for each merge.</summary>
    private static string[] Naive(WordCounts words, string[] first, int size)
    {
        List<string> tokens = [.. first];
        List<(List<string> Pieces, long Count)> cut = [.. words.Words.Select(w => (w.Word.Select((c, i) => i == 0 ? $"{c}" : $"##{c}").ToList(), w.Count))];
        while (tokens.Count < size)
        {
            var counts = new Dictionary<(string, string), long>();
            foreach ((List<string> pieces, long count) in cut)
            {
                for (int i = 0; i + 1 < pieces.Count; i++)
                    counts[(pieces[i], pieces[i + 1])] = counts.GetValueOrDefault((pieces[i], pieces[i + 1])) + count;
            }
            KeyValuePair<(string, string), long>[] best = [.. counts.Where(c => c.Value >= 2).OrderByDescending(c => c.Value).ThenBy(c => tokens.IndexOf(c.Key.Item1)).ThenBy(c => tokens.IndexOf(c.Key.Item2)).Take(1)];
            if (best.Length == 0)
                break;
            (string left, string right) = best[0].Key;
            string joined = left + right[2..];
            if (!tokens.Contains(joined))
                tokens.Add(joined);
            foreach ((List<string> pieces, _) in cut)
            {
                for (int i = 0; i + 1 < pieces.Count; i++)
                {
                    if (pieces[i] != left || pieces[i + 1] != right)
                        continue;
                    pieces[i] = joined;
                    pieces.RemoveAt(i + 1);
                }
            }
        }
        return [.. tokens];
    }
}
