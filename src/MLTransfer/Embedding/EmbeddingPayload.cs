using System.Text.Json;
using System.Text.Json.Nodes;
using MLTransfer.Backbones;
using MLTransfer.Internal;
using MLTransfer.Onnx;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Persistence;
using MLTransfer.Text;

namespace MLTransfer.Embedding;

/// <summary>What every embedding step saves: the backbone (card, tokenizer, graph or a reference to it) and the options of its outputs. The device is saved as a policy.</summary>
internal static class EmbeddingPayload
{
    private const string GraphPart = "graph.onnx";

    public static void Write(PayloadWriter payload, Backbone backbone, EmbeddingOptions options)
    {
        JsonObject settings = payload.Settings;
        settings["card"] = JsonNode.Parse(backbone.Card.ToJson());
        settings["outputColumnName"] = options.OutputColumnName;
        settings["pooling"] = options.Pooling?.ToString();
        settings["normalize"] = options.Normalize;
        settings["dimension"] = options.Dimension;
        settings["additionalOutputs"] = new JsonArray([.. options.AdditionalOutputs.Select(o =>
            (JsonNode)new JsonObject { ["columnName"] = o.ColumnName, ["pooling"] = o.Pooling.ToString() })]);
        settings["target"] = options.Target?.ToString();
        settings["int8Execution"] = options.Int8Execution.ToString();
        settings["sequencePrecision"] = options.SequencePrecision.ToString();
        settings["graphStorage"] = options.GraphStorage.ToString();
        settings["elementsPerRun"] = options.ElementsPerRun;
        foreach ((string name, byte[] bytes) in backbone.Files.OrderBy(f => f.Key, StringComparer.Ordinal))
            payload.WritePart(name, stream => stream.Write(bytes));
        if (options.GraphStorage == GraphStorage.Reference)
            settings["graphPath"] = backbone.Source.FilePath ?? throw Throw.MemoryGraphCannotBeReferenced(backbone.Name);
        else if (backbone.Source.ExternalFiles.Count > 0)
            throw Throw.ExternalDataCannotBeEmbedded(backbone.Name, backbone.Source.ExternalFiles);
        else
            payload.WritePart(GraphPart, backbone.Source.CopyTo);
    }

    public static Backbone ReadBackbone(PayloadReader payload)
    {
        JsonObject settings = payload.Settings;
        string origin = $"{payload.Kind} of a saved model";
        BackboneCard card = BackboneCard.Parse(JsonSerializer.SerializeToUtf8Bytes(settings["card"]), origin);
        Dictionary<string, byte[]> tokenizer = payload.PartNames.Where(WordPieceTokenizer.FileNames.Contains).ToDictionary(name => name, payload.ReadPart);
        ModelSource source = (string?)settings["graphPath"] is string path
            ? ModelSource.FromFile(Referenced(path, card)) : ModelSource.FromMemory(payload.ReadPart(GraphPart), card.Name);
        return Backbone.FromSource(card, source, tokenizer, origin);
    }

    /// <summary>The options that every embedding step has, onto those of a modality.</summary>
    public static T ReadOptions<T>(PayloadReader payload, T options)
        where T : EmbeddingOptions
    {
        JsonObject settings = payload.Settings;
        return options with
        {
            OutputColumnName = (string)settings["outputColumnName"]!,
            Pooling = (string?)settings["pooling"] is string pooling ? Enum.Parse<Pooling>(pooling) : null,
            Normalize = (bool?)settings["normalize"],
            Dimension = (int?)settings["dimension"],
            AdditionalOutputs = [.. settings["additionalOutputs"]!.AsArray().Select(o =>
                new FeatureOutput((string)o!["columnName"]!, Enum.Parse<Pooling>((string)o["pooling"]!)))],
            Target = (string?)settings["target"] is string target ? ComputeTarget.Parse(target) : null,
            Int8Execution = Enum.Parse<Int8Execution>((string)settings["int8Execution"]!),
            SequencePrecision = Enum.Parse<SequencePrecision>((string)settings["sequencePrecision"]!),
            GraphStorage = Enum.Parse<GraphStorage>((string)settings["graphStorage"]!),
            ElementsPerRun = (int?)settings["elementsPerRun"],
        };
    }

    /// <summary>The referenced graph: at its path, else under the same folder and file name among the model folders; refused where its hash is another.</summary>
    private static string Referenced(string path, BackboneCard card)
    {
        string? found = File.Exists(path) ? path : null;
        string[] folders = [.. BackboneFiles.ModelFolders()];
        found ??= folders.Select(f => Path.Combine(f, card.Name, card.Graph)).FirstOrDefault(File.Exists) ?? throw Throw.ReferencedGraphMissing(path, folders);
        string hash = ModelSource.FromFile(found).Sha256;
        return hash == card.Sha256 ? found : throw Throw.ReferencedGraphChanged(found, card.Sha256!, hash);
    }
}
