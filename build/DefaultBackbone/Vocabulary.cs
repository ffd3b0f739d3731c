using System.Text;
using MLTransfer.Text;

namespace MLTransfer.Build.DefaultBackbone;

/// <summary>
/// The tokens of the table: special ones, single characters, frequent continuations, and the most frequent words, be they tokens of the teacher or
/// words of the licensed text that the teacher spells in pieces. WordPiece takes the longest match, so such a word is one token from then on.
/// </summary>
internal sealed class Vocabulary
{
    // Zipf's law with Mandelbrot's shift: the first ranks of a vocabulary are less frequent than 1/rank says.
    private const double ZipfShift = 3;

    private const string Continuation = "##";
    private static readonly string[] Special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

    private Vocabulary(string[] tokens, double[] zipf)
    {
        Tokens = tokens;
        Zipf = zipf;
    }

    public string[] Tokens { get; }

    /// <summary>The frequency of each token by its rank in the teacher's vocabulary; 0 for those that are not whole words there.</summary>
    public double[] Zipf { get; }

    public static int SpecialCount => Special.Length;

    public byte[] ToFile() => Encoding.UTF8.GetBytes(string.Join('\n', Tokens) + "\n");

    public static Vocabulary Choose(WordPieceTokenizer teacher, string[] texts, Recipe recipe)
    {
        (Dictionary<string, int> words, int[] pieces) = Count(teacher, texts);
        double wordTotal = words.Values.Sum(c => (double)c);
        string[] known = [.. Enumerable.Range(0, teacher.VocabularySize).Select(teacher.Token)];
        // A bracket begins special and unused tokens; the bracket itself goes with them, it says nothing.
        // Tokens of other scripts are single characters, mostly; those that occur in the texts stay.
        string[] usable = [.. known.Where((token, id) => !token.StartsWith('[') && (Ascii.IsValid(token) || pieces[id] > 0))];

        string[] single = [.. usable.Where(IsSingle)];
        Dictionary<string, int> ids = known.Select((token, id) => (token, id)).ToDictionary(t => t.token, t => t.id);
        string[] continuations = [.. usable.Where(t => Continues(t) && !IsSingle(t))
            .OrderByDescending(t => pieces[ids[t]]).ThenBy(t => ids[t]).Take(recipe.ContinuationCount)];

        string[] whole = [.. known.Where(t => Ascii.IsValid(t) && !t.StartsWith('[') && !Continues(t) && !IsSingle(t))];
        double norm = Enumerable.Range(0, whole.Length).Sum(i => 1 / (i + ZipfShift));
        Dictionary<string, double> zipf = whole.Select((token, i) => (token, i)).ToDictionary(t => t.token, t => 1 / (t.i + ZipfShift) / norm);
        IEnumerable<string> frequent = whole.Union(words.Keys.Where(w => !IsSingle(w)))
            .Select(word => (word, score: zipf.GetValueOrDefault(word) + recipe.LicensedWordWeight * words.GetValueOrDefault(word) / wordTotal))
            .OrderByDescending(w => w.score).ThenBy(w => w.word, StringComparer.Ordinal).Select(w => w.word);

        string[] tokens = [.. Special, .. single, .. continuations];
        tokens = [.. tokens, .. frequent.Take(recipe.TokenCount - tokens.Length)];
        return new Vocabulary(tokens, [.. tokens.Select(t => zipf.GetValueOrDefault(t))]);
    }

    private static bool Continues(string token) => token.StartsWith(Continuation, StringComparison.Ordinal);

    private static bool IsSingle(string token) => (Continues(token) ? token[Continuation.Length..] : token).EnumerateRunes().Count() == 1;

    /// <summary>
    /// Words as the teacher's tokenizer sees them, put together from their pieces, and how often each token of the teacher is used.
    /// </summary>
    private static (Dictionary<string, int> Words, int[] Pieces) Count(WordPieceTokenizer teacher, string[] texts)
    {
        var words = new Dictionary<string, int>(StringComparer.Ordinal);
        var pieces = new int[teacher.VocabularySize];
        var word = new StringBuilder();
        foreach (string text in texts)
        {
            TokenIds ids = teacher.Encode(text, int.MaxValue);
            for (int i = 1; i < ids.Count; i++)
            {
                string token = teacher.Token(ids.Ids[i]);
                bool continues = Continues(token);
                if (!continues && word.Length > 0)
                {
                    string whole = word.ToString();
                    words[whole] = words.GetValueOrDefault(whole) + 1;
                    word.Clear();
                }
                if (ids.SpecialTokensMask[i] || ids.Ids[i] == teacher.UnkId)
                    continue;
                pieces[ids.Ids[i]]++;
                word.Append(token, continues ? Continuation.Length : 0, token.Length - (continues ? Continuation.Length : 0));
            }
        }
        return (words, pieces);
    }
}
