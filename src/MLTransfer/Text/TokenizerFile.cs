using System.Text.Json;
using System.Text.Unicode;
using MLTransfer.Internal;

namespace MLTransfer.Text;

/// <summary>A file of a tokenizer, as messages name it, and how its JSON members are read.</summary>
internal readonly record struct TokenizerFile(string Name, string Origin)
{
    public override string ToString() => $"'{Name}' of '{Origin}'";

    public JsonElement Parse(byte[] bytes)
    {
        if (!Utf8.IsValid(bytes))
            throw Throw.TokenizerNotUtf8(this, FirstInvalidLine(bytes));
        try
        {
            using var document = JsonDocument.Parse(bytes);
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone()
                : throw Throw.TokenizerValue(this, "the root", document.RootElement.ValueKind, "an object");
        }
        catch (JsonException e)
        {
            throw Throw.TokenizerNotJson(this, e);
        }
    }

    /// <summary>The line, counted from 1, that holds the first byte which is not UTF-8.</summary>
    public static int FirstInvalidLine(ReadOnlySpan<byte> bytes)
    {
        int number = 1;
        while (bytes.IndexOf((byte)'\n') is int end and >= 0 && Utf8.IsValid(bytes[..end]))
        {
            number++;
            bytes = bytes[(end + 1)..];
        }
        return number;
    }

    /// <summary>A member, or null where it is absent or null.</summary>
    public static JsonElement? Optional(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public JsonElement Required(JsonElement parent, string path, string name)
    {
        if (parent.ValueKind != JsonValueKind.Object)
            throw Throw.TokenizerValue(this, path, parent.ValueKind, "an object");
        return Optional(parent, name) ?? throw Throw.TokenizerMemberMissing(this, Join(path, name));
    }

    public string Text(JsonElement parent, string path, string name) => Text(Required(parent, path, name), Join(path, name));

    public string Text(JsonElement value, string path)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString()!
                : throw Throw.TokenizerValue(this, path, value.GetRawText(), "a string");
        }
        catch (InvalidOperationException e)
        {
            // An escaped surrogate without its other half.
            throw Throw.TokenizerValue(this, path, value.GetRawText(), $"valid Unicode ({e.Message})");
        }
    }

    public bool Flag(JsonElement parent, string path, string name) => Flag(Required(parent, path, name), Join(path, name));

    public bool Flag(JsonElement value, string path) =>
        value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
            : throw Throw.TokenizerValue(this, path, value.GetRawText(), "true or false");

    public int Count(JsonElement parent, string path, string name) => Count(Required(parent, path, name), Join(path, name));

    public int Count(JsonElement value, string path) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number >= 0 ? number
            : throw Throw.TokenizerValue(this, path, value.GetRawText(), "a whole number that is not negative");

    public IEnumerable<(JsonElement Value, string Path)> Items(JsonElement array, string path)
    {
        if (array.ValueKind != JsonValueKind.Array)
            throw Throw.TokenizerValue(this, path, array.ValueKind, "an array");
        return array.EnumerateArray().Select((item, i) => (item, $"{path}[{i}]"));
    }

    public static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
