namespace MLTransfer.Text;

/// <summary>A tokenized text or pair of texts, special tokens included, without padding: every position is attended to.</summary>
internal sealed class TokenIds
{
    public TokenIds(int[] ids, int[] tokenTypes, bool[] specialTokensMask)
    {
        Ids = ids;
        TokenTypes = tokenTypes;
        SpecialTokensMask = specialTokensMask;
    }

    public int Count => Ids.Length;

    public int[] Ids { get; }

    /// <summary>The segment of each token: 0 for the first text, as the template says for the second.</summary>
    public int[] TokenTypes { get; }

    /// <summary>True where the template put a token around the texts. A special token that a text itself holds is not marked.</summary>
    public bool[] SpecialTokensMask { get; }
}
