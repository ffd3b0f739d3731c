using System.Text.Json;
using MLTransfer.Internal;

namespace MLTransfer.Text;

/// <summary>Reads added tokens and gives them the ids the reference gives them.</summary>
internal static class AddedTokenJson
{
    public static AddedToken Read(JsonElement item, string path, TokenizerFile file)
    {
        string content = file.Text(item, path, "content");
        if (content.Length == 0)
            throw Throw.TokenizerValue(file, $"{path}.content", "", "a token");
        return new AddedToken(content)
        {
            SingleWord = Flag("single_word"),
            LeftStrip = Flag("lstrip"),
            RightStrip = Flag("rstrip"),
            Normalized = Flag("normalized"),
        };

        bool Flag(string name) => TokenizerFile.Optional(item, name) is JsonElement value && file.Flag(value, $"{path}.{name}");
    }

    /// <summary>Checks that the stated ids are those of the vocabulary, or follow it without a hole.</summary>
    public static AddedToken[] Check(AddedToken[] tokens, string[] vocabulary, string path, TokenizerFile file)
    {
        HashSet<string> seen = [];
        Dictionary<string, int> known = [];
        for (int id = 0; id < vocabulary.Length; id++)
            known[vocabulary[id]] = id;
        int next = vocabulary.Length;
        foreach (AddedToken token in tokens.OrderBy(t => t.Id))
        {
            if (!seen.Add(token.Content))
                throw Throw.DuplicateToken(file, token.Content, path);
            int expected = known.TryGetValue(token.Content, out int id) ? id : next++;
            if (token.Id != expected)
                throw Throw.AddedTokenId(file, token.Content, token.Id, expected);
        }
        return [.. tokens.OrderBy(t => t.Id)];
    }
}
