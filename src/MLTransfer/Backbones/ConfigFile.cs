using System.Text.Json;
using System.Text.Json.Nodes;
using MLTransfer.Internal;

namespace MLTransfer.Backbones;

/// <summary>A JSON file beside a graph. A member of another type than expected is an error that names file and member; an absent one, or null, is null.</summary>
internal sealed class ConfigFile
{
    private readonly string _path;
    private readonly JsonNode? _root;

    private ConfigFile(string path, JsonNode? root)
    {
        _path = path;
        _root = root;
    }

    /// <summary>The file's path, for messages.</summary>
    public string Path => _path;

    /// <summary>Reads a file; a file that is not there has no members.</summary>
    public static ConfigFile Read(string path)
    {
        if (!File.Exists(path))
            return new ConfigFile(path, null);
        try
        {
            return new ConfigFile(path, JsonNode.Parse(File.ReadAllBytes(path), documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip }));
        }
        catch (JsonException e)
        {
            throw Throw.ConfigUnreadable(path, e);
        }
    }

    /// <summary>A number of any form: Hugging Face writes 1e30 for "no limit".</summary>
    public double? Number(string member) => Member(_root, member) switch
    {
        null => null,
        JsonValue value when value.TryGetValue(out double number) => number,
        JsonNode other => throw Throw.ConfigMember(_path, member, "a number", other),
    };

    /// <summary>True or false.</summary>
    public bool? Flag(string member) => Member(_root, member) switch
    {
        null => null,
        JsonValue value when value.TryGetValue(out bool flag) => flag,
        JsonNode other => throw Throw.ConfigMember(_path, member, "true or false", other),
    };

    /// <summary>A number, or a list of numbers.</summary>
    public double[]? Numbers(string member) => Member(_root, member) switch
    {
        null => null,
        JsonValue value when value.TryGetValue(out double number) => [number],
        JsonArray list when list.All(item => item is JsonValue value && value.TryGetValue(out double _)) => [.. list.Select(item => item!.GetValue<double>())],
        JsonNode other => throw Throw.ConfigMember(_path, member, "a number or a list of numbers", other),
    };

    /// <summary>The member as it stands, for those that have several forms.</summary>
    public JsonNode? Node(string member) => Member(_root, member);

    /// <summary>The names of the root's members; none where the file is not there.</summary>
    public IEnumerable<string> Members => _root switch
    {
        null => [],
        JsonObject values => values.Select(m => m.Key),
        _ => throw Throw.ConfigMember(_path, "(whole file)", "an object", _root),
    };

    /// <summary>The error that a member is not what was expected, for checks made elsewhere.</summary>
    public Exception Unexpected(string member, string expected) => Throw.ConfigMember(_path, member, expected, Member(_root, member));

    /// <summary>A text, inside an object where a path of two members is given.</summary>
    public string? Text(string member, string? inner = null)
    {
        JsonNode? node = Member(_root, member);
        if (inner is not null)
            node = Member(node, inner);
        return node switch
        {
            null => null,
            JsonValue value when value.TryGetValue(out string? text) => text,
            _ => throw Throw.ConfigMember(_path, inner is null ? member : $"{member}.{inner}", "a text", node),
        };
    }

    /// <summary>Names of the root's members that begin so and are true, without the beginning.</summary>
    public string[] Set(string prefix)
    {
        if (_root is null)
            return [];
        JsonObject root = _root as JsonObject ?? throw Throw.ConfigMember(_path, "(whole file)", "an object", _root);
        var names = new List<string>();
        foreach ((string name, JsonNode? node) in root.Where(m => m.Key.StartsWith(prefix, StringComparison.Ordinal)))
        {
            if (node is not JsonValue value || !value.TryGetValue(out bool isSet))
                throw Throw.ConfigMember(_path, name, "true or false", node);
            if (isSet)
                names.Add(name[prefix.Length..]);
        }
        return [.. names];
    }

    /// <summary>A text member of each object of a file that is a list.</summary>
    public IEnumerable<string> TextOfEach(string member)
    {
        if (_root is null)
            return [];
        JsonArray list = _root as JsonArray ?? throw Throw.ConfigMember(_path, "(whole file)", "a list", _root);
        return list.Select(item => new ConfigFile(_path, item).Text(member)).OfType<string>();
    }

    private JsonNode? Member(JsonNode? node, string member) => node switch
    {
        null => null,
        JsonObject values => values[member],
        _ => throw Throw.ConfigMember(_path, member, "a member of an object", node),
    };
}
