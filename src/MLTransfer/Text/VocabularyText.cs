using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using MLTransfer.Internal;

namespace MLTransfer.Text;

/// <summary>Reads vocab.txt, a token a line, with what tokenizer_config.json says about it.</summary>
internal static class VocabularyText
{
    public const string ConfigFile = "tokenizer_config.json";
    public const string SpecialTokensFile = "special_tokens_map.json";
    private const int DefaultMaximumWordLength = 100;

    public static WordPieceDefinition Read(byte[] bytes, IReadOnlyDictionary<string, byte[]> files, TokenizerFile file)
    {
        var names = SpecialTokenNames.Read(files, file.Origin);
        var configFile = new TokenizerFile(ConfigFile, file.Origin);
        if (!Flag("do_basic_tokenize", true))
            throw Throw.TokenizerKindUnsupported(configFile, "do_basic_tokenize", "false", "true");
        string[] vocabulary = Lines(bytes, file);
        AddedToken unk = names.Of("unk_token", "[UNK]");
        if (!vocabulary.Contains(unk.Content))
            throw Throw.UnknownTokenMissing(names.SourceOf("unk_token", file), unk.Content);
        AddedToken[] added = AddedTokens(vocabulary, names, configFile);
        bool lowercase = Flag("do_lower_case", true);
        (SpecialTemplate single, SpecialTemplate pair) = SpecialTemplate.Bert(Id("cls_token", "[CLS]"), Id("sep_token", "[SEP]"));
        return new WordPieceDefinition
        {
            Vocabulary = vocabulary,
            UnkToken = unk.Content,
            ContinuationPrefix = "##",
            MaximumWordLength = DefaultMaximumWordLength,
            Normalizer = new BertNormalizerOptions
            {
                CleanText = true,
                HandleChineseChars = Flag("tokenize_chinese_chars", true),
                StripAccents = Flag("strip_accents", lowercase),
                Lowercase = lowercase,
            },
            AddedTokens = added,
            Single = single,
            Pair = pair,
            PadId = names.PadId(vocabulary, added, null),
        };

        bool Flag(string name, bool otherwise) => names.Config is JsonElement config && TokenizerFile.Optional(config, name) is JsonElement value
            ? configFile.Flag(value, name) : otherwise;

        int Id(string role, string otherwise)
        {
            string token = names.Of(role, otherwise).Content;
            return added.FirstOrDefault(t => t.Content == token)?.Id
                ?? throw Throw.SpecialTokenMissing(names.SourceOf(role, file), role, token);
        }
    }

    private static string[] Lines(byte[] bytes, TokenizerFile file)
    {
        if (!Utf8.IsValid(bytes))
            throw Throw.TokenizerNotUtf8(file, TokenizerFile.FirstInvalidLine(bytes));
        string text = Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF');
        // Only line feeds end a line: a vocabulary may hold the other separators of Unicode as tokens.
        List<string> lines = [.. text.Split('\n').Select(line => line.EndsWith('\r') ? line[..^1] : line)];
        while (lines.Count > 0 && lines[^1].Length == 0)
            lines.RemoveAt(lines.Count - 1);
        if (lines.Count == 0)
            throw Throw.VocabularyEmpty(file);
        Dictionary<string, int> seen = [];
        for (int i = 0; i < lines.Count; i++)
        {
            if (lines[i].Length == 0)
                throw Throw.EmptyVocabularyLine(file, i + 1);
            if (!seen.TryAdd(lines[i], i))
                throw Throw.DuplicateToken(file, lines[i], $"lines {seen[lines[i]] + 1} and {i + 1}");
        }
        return [.. lines];
    }

    private static AddedToken[] AddedTokens(string[] vocabulary, SpecialTokenNames names, TokenizerFile configFile)
    {
        const string Path = "added_tokens_decoder";
        List<AddedToken> tokens = [];
        if (names.Config is JsonElement config && TokenizerFile.Optional(config, Path) is JsonElement decoder)
        {
            if (decoder.ValueKind != JsonValueKind.Object)
                throw Throw.TokenizerValue(configFile, Path, decoder.ValueKind, "an object of ids and their tokens");
            foreach (JsonProperty entry in decoder.EnumerateObject())
            {
                string at = $"{Path}['{entry.Name}']";
                if (!int.TryParse(entry.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int id))
                    throw Throw.TokenizerValue(configFile, at, entry.Name, "an id");
                tokens.Add(AddedTokenJson.Read(entry.Value, at, configFile) with { Id = id });
            }
        }
        foreach ((string role, string name) in (ReadOnlySpan<(string, string)>)
            [("unk_token", "[UNK]"), ("sep_token", "[SEP]"), ("pad_token", "[PAD]"), ("cls_token", "[CLS]"), ("mask_token", "[MASK]")])
        {
            AddedToken token = names.Of(role, name);
            int id = Array.IndexOf(vocabulary, token.Content);
            if (id >= 0 && tokens.TrueForAll(t => t.Content != token.Content))
                tokens.Add(token with { Id = id });
        }
        return AddedTokenJson.Check([.. tokens], vocabulary, Path, configFile);
    }
}
