using System.Buffers;
using System.Text;

namespace MLTransfer.Text;

/// <summary>Finds added tokens in a text: the leftmost, and of those that begin there the longest.</summary>
internal sealed class AddedTokenFinder
{
    private readonly (string Pattern, AddedToken Token)[] _patterns;
    private readonly SearchValues<char> _firstChars;

    /// <param name="patterns">What to look for, and the token it stands for. Of equal patterns the first counts.</param>
    public AddedTokenFinder(IEnumerable<(string Pattern, AddedToken Token)> patterns)
    {
        // A stable sort: the longest comes first, equals keep their order.
        _patterns = [.. patterns.Where(p => p.Pattern.Length > 0).OrderByDescending(p => p.Pattern.Length)];
        _firstChars = SearchValues.Create([.. _patterns.Select(p => p.Pattern[0]).Distinct()]);
    }

    public bool IsEmpty => _patterns.Length == 0;

    /// <summary>Finds the next token at or after <paramref name="from"/>.</summary>
    /// <param name="text">The whole text: neighbours before <paramref name="from"/> decide whether a token stands alone.</param>
    /// <param name="from">Where to look from.</param>
    /// <param name="taken">Where the text begins that no earlier token took: white space before it is not taken twice.</param>
    /// <param name="found">The token, where it and the white space it takes begin and end, and where to look on from.</param>
    public bool TryFind(ReadOnlySpan<char> text, int from, int taken, out (AddedToken Token, int Start, int End, int Next) found)
    {
        while (from < text.Length)
        {
            int offset = text[from..].IndexOfAny(_firstChars);
            if (offset < 0)
                break;
            int start = from + offset;
            if (Longest(text[start..]) is not (string pattern, AddedToken token))
            {
                from = start + 1;
                continue;
            }
            int end = start + pattern.Length;
            from = end;
            if (token.SingleWord && (EndsWithWord(text[..start]) || StartsWithWord(text[end..])))
                continue;
            while (token.LeftStrip && start > taken && IsWhite(text[start - 1]))
                start--;
            while (token.RightStrip && end < text.Length && IsWhite(text[end]))
                end++;
            found = (token, start, end, from);
            return true;
        }
        found = default;
        return false;
    }

    private (string Pattern, AddedToken Token)? Longest(ReadOnlySpan<char> text)
    {
        foreach ((string pattern, AddedToken token) in _patterns)
        {
            if (text.StartsWith(pattern, StringComparison.Ordinal))
                return (pattern, token);
        }
        return null;
    }

    // No white space lies beyond the basic plane, so single chars suffice.
    private static bool IsWhite(char c) => (BertUnicode.Classes(c) & CharClasses.White) != 0;

    private static bool EndsWithWord(ReadOnlySpan<char> text)
    {
        Rune.DecodeLastFromUtf16(text, out Rune rune, out _);
        return text.Length > 0 && (BertUnicode.Classes(rune.Value) & CharClasses.Word) != 0;
    }

    private static bool StartsWithWord(ReadOnlySpan<char> text)
    {
        Rune.DecodeFromUtf16(text, out Rune rune, out _);
        return text.Length > 0 && (BertUnicode.Classes(rune.Value) & CharClasses.Word) != 0;
    }
}
