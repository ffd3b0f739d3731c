using System.Text;

namespace MLTransfer.Text;

/// <summary>
/// One pass over a text: added tokens, normalizer, words, pieces, a code point at a time. It stops as soon as enough ids are there, so a long text
/// costs no more than the part that is used. Holds its buffers between texts; one thread at a time.
/// </summary>
internal sealed partial class WordPieceScan
{
    [ThreadStatic]
    private static WordPieceScan? _scan;

    private WordPieceRules _rules = null!;

    private char[] _word = new char[128];
    private int _wordLength, _wordCodePoints;

    private char[] _normalized = [];
    private int _normalizedLength;
    private bool _toBuffer;

    private int[] _ids = [];
    private int _count, _limit;
    private bool _full;

    /// <summary>Appends a text's ids.</summary>
    /// <param name="rules">How.</param>
    /// <param name="text">The text. A lone surrogate counts as U+FFFD.</param>
    /// <param name="ids">Where to; grows as needed.</param>
    /// <param name="start">The first place to fill.</param>
    /// <param name="enough">How many ids are enough: no further word is cut then.</param>
    /// <returns>How many ids were appended; the last word may bring more than were enough.</returns>
    public static int Append(WordPieceRules rules, ReadOnlySpan<char> text, ref int[] ids, int start, int enough)
    {
        WordPieceScan scan = _scan ??= new WordPieceScan();
        scan.Begin(rules);
        scan._ids = ids;
        scan._count = start;
        scan._limit = (int)Math.Min((long)start + enough, int.MaxValue);
        scan._full = enough == 0;
        scan.Raw(text);
        ids = scan._ids;
        // A thread's scan outlives the caller's buffer and tokenizer; it must not keep them alive.
        scan._ids = [];
        scan._rules = null!;
        return scan._count - start;
    }

    private void Begin(WordPieceRules rules)
    {
        _rules = rules;
        Begin(rules.Normalizer);
    }

    private void Raw(ReadOnlySpan<char> text)
    {
        AddedTokenFinder finder = _rules.RawTokens;
        int taken = 0;
        int from = 0;
        while (!_full && finder.TryFind(text, from, taken, out var found))
        {
            if (found.Start > taken)
                Segment(text[taken..found.Start]);
            Add(found.Token);
            taken = found.End;
            from = found.Next;
        }
        if (taken < text.Length && !_full)
            Segment(text[taken..]);
    }

    private void Segment(ReadOnlySpan<char> text)
    {
        AddedTokenFinder finder = _rules.NormalizedTokens;
        if (finder.IsEmpty)
        {
            Normalize(text);
            EndWord();
            return;
        }
        _normalizedLength = 0;
        _toBuffer = true;
        Normalize(text);
        _toBuffer = false;
        ReadOnlySpan<char> normalized = _normalized.AsSpan(0, _normalizedLength);
        int taken = 0;
        int from = 0;
        while (!_full && finder.TryFind(normalized, from, taken, out var found))
        {
            if (found.Start > taken)
                Words(normalized[taken..found.Start]);
            Add(found.Token);
            taken = found.End;
            from = found.Next;
        }
        if (taken < normalized.Length && !_full)
            Words(normalized[taken..]);
    }

    private void Words(ReadOnlySpan<char> normalized)
    {
        foreach (Rune rune in normalized.EnumerateRunes())
        {
            if (_full)
                break;
            Put(rune.Value);
        }
        EndWord();
    }

    private void Put(int c)
    {
        if (_toBuffer)
        {
            if (_normalizedLength + 2 > _normalized.Length)
                Array.Resize(ref _normalized, Math.Max(256, _normalized.Length * 2));
            _normalizedLength += new Rune(c).EncodeToUtf16(_normalized.AsSpan(_normalizedLength));
            return;
        }
        CharClasses classes = BertUnicode.Classes(c) & (CharClasses.White | CharClasses.Punctuation);
        if (classes == 0)
        {
            Grow(c);
            return;
        }
        EndWord();
        if (classes == CharClasses.Punctuation)
        {
            Grow(c);
            EndWord();
        }
    }

    private void Grow(int c)
    {
        // Beyond the limit the word is unknown whatever follows; only its end is still of interest.
        if (_full || _wordCodePoints > _rules.MaximumWordLength)
            return;
        _wordCodePoints++;
        if (_wordLength + 2 > _word.Length)
            Array.Resize(ref _word, _word.Length * 2);
        if (c < 0x10000)
            _word[_wordLength++] = (char)c;
        else
            _wordLength += new Rune(c).EncodeToUtf16(_word.AsSpan(_wordLength));
    }

    private void EndWord()
    {
        if (_wordLength == 0)
            return;
        if (_count + _wordLength > _ids.Length)
            Array.Resize(ref _ids, Math.Max(_count + _wordLength, _ids.Length * 2));
        bool tooLong = _wordCodePoints > _rules.MaximumWordLength;
        int pieces = tooLong ? 0 : _rules.Trie.Split(_word.AsSpan(0, _wordLength), _ids.AsSpan(_count));
        if (pieces == 0)
            Push(_rules.UnkId);
        else
            _count += pieces;
        _wordLength = _wordCodePoints = 0;
        _full = _count >= _limit;
    }

    /// <summary>An added token alone never ends the scan, only a word does: that is how the reference counts, and for pairs it shows.</summary>
    private void Add(AddedToken token)
    {
        if (!_full)
            Push(token.Id);
    }

    private void Push(int id)
    {
        if (_count == _ids.Length)
            Array.Resize(ref _ids, Math.Max(16, _ids.Length * 2));
        _ids[_count++] = id;
    }
}
