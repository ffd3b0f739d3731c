using System.Text.Json;
using MLTransfer.Internal;

namespace MLTransfer.Text;

/// <summary>Reads the WordPiece kind of Hugging Face's tokenizer.json and refuses the others by name.</summary>
internal static class TokenizerJson
{
    public static WordPieceDefinition Read(byte[] bytes, IReadOnlyDictionary<string, byte[]> files, TokenizerFile file)
    {
        JsonElement root = file.Parse(bytes);
        JsonElement model = file.Required(root, "", "model");
        CheckModelKind(model, file);
        string[] vocabulary = Vocabulary(file.Required(model, "model", "vocab"), file);
        string unk = file.Text(model, "model", "unk_token");
        if (!vocabulary.Contains(unk))
            throw Throw.UnknownTokenMissing(file, unk);
        AddedToken[] added = AddedTokens(root, vocabulary, file);
        CheckPreTokenizer(root, file);
        int size = vocabulary.Length + added.Count(t => t.Id >= vocabulary.Length);
        (SpecialTemplate single, SpecialTemplate pair) = PostProcessorJson.Read(root, size, file);
        var names = SpecialTokenNames.Read(files, file.Origin);
        string? padding = TokenizerFile.Optional(root, "padding") is JsonElement section ? file.Text(section, "padding", "pad_token") : null;
        return new WordPieceDefinition
        {
            Vocabulary = vocabulary,
            UnkToken = unk,
            ContinuationPrefix = file.Text(model, "model", "continuing_subword_prefix"),
            MaximumWordLength = file.Count(model, "model", "max_input_chars_per_word"),
            Normalizer = Normalizer(root, file),
            AddedTokens = added,
            Single = single,
            Pair = pair,
            PadId = names.PadId(vocabulary, added, padding),
        };
    }

    /// <summary>A section that is a Sequence of one is that one; null and a Sequence of none are null.</summary>
    public static (JsonElement Section, string Path)? Unwrap(JsonElement root, string name, string list, string supported, TokenizerFile file)
    {
        if (TokenizerFile.Optional(root, name) is not JsonElement section)
            return null;
        string path = name;
        while (file.Text(section, path, "type") == "Sequence")
        {
            (JsonElement Value, string Path)[] items = [.. file.Items(file.Required(section, path, list), $"{path}.{list}")];
            if (items.Length == 0)
                return null;
            if (items.Length > 1)
            {
                string found = string.Join(", ", items.Select(i => file.Text(i.Value, i.Path, "type")));
                throw Throw.TokenizerKindUnsupported(file, path, $"Sequence of {found}", supported);
            }
            (section, path) = items[0];
        }
        return (section, path);
    }

    private static void CheckModelKind(JsonElement model, TokenizerFile file)
    {
        const string Supported = "WordPiece";
        if (model.ValueKind == JsonValueKind.Object && TokenizerFile.Optional(model, "type") is null)
        {
            // Files of the first versions name no type; the members tell.
            bool wordPiece = TokenizerFile.Optional(model, "max_input_chars_per_word") is not null && TokenizerFile.Optional(model, "merges") is null;
            if (!wordPiece)
                throw Throw.TokenizerKindUnsupported(file, "model", "a model without type", Supported);
            return;
        }
        string type = file.Text(model, "model", "type");
        if (type != Supported)
            throw Throw.TokenizerKindUnsupported(file, "model", type, Supported);
    }

    private static string[] Vocabulary(JsonElement vocab, TokenizerFile file)
    {
        const string Path = "model.vocab";
        if (vocab.ValueKind != JsonValueKind.Object)
            throw Throw.TokenizerValue(file, Path, vocab.ValueKind, "an object of tokens and their ids");
        Dictionary<string, int> ids = [];
        foreach (JsonProperty entry in vocab.EnumerateObject())
        {
            string token = Name(entry, Path, file);
            if (!ids.TryAdd(token, file.Count(entry.Value, $"{Path}['{token}']")))
                throw Throw.DuplicateToken(file, token, Path);
        }
        if (ids.Count == 0)
            throw Throw.VocabularyEmpty(file);
        var tokens = new string?[ids.Count];
        foreach ((string token, int id) in ids)
        {
            if (id >= tokens.Length)
                throw Throw.IdBeyondVocabulary(file, token, id, tokens.Length);
            if (tokens[id] is string other)
                throw Throw.DuplicateId(file, id, other, token);
            tokens[id] = token;
        }
        // As many ids as tokens, all below their count and none twice: every place is taken.
        return tokens!;
    }

    private static string Name(JsonProperty entry, string path, TokenizerFile file)
    {
        try
        {
            return entry.Name;
        }
        catch (InvalidOperationException e)
        {
            throw Throw.TokenizerValue(file, path, entry.ToString(), $"valid Unicode ({e.Message})");
        }
    }

    private static AddedToken[] AddedTokens(JsonElement root, string[] vocabulary, TokenizerFile file)
    {
        const string Path = "added_tokens";
        if (TokenizerFile.Optional(root, Path) is not JsonElement list)
            return [];
        AddedToken[] tokens = [.. file.Items(list, Path).Select(item => AddedTokenJson.Read(item.Value, item.Path, file) with
        {
            Id = file.Count(item.Value, item.Path, "id"),
        })];
        return AddedTokenJson.Check(tokens, vocabulary, Path, file);
    }

    private static BertNormalizerOptions Normalizer(JsonElement root, TokenizerFile file)
    {
        const string Supported = "BertNormalizer, Lowercase and none";
        if (Unwrap(root, "normalizer", "normalizers", Supported, file) is not (JsonElement section, string path))
            return default;
        string type = file.Text(section, path, "type");
        if (type == "Lowercase")
            return new BertNormalizerOptions { Lowercase = true };
        if (type != "BertNormalizer")
            throw Throw.TokenizerKindUnsupported(file, path, type, Supported);
        bool lowercase = file.Flag(section, path, "lowercase");
        return new BertNormalizerOptions
        {
            CleanText = file.Flag(section, path, "clean_text"),
            HandleChineseChars = file.Flag(section, path, "handle_chinese_chars"),
            StripAccents = TokenizerFile.Optional(section, "strip_accents") is JsonElement strip
                ? file.Flag(strip, TokenizerFile.Join(path, "strip_accents")) : lowercase,
            Lowercase = lowercase,
        };
    }

    private static void CheckPreTokenizer(JsonElement root, TokenizerFile file)
    {
        const string Supported = "BertPreTokenizer";
        if (Unwrap(root, "pre_tokenizer", "pretokenizers", Supported, file) is not (JsonElement section, string path))
            throw Throw.TokenizerKindUnsupported(file, "pre_tokenizer", "none", Supported);
        string type = file.Text(section, path, "type");
        if (type != Supported)
            throw Throw.TokenizerKindUnsupported(file, path, type, Supported);
    }
}
