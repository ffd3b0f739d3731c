namespace MLTransfer.Text;

/// <summary>What turns a text into ids, special tokens around it left aside.</summary>
internal sealed record WordPieceRules
{
    public required WordPieceTrie Trie { get; init; }

    public required BertNormalizerOptions Normalizer { get; init; }

    public required int UnkId { get; init; }

    /// <summary>A word of more code points is unknown as a whole.</summary>
    public required int MaximumWordLength { get; init; }

    /// <summary>Added tokens that stand in the text as it came.</summary>
    public required AddedTokenFinder RawTokens { get; init; }

    /// <summary>Added tokens that stand in the normalized text.</summary>
    public required AddedTokenFinder NormalizedTokens { get; init; }
}
