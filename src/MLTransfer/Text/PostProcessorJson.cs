using System.Text.Json;
using MLTransfer.Internal;

namespace MLTransfer.Text;

/// <summary>Reads from tokenizer.json which special tokens stand around texts.</summary>
internal static class PostProcessorJson
{
    private const string Supported = "TemplateProcessing, BertProcessing and none";

    public static (SpecialTemplate Single, SpecialTemplate Pair) Read(JsonElement root, int vocabularySize, TokenizerFile file)
    {
        if (TokenizerJson.Unwrap(root, "post_processor", "processors", Supported, file) is not (JsonElement section, string path))
            return (SpecialTemplate.PlainSingle, SpecialTemplate.PlainPair);
        string type = file.Text(section, path, "type");
        switch (type)
        {
            case "BertProcessing":
                return SpecialTemplate.Bert(NamedId(section, path, "cls", vocabularySize, file), NamedId(section, path, "sep", vocabularySize, file));
            case "TemplateProcessing":
                Dictionary<string, int[]> special = SpecialTokens(section, path, vocabularySize, file);
                SpecialTemplate single = Template(section, path, "single", special, [TemplatePart.First], file);
                SpecialTemplate pair = Template(section, path, "pair", special, [TemplatePart.First, TemplatePart.Second], file);
                // Encoders of one text feed zeros for its segment.
                if (single.Parts.Any(p => p.Type != 0))
                    throw Throw.TokenizerKindUnsupported(file, $"{path}.single", "a type_id other than 0", "type_id 0 for a single text");
                return (single, pair);
            default:
                throw Throw.TokenizerKindUnsupported(file, path, type, Supported);
        }
    }

    private static int NamedId(JsonElement section, string path, string name, int vocabularySize, TokenizerFile file)
    {
        string member = $"{path}.{name}";
        (JsonElement Value, string Path)[] pair = [.. file.Items(file.Required(section, path, name), member)];
        return pair.Length == 2 ? Id(pair[1].Value, pair[1].Path, vocabularySize, file)
            : throw Throw.TokenizerValue(file, member, $"an array of {pair.Length}", "a token and its id");
    }

    private static Dictionary<string, int[]> SpecialTokens(JsonElement section, string path, int vocabularySize, TokenizerFile file)
    {
        Dictionary<string, int[]> result = [];
        JsonElement tokens = file.Required(section, path, "special_tokens");
        string member = $"{path}.special_tokens";
        if (tokens.ValueKind != JsonValueKind.Object)
            throw Throw.TokenizerValue(file, member, tokens.ValueKind, "an object");
        foreach (JsonProperty token in tokens.EnumerateObject())
        {
            string at = $"{member}['{token.Name}']";
            IEnumerable<(JsonElement Value, string Path)> ids = file.Items(file.Required(token.Value, at, "ids"), $"{at}.ids");
            result[token.Name] = [.. ids.Select(i => Id(i.Value, i.Path, vocabularySize, file))];
        }
        return result;
    }

    private static SpecialTemplate Template(
        JsonElement section, string path, string name, Dictionary<string, int[]> special, int[] texts, TokenizerFile file)
    {
        List<TemplatePart> parts = [];
        string member = $"{path}.{name}";
        foreach ((JsonElement item, string at) in file.Items(file.Required(section, path, name), member))
        {
            if (item.ValueKind == JsonValueKind.Object && TokenizerFile.Optional(item, "SpecialToken") is JsonElement token)
            {
                string tokenName = file.Text(token, $"{at}.SpecialToken", "id");
                int type = file.Count(token, $"{at}.SpecialToken", "type_id");
                if (!special.TryGetValue(tokenName, out int[]? ids))
                {
                    throw Throw.TokenizerValue(
                        file, $"{at}.SpecialToken.id", tokenName, $"one of {path}.special_tokens ({string.Join(", ", special.Keys)})");
                }
                parts.AddRange(ids.Select(id => new TemplatePart(id, type)));
                continue;
            }
            JsonElement sequence = file.Required(item, at, "Sequence");
            string text = file.Text(sequence, $"{at}.Sequence", "id");
            int id = text switch
            {
                "A" => TemplatePart.First,
                "B" => TemplatePart.Second,
                _ => throw Throw.TokenizerValue(file, $"{at}.Sequence.id", text, "A or B"),
            };
            parts.Add(new TemplatePart(id, file.Count(sequence, $"{at}.Sequence", "type_id")));
        }
        int[] found = [.. parts.Where(p => !p.IsSpecial).Select(p => p.Id).OrderDescending()];
        return found.SequenceEqual(texts) ? new SpecialTemplate(parts)
            : throw Throw.TokenizerValue(
                file, member, $"a template with {found.Length} texts", texts.Length == 1 ? "text A once" : "texts A and B once each");
    }

    private static int Id(JsonElement value, string path, int vocabularySize, TokenizerFile file)
    {
        int id = file.Count(value, path);
        return id < vocabularySize ? id : throw Throw.TokenizerValue(file, path, id, $"an id below {vocabularySize}, the size of the vocabulary");
    }
}
