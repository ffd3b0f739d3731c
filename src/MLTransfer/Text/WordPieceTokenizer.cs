using MLTransfer.Internal;

namespace MLTransfer.Text;

/// <summary>
/// BERT's WordPiece tokenizer, read from a model's own files: the ids are those of Hugging Face's tokenizers. Immutable and thread-safe.
/// </summary>
/// <remarks>
/// The sections <c>truncation</c> and <c>padding</c> of tokenizer.json are not followed: the caller states the maximum length, and nothing is padded
/// here. Texts are cut off at the right, of a pair the longer text first.
/// </remarks>
internal sealed class WordPieceTokenizer
{
    private const string JsonFile = "tokenizer.json";
    private const string VocabularyFile = "vocab.txt";

    private readonly WordPieceDefinition _definition;
    private readonly WordPieceRules _rules;
    private readonly string[] _tokens;
    private readonly int[] _before, _after;

    private WordPieceTokenizer(WordPieceDefinition definition, string origin)
    {
        _definition = definition;
        AddedToken[] added = definition.AddedTokens;
        _tokens = [.. definition.Vocabulary, .. added.Where(t => t.Id >= definition.Vocabulary.Length).Select(t => t.Content)];
        UnkId = Array.IndexOf(definition.Vocabulary, definition.UnkToken);
        _rules = new WordPieceRules
        {
            Trie = new WordPieceTrie(definition.Vocabulary, definition.ContinuationPrefix, origin),
            Normalizer = definition.Normalizer,
            UnkId = UnkId,
            MaximumWordLength = definition.MaximumWordLength,
            RawTokens = new AddedTokenFinder(added.Where(t => !t.Normalized).Select(t => (t.Content, t))),
            NormalizedTokens = new AddedTokenFinder(
                added.Where(t => t.Normalized).Select(t => (WordPieceScan.Normalize(definition.Normalizer, t.Content), t))),
        };
        TemplatePart[] single = definition.Single.Parts;
        int text = Array.FindIndex(single, p => !p.IsSpecial);
        _before = [.. single[..text].Select(p => p.Id)];
        _after = [.. single[(text + 1)..].Select(p => p.Id)];
        Fingerprint = definition.Fingerprint();
    }

    /// <summary>The files a tokenizer may be read from; they travel with a backbone.</summary>
    public static IReadOnlyList<string> FileNames { get; } =
        [JsonFile, VocabularyFile, VocabularyText.ConfigFile, VocabularyText.SpecialTokensFile];

    /// <summary>How many tokens there are, added ones included; ids are below it.</summary>
    public int VocabularySize => _tokens.Length;

    /// <summary>What fills positions that are not attended to: the padding token, or 0 where the files name none.</summary>
    public int PadId => _definition.PadId;

    public int UnkId { get; }

    /// <summary>What its files state.</summary>
    public WordPieceDefinition Definition => _definition;

    /// <summary>The token before a text, or null where the template puts none there.</summary>
    public int? ClsId => _before.Length > 0 ? _before[0] : null;

    /// <summary>The token after a text, or null where the template puts none there.</summary>
    public int? SepId => _after.Length > 0 ? _after[^1] : null;

    /// <summary>How many tokens the template puts around one text: the least maximum length.</summary>
    public int SpecialTokenCount => _definition.Single.SpecialTokenCount;

    /// <summary>How many tokens the template puts around a pair of texts.</summary>
    public int PairSpecialTokenCount => _definition.Pair.SpecialTokenCount;

    /// <summary>
    /// SHA-256 over everything that decides about ids, lower-case hexadecimal: the same for tokenizers that do the same, whatever files they came
    /// from.
    /// </summary>
    public string Fingerprint { get; }

    /// <summary>Whether there is a tokenizer among files of these names.</summary>
    public static bool IsPresent(IEnumerable<string> fileNames) => fileNames.Any(name => name is JsonFile or VocabularyFile);

    /// <summary>Reads a tokenizer; tokenizer.json counts where vocab.txt is there too.</summary>
    /// <param name="files">The contents by name, of <see cref="FileNames"/> those that are there.</param>
    /// <param name="origin">Where they come from, for messages.</param>
    /// <exception cref="InvalidDataException">A file is damaged; the message names file and line or member.</exception>
    /// <exception cref="NotSupportedException">tokenizer.json describes another kind of tokenizer; the message names what was found.</exception>
    public static WordPieceTokenizer FromFiles(IReadOnlyDictionary<string, byte[]> files, string origin)
    {
        if (files.TryGetValue(JsonFile, out byte[]? json))
            return new WordPieceTokenizer(TokenizerJson.Read(json, files, new TokenizerFile(JsonFile, origin)), origin);
        if (files.TryGetValue(VocabularyFile, out byte[]? text))
            return new WordPieceTokenizer(VocabularyText.Read(text, files, new TokenizerFile(VocabularyFile, origin)), origin);
        throw Throw.NoTokenizer(origin, FileNames);
    }

