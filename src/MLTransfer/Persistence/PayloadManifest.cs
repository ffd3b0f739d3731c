using System.Text.Json;
using System.Text.Json.Nodes;
using MLTransfer.Internal;

namespace MLTransfer.Persistence;

/// <summary>
/// The entry "step.json" of a saved step: what kind it is, which assembly of ours knows the kind, its settings and its binary parts. It is an entry
/// of its own, so that any zip tool shows it.
/// </summary>
internal sealed record PayloadManifest(string Kind, int FormatVersion, string Assembly, JsonObject Settings, IReadOnlyList<PayloadPart> Parts)
{
    public const string FileName = "step.json";

    /// <summary>The version of the manifest's own layout.</summary>
    public const int ManifestVersion = 1;

    // Settings hold options and names; what is large is a part. The cap keeps a hostile file from filling memory.
    private const long LargestManifest = 64 << 20;

    public void Write(Stream stream)
    {
        using Utf8JsonWriter json = new(stream);
        json.WriteStartObject();
        json.WriteNumber("manifestVersion", ManifestVersion);
        json.WriteString("kind", Kind);
        json.WriteNumber("formatVersion", FormatVersion);
        json.WriteString("assembly", Assembly);
        json.WritePropertyName("settings");
        Settings.WriteTo(json);
        json.WriteStartArray("parts");
        foreach (PayloadPart part in Parts)
        {
            json.WriteStartObject();
            json.WriteString("name", part.Name);
            json.WriteNumber("length", part.Length);
            json.WriteString("sha256", part.Sha256);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <param name="stream">A stream that knows its length.</param>
    /// <param name="directory">The step's directory in the archive, for errors.</param>
    public static PayloadManifest Read(Stream stream, string directory)
    {
        if (stream.Length > LargestManifest)
            throw Throw.ManifestTooLarge(directory, stream.Length, LargestManifest);
        JsonNode? root;
        try
        {
            root = JsonNode.Parse(stream);
            RequireDistinctNames(root);
        }
        // A name that stands twice is an ArgumentException of JsonObject, at the first look into it.
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw Throw.ManifestUnreadable(directory, e);
        }
        if (Value<int>(root, directory, "manifestVersion") is int version && version != ManifestVersion)
            throw Throw.ManifestVersion(directory, version, ManifestVersion);
        JsonArray parts = Member(root, directory, "parts") as JsonArray ?? throw Throw.ManifestMember(directory, "parts");
        PayloadManifest manifest = new(
            Value<string>(root, directory, "kind"), Value<int>(root, directory, "formatVersion"), Value<string>(root, directory, "assembly"),
            Member(root, directory, "settings") as JsonObject ?? throw Throw.ManifestMember(directory, "settings"),
            [.. parts.Select(part => ReadPart(part, directory))]);
        if (manifest.Kind.Length == 0)
            throw Throw.ManifestMember(directory, "kind");
        if (manifest.FormatVersion < 1)
            throw Throw.ManifestMember(directory, "formatVersion");
        if (manifest.Parts.DistinctBy(p => p.Name, StringComparer.OrdinalIgnoreCase).Count() != manifest.Parts.Count)
            throw Throw.ManifestMember(directory, "parts");
        return manifest;
    }

    private static void RequireDistinctNames(JsonNode? node)
    {
        foreach (JsonNode? child in node switch
        {
            JsonObject json => json.Select(member => member.Value),
            JsonArray list => list,
            _ => [],
        })
        {
            RequireDistinctNames(child);
        }
    }

    private static PayloadPart ReadPart(JsonNode? node, string directory)
    {
        string name = Value<string>(node, directory, "name");
        string hash = Value<string>(node, directory, "sha256");
        PayloadPart part = new(name, Value<long>(node, directory, "length"), hash);
        bool isSound = PayloadPart.IsName(name) && part.Length >= 0 && hash.Length == PayloadPart.HashLength && hash.All(char.IsAsciiHexDigitLower);
        return isSound ? part : throw Throw.ManifestMember(directory, "parts");
    }

    private static JsonNode? Member(JsonNode? node, string directory, string name) =>
        node is JsonObject json ? json[name] : throw Throw.ManifestMember(directory, name);

    private static T Value<T>(JsonNode? node, string directory, string name) =>
        Member(node, directory, name) is JsonValue value && value.TryGetValue(out T? result) ? result : throw Throw.ManifestMember(directory, name);
}
