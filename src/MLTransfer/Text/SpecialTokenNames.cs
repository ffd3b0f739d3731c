using System.Text.Json;
using MLTransfer.Internal;

namespace MLTransfer.Text;

/// <summary>What special_tokens_map.json and tokenizer_config.json call the special tokens; the former counts where both name one.</summary>
internal sealed class SpecialTokenNames
{
    private readonly Dictionary<string, AddedToken> _tokens = [];
    private readonly Dictionary<string, TokenizerFile> _sources = [];

    private SpecialTokenNames()
    {
    }

    /// <summary>tokenizer_config.json, or null where there is none.</summary>
    public JsonElement? Config { get; private init; }

    public static SpecialTokenNames Read(IReadOnlyDictionary<string, byte[]> files, string origin)
    {
        JsonElement? config = Parse(VocabularyText.ConfigFile);
        SpecialTokenNames names = new() { Config = config };
        names.Add(config, new TokenizerFile(VocabularyText.ConfigFile, origin));
        names.Add(Parse(VocabularyText.SpecialTokensFile), new TokenizerFile(VocabularyText.SpecialTokensFile, origin));
        return names;

        JsonElement? Parse(string name) => files.TryGetValue(name, out byte[]? bytes) ? new TokenizerFile(name, origin).Parse(bytes) : null;
    }

    /// <summary>The token of a role such as "cls_token", as the files state it, or by BERT's name.</summary>
    public AddedToken Of(string role, string otherwise) => _tokens.GetValueOrDefault(role) ?? new AddedToken(otherwise);

    /// <summary>The file that states a role's token, or the one given where none does.</summary>
    public TokenizerFile SourceOf(string role, TokenizerFile otherwise) => _sources.TryGetValue(role, out TokenizerFile source) ? source : otherwise;

    /// <summary>The padding token's id: as stated here, else as tokenizer.json says, else [PAD], else 0.</summary>
    public int PadId(string[] vocabulary, AddedToken[] added, string? otherwise)
    {
        string? stated = _tokens.GetValueOrDefault("pad_token")?.Content;
        string token = stated ?? otherwise ?? "[PAD]";
        int id = added.FirstOrDefault(t => t.Content == token)?.Id ?? Array.IndexOf(vocabulary, token);
        if (id < 0 && stated is not null)
            throw Throw.SpecialTokenMissing(_sources["pad_token"], "pad_token", stated);
        return Math.Max(id, 0);
    }

    private void Add(JsonElement? root, TokenizerFile file)
    {
        if (root is not JsonElement members)
            return;
        foreach (string role in (string[])["unk_token", "sep_token", "pad_token", "cls_token", "mask_token"])
        {
            if (TokenizerFile.Optional(members, role) is not JsonElement value)
                continue;
            _tokens[role] = value.ValueKind == JsonValueKind.Object ? AddedTokenJson.Read(value, role, file) : new AddedToken(file.Text(value, role));
            _sources[role] = file;
        }
    }
}