    /// <summary>The token of an id.</summary>
    public string Token(int id) => _tokens[id];

    /// <summary>Tokenizes one text into a buffer that is used again and again; all tokens are of segment 0.</summary>
    /// <param name="text">The text; a lone surrogate counts as U+FFFD.</param>
    /// <param name="maximumLength">How many ids at most, special tokens included.</param>
    /// <param name="ids">Receives the ids, special tokens included; replaced by a larger array where it is too small.</param>
    /// <returns>How many ids there are.</returns>
    public int Encode(ReadOnlyMemory<char> text, int maximumLength, ref int[] ids) => Encode(text.Span, maximumLength, ref ids);

    /// <inheritdoc cref="Encode(ReadOnlyMemory{char}, int, ref int[])"/>
    public int Encode(ReadOnlySpan<char> text, int maximumLength, ref int[] ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        if (maximumLength < SpecialTokenCount)
            throw Throw.MaximumLengthTooSmall(nameof(maximumLength), maximumLength, SpecialTokenCount);
        if (ids.Length < _before.Length)
            ids = new int[Math.Max(16, _before.Length)];
        _before.CopyTo(ids, 0);
        int room = maximumLength - SpecialTokenCount;
        int count = _before.Length + Math.Min(WordPieceScan.Append(_rules, text, ref ids, _before.Length, room), room);
        if (ids.Length < count + _after.Length)
            Array.Resize(ref ids, Math.Max(count + _after.Length, ids.Length * 2));
        _after.CopyTo(ids, count);
        return count + _after.Length;
    }

    /// <summary>Tokenizes one text.</summary>
    /// <param name="text">The text; a lone surrogate counts as U+FFFD.</param>
    /// <param name="maximumLength">How many ids at most, special tokens included.</param>
    public TokenIds Encode(string text, int maximumLength)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (maximumLength < SpecialTokenCount)
            throw Throw.MaximumLengthTooSmall(nameof(maximumLength), maximumLength, SpecialTokenCount);
        int[] ids = [];
        int room = maximumLength - SpecialTokenCount;
        int count = WordPieceScan.Append(_rules, text, ref ids, 0, room);
        return Fill(_definition.Single, ids.AsSpan(0, Math.Min(count, room)), []);
    }

    /// <summary>Tokenizes a pair of texts; where they are too long together, the longer is cut first, then both alike.</summary>
    /// <param name="first">The first text.</param>
    /// <param name="second">The second text.</param>
    /// <param name="maximumLength">How many ids at most, special tokens included.</param>
    public TokenIds EncodePair(string first, string second, int maximumLength)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (maximumLength < PairSpecialTokenCount)
            throw Throw.MaximumLengthTooSmall(nameof(maximumLength), maximumLength, PairSpecialTokenCount);
        int[] firstIds = [];
        int[] secondIds = [];
        // Each text ends with the word that reaches the maximum length before the two are compared, as the reference does: of two texts far beyond
        // it, chance decides which counts as the longer and gets the odd place.
        int firstCount = WordPieceScan.Append(_rules, first, ref firstIds, 0, maximumLength);
        int secondCount = WordPieceScan.Append(_rules, second, ref secondIds, 0, maximumLength);
        (firstCount, secondCount) = LongestFirst(firstCount, secondCount, maximumLength - PairSpecialTokenCount);
        return Fill(_definition.Pair, firstIds.AsSpan(0, firstCount), secondIds.AsSpan(0, secondCount));
    }

    /// <summary>
    /// What remains of two texts: the shorter whole and the longer cut to the rest, or, where the shorter is longer than half, half each and the odd
    /// place to the longer (to the second where they are equal).
    /// </summary>
    private static (int First, int Second) LongestFirst(int first, int second, int room)
    {
        if ((long)first + second <= room)
            return (first, second);
        int shorter = Math.Min(first, second);
        int longer = room - shorter;
        if (longer < shorter)
        {
            shorter = room / 2;
            longer = room - shorter;
        }
        return first > second ? (longer, shorter) : (shorter, longer);
    }

    private static TokenIds Fill(SpecialTemplate template, ReadOnlySpan<int> first, ReadOnlySpan<int> second)
    {
        int count = template.SpecialTokenCount + first.Length + second.Length;
        var ids = new int[count];
        var types = new int[count];
        var special = new bool[count];
        int at = 0;
        foreach (TemplatePart part in template.Parts)
        {
            ReadOnlySpan<int> tokens = part.Id switch
            {
                TemplatePart.First => first,
                TemplatePart.Second => second,
                _ => [part.Id],
            };
            tokens.CopyTo(ids.AsSpan(at));
            types.AsSpan(at, tokens.Length).Fill(part.Type);
            special.AsSpan(at, tokens.Length).Fill(part.IsSpecial);
            at += tokens.Length;
        }
        return new TokenIds(ids, types, special);
    }
}
