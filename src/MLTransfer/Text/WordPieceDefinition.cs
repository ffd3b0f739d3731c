using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MLTransfer.Text;

/// <summary>A tokenizer as its files state it, checked.</summary>
internal sealed record WordPieceDefinition
{
    // Part of every fingerprint: to be raised when the same files would give other ids than before.
    private const int AlgorithmVersion = 1;

    /// <summary>The model's vocabulary, by id.</summary>
    public required string[] Vocabulary { get; init; }

    public required string UnkToken { get; init; }

    public required string ContinuationPrefix { get; init; }

    public required int MaximumWordLength { get; init; }

    public required BertNormalizerOptions Normalizer { get; init; }

    /// <summary>Tokens recognised in the text; those whose id is beyond the vocabulary extend it without a hole, in ascending order.</summary>
    public required AddedToken[] AddedTokens { get; init; }

    public required SpecialTemplate Single { get; init; }

    public required SpecialTemplate Pair { get; init; }

    public required int PadId { get; init; }

    /// <summary>SHA-256 over everything that decides about ids, lower-case hexadecimal.</summary>
    public string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Number(hash, AlgorithmVersion);
        Number(hash, Vocabulary.Length);
        foreach (string token in Vocabulary)
            Text(hash, token);
        Text(hash, UnkToken);
        Text(hash, ContinuationPrefix);
        Number(hash, MaximumWordLength);
        Flags(hash, Normalizer.CleanText, Normalizer.HandleChineseChars, Normalizer.StripAccents, Normalizer.Lowercase);
        Number(hash, AddedTokens.Length);
        foreach (AddedToken token in AddedTokens)
        {
            Text(hash, token.Content);
            Number(hash, token.Id);
            Flags(hash, token.SingleWord, token.LeftStrip, token.RightStrip, token.Normalized);
        }
        foreach (SpecialTemplate template in (SpecialTemplate[])[Single, Pair])
        {
            Number(hash, template.Parts.Length);
            foreach (TemplatePart part in template.Parts)
            {
                Number(hash, part.Id);
                Number(hash, part.Type);
            }
        }
        Number(hash, PadId);
        return Convert.ToHexString(hash.GetHashAndReset()).ToLowerInvariant();
    }

    // Lengths before contents: no two definitions give the same bytes.
    private static void Text(IncrementalHash hash, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Number(hash, bytes.Length);
        hash.AppendData(bytes);
    }

    private static void Number(IncrementalHash hash, int number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        hash.AppendData(bytes);
    }

    private static void Flags(IncrementalHash hash, params ReadOnlySpan<bool> flags)
    {
        foreach (bool flag in flags)
            Number(hash, flag ? 1 : 0);
    }
}
