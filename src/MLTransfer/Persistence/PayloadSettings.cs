using System.Text.Json.Nodes;
using MLTransfer.Internal;

namespace MLTransfer.Persistence;

/// <summary>Settings of a saved step, or an object within them. What is missing or of another type is an <see cref="InvalidDataException"/> that names it.</summary>
/// <param name="Kind">The step's kind, for messages.</param>
/// <param name="Values">The settings as they were written.</param>
internal sealed record PayloadSettings(string Kind, JsonObject Values)
{
    /// <summary>A text that must be there.</summary>
    public string Text(string name) => OptionalText(name) ?? throw Throw.SettingMissing(Kind, name);

    /// <summary>A text, or null where it is null or absent.</summary>
    public string? OptionalText(string name) => Values[name] switch
    {
        null => null,
        JsonValue value when value.TryGetValue(out string? text) => text,
        JsonNode other => throw Throw.SettingWrong(Kind, name, "a text", other.ToJsonString()),
    };

    /// <summary>A number or truth value that must be there.</summary>
    public T Number<T>(string name)
        where T : struct => Optional<T>(name) ?? throw Throw.SettingMissing(Kind, name);

    /// <summary>A number or truth value, or null where it is null or absent.</summary>
    public T? Optional<T>(string name)
        where T : struct => Values[name] switch
        {
            null => null,
            JsonValue value when value.TryGetValue(out T found) => found,
            JsonNode other => throw Throw.SettingWrong(Kind, name, $"a {typeof(T).Name}", other.ToJsonString()),
        };

    /// <summary>One of an enumeration's names.</summary>
    public T Choice<T>(string name)
        where T : struct, Enum => Choice<T>(name, Text(name));

    /// <summary>One of an enumeration's names, or null where it is null or absent.</summary>
    public T? OptionalChoice<T>(string name)
        where T : struct, Enum => OptionalText(name) is string text ? Choice<T>(name, text) : null;

    /// <summary>An object, or null where it is null or absent.</summary>
    public PayloadSettings? OptionalObject(string name) => Values[name] switch
    {
        null => null,
        JsonObject found => this with { Values = found },
        JsonNode other => throw Throw.SettingWrong(Kind, name, "an object", other.ToJsonString()),
    };

    /// <summary>The texts of a list that must be there.</summary>
    public IEnumerable<string> Texts(string name) => Items<string>(name, "a list of texts");

    /// <summary>The numbers of a list that must be there.</summary>
    public IEnumerable<T> Numbers<T>(string name)
        where T : struct => Items<T>(name, "a list of numbers");

    /// <summary>The objects of a list that must be there.</summary>
    public IEnumerable<PayloadSettings> Objects(string name)
    {
        if (Values[name] is not JsonArray list)
            throw Throw.SettingMissing(Kind, name);
        return list.Select(item => item is JsonObject values ? new PayloadSettings(Kind, values)
            : throw Throw.SettingWrong(Kind, name, "a list of objects", item?.ToJsonString() ?? "null"));
    }

    private IEnumerable<T> Items<T>(string name, string expected)
    {
        if (Values[name] is not JsonArray list)
            throw Throw.SettingMissing(Kind, name);
        return list.Select(item => item is JsonValue value && value.TryGetValue(out T? found) ? found : throw Throw.SettingWrong(Kind, name, expected, item?.ToJsonString() ?? "null"));
    }

    private T Choice<T>(string name, string text)
        where T : struct, Enum => Enum.GetNames<T>().Contains(text, StringComparer.Ordinal) ? Enum.Parse<T>(text)
            : throw Throw.SettingWrong(Kind, name, $"one of {string.Join(", ", Enum.GetNames<T>())}", $"'{text}'");
}
