using System.Text;

namespace MLTransfer.Text;

// The normalizer's part: cleaning, Chinese characters, accents, lower case, in the reference's order.
internal sealed partial class WordPieceScan
{
    private readonly List<(int CodePoint, byte CombiningClass)> _waiting = [];
    private bool _clean, _chinese, _strip, _lower;

    /// <summary>The text as the normalizer leaves it.</summary>
    public static string Normalize(BertNormalizerOptions options, string text)
    {
        var scan = new WordPieceScan();
        scan.Begin(options);
        scan._toBuffer = true;
        scan.Normalize(text);
        return new string(scan._normalized, 0, scan._normalizedLength);
    }

    private void Begin(BertNormalizerOptions options)
    {
        (_clean, _chinese, _strip, _lower) = (options.CleanText, options.HandleChineseChars, options.StripAccents, options.Lowercase);
        _waiting.Clear();
        _wordLength = _wordCodePoints = _normalizedLength = 0;
        _toBuffer = _full = false;
    }

    private void Normalize(ReadOnlySpan<char> text)
    {
        int i = 0;
        while (i < text.Length && !_full)
        {
            char c = text[i];
            if (char.IsAscii(c) && _waiting.Count == 0)
            {
                i++;
                if (_clean && (BertUnicode.Classes(c) & (CharClasses.Removed | CharClasses.White)) is var classes and not 0)
                {
                    if ((classes & CharClasses.Removed) == 0)
                        Put(' ');
                    continue;
                }
                Put(_lower && char.IsAsciiLetterUpper(c) ? c | 0x20 : c);
                continue;
            }
            Rune.DecodeFromUtf16(text[i..], out Rune rune, out int consumed);
            i += consumed;
            Clean(rune.Value);
        }
        Release();
    }

    private void Clean(int c)
    {
        CharClasses classes = BertUnicode.Classes(c);
        if (_clean)
        {
            if ((classes & CharClasses.Removed) != 0)
                return;
            if ((classes & CharClasses.White) != 0)
                c = ' ';
        }
        bool apart = _chinese && (classes & CharClasses.Chinese) != 0;
        if (apart)
            Strip(' ');
        Strip(c);
        if (apart)
            Strip(' ');
    }

    private void Strip(int c)
    {
        if (!_strip)
        {
            Lower(c);
            return;
        }
        if ((BertUnicode.Classes(c) & CharClasses.Decomposes) == 0)
        {
            Order(c);
            return;
        }
        Span<int> room = stackalloc int[3];
        foreach (int part in BertUnicode.Decompose(c, room))
            Order(part);
    }

    /// <summary>
    /// Canonical ordering and the dropping of marks at once: dropping some of a stably sorted run leaves the rest sorted, so only the few kept ever
    /// wait.
    /// </summary>
    private void Order(int c)
    {
        CharClasses classes = BertUnicode.Classes(c);
        bool kept = (classes & CharClasses.Mark) == 0;
        if ((classes & CharClasses.Reordered) == 0)
        {
            Release();
            if (kept)
                Lower(c);
        }
        else if (kept)
        {
            _waiting.Add((c, BertUnicode.CombiningClass(c)));
        }
    }

    private void Release()
    {
        if (_waiting.Count == 0)
            return;
        // A stable sort; inserting each in its place would be quadratic in a text made of nothing else.
        foreach ((int c, _) in _waiting.OrderBy(w => w.CombiningClass))
            Lower(c);
        _waiting.Clear();
    }

    private void Lower(int c)
    {
        if (!_lower || (BertUnicode.Classes(c) & CharClasses.HasLower) == 0)
        {
            Put(c);
            return;
        }
        foreach (int lower in BertUnicode.Lower(c))
            Put(lower);
    }
}
