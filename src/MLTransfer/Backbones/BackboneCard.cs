using System.Text.Json;
using System.Text.Json.Serialization;
using MLTransfer.Internal;

namespace MLTransfer;

/// <summary>
/// What there is to know about a backbone besides its weights: the contents of <c>mltransfer.json</c>. Read from beside the graph, or inferred from a Hugging Face style
/// folder and the graph itself. Immutable.
/// </summary>
public sealed record BackboneCard
{
    /// <summary>The file name of a card inside a backbone's folder.</summary>
    public const string FileName = "mltransfer.json";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <summary>Version of this format; 1.</summary>
    public int FormatVersion { get; init; } = 1;

    /// <summary>A short name, such as "all-minilm-l6-v2".</summary>
    public required string Name { get; init; }

    /// <summary>What the backbone reads.</summary>
    public required BackboneModality Modality { get; init; }

    /// <summary>The graph's file, relative to the card, such as "onnx/model.onnx".</summary>
    public required string Graph { get; init; }

    /// <summary>SHA-256 of the graph (and its external data), lower-case hexadecimal. Checked whenever the backbone is opened.</summary>
    public string? Sha256 { get; init; }

    /// <summary>
    /// The graph's inputs by role. Text: <c>ids</c> and, where the graph has them, <c>mask</c>, <c>types</c> and <c>positions</c>; tensors: each input under its own name.
    /// </summary>
    public required IReadOnlyDictionary<string, string> Inputs { get; init; }

    /// <summary>The value of the graph that is the feature: an output, or any value inside, where the graph is then cut.</summary>
    public required string FeatureOutput { get; init; }

    /// <summary>How token vectors become one vector.</summary>
    public required Pooling Pooling { get; init; }

    /// <summary>True where features are divided by their Euclidean norm.</summary>
    public bool Normalize { get; init; }

    /// <summary>D, the numbers of one feature (of one token for a sequence).</summary>
    public required int Dimension { get; init; }

    /// <summary>Text: the most tokens of a row, special tokens included; what is longer is truncated. Null for other modalities.</summary>
    public int? MaximumLength { get; init; }

    /// <summary>Text that models with asymmetric search put before a query, such as "query: ".</summary>
    public string? QueryPrefix { get; init; }

    /// <summary>Text that models with asymmetric search put before a passage, such as "passage: ".</summary>
    public string? PassagePrefix { get; init; }

    /// <summary>Images: how a picture becomes the graph's input. Null for other modalities.</summary>
    public ImagePreprocessing? Image { get; init; }

    /// <summary>Audio: how a clip becomes the graph's input. Null for other modalities.</summary>
    public AudioPreprocessing? Audio { get; init; }

    /// <summary>Licence of the weights as an SPDX expression, where known.</summary>
    public string? Licence { get; init; }

    /// <summary>Anything else worth stating: teacher, data, measured quality.</summary>
    public IReadOnlyDictionary<string, string>? Notes { get; init; }

    /// <summary>Reads a card.</summary>
    /// <param name="json">The contents of <c>mltransfer.json</c>, UTF-8.</param>
    /// <param name="origin">Where it came from, for messages.</param>
    /// <exception cref="InvalidDataException">It is not such a card: unknown or missing members, a newer format version.</exception>
    public static BackboneCard Parse(ReadOnlySpan<byte> json, string origin)
    {
        BackboneCard? card;
        try
        {
            ReadOnlySpan<byte> withoutMark = json.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? json[3..] : json;
            card = JsonSerializer.Deserialize<BackboneCard>(withoutMark, Json);
        }
        // The values of a preprocessing check themselves as they are set.
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw Throw.CardUnreadable(origin, e);
        }
        if (card is null)
            throw Throw.CardUnreadable(origin, null);
        if (card.FormatVersion != 1)
            throw Throw.CardVersion(origin, card.FormatVersion);
        card.CheckValues(origin);
        return card;
    }

    /// <summary>The card as the text of <c>mltransfer.json</c>. Deterministic.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json).ReplaceLineEndings("\n") + "\n";

    /// <summary>Writes <c>mltransfer.json</c> into a folder, over an older one.</summary>
    public void Save(string folder) => File.WriteAllText(Path.Combine(folder, FileName), ToJson());

    private void CheckValues(string origin)
    {
        if (Dimension < 1)
            throw Throw.CardValue(origin, "dimension", Dimension, "a positive number");
        if (MaximumLength is < 3)
            throw Throw.CardValue(origin, "maximumLength", MaximumLength, "at least 3 (two special tokens and one of the text)");
        if (string.IsNullOrWhiteSpace(Name))
            throw Throw.CardValue(origin, "name", Name, "a name");
        if (string.IsNullOrWhiteSpace(Graph))
            throw Throw.CardValue(origin, "graph", Graph, "the file name of a graph");
        if (Inputs is null)
            throw Throw.CardValue(origin, "inputs", null, "an object of roles and the names of the graph's inputs");
        if (Modality == BackboneModality.Image && Image is null)
            throw Throw.CardValue(origin, "image", null, "how a picture becomes the graph's input");
        if (Modality == BackboneModality.Audio && Audio is null)
            throw Throw.CardValue(origin, "audio", null, "how a clip becomes the graph's input");
        Image?.Check(origin);
        try
        {
            Audio?.Check();
        }
        catch (ArgumentException e)
        {
            throw Throw.CardUnreadable(origin, e);
        }
        if (Modality == BackboneModality.Text && !Inputs.ContainsKey("ids"))
            throw Throw.CardValue(origin, "inputs", string.Join(", ", Inputs.Keys), "a role 'ids'");
    }
}
