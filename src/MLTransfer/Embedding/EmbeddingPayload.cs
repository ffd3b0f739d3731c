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
    /// <summary>The part that holds an embedded graph.</summary>
    public const string GraphPart = "graph.onnx";

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
        backbone.Source.CheckUnchanged();
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
        PayloadSettings settings = new(payload.Kind, payload.Settings);
        string origin = $"{payload.Kind} of a saved model";
        BackboneCard card = BackboneCard.Parse(JsonSerializer.SerializeToUtf8Bytes(payload.Settings["card"]), origin);
        Dictionary<string, byte[]> tokenizer = payload.PartNames.Where(WordPieceTokenizer.FileNames.Contains).ToDictionary(name => name, payload.ReadPart);
        ModelSource source = settings.OptionalText("graphPath") is string path
            ? ModelSource.FromFile(Referenced(path, card)) : ModelSource.FromMemory(payload.ReadPart(GraphPart), card.Name);
        return Backbone.FromSource(card, source, tokenizer, origin);
    }

    /// <summary>The options that every embedding step has, onto those of a modality.</summary>
    public static T ReadOptions<T>(PayloadSettings settings, T options)
        where T : EmbeddingOptions => options with
        {
            OutputColumnName = settings.Text("outputColumnName"),
            Pooling = settings.OptionalChoice<Pooling>("pooling"),
            Normalize = settings.Optional<bool>("normalize"),
            Dimension = settings.Optional<int>("dimension"),
            AdditionalOutputs = [.. settings.Objects("additionalOutputs").Select(o => new FeatureOutput(o.Text("columnName"), o.Choice<Pooling>("pooling")))],
            Target = settings.OptionalText("target") is string target ? ComputeTarget.Parse(target) : null,
            Int8Execution = settings.Choice<Int8Execution>("int8Execution"),
            SequencePrecision = settings.Choice<SequencePrecision>("sequencePrecision"),
            GraphStorage = settings.Choice<GraphStorage>("graphStorage"),
            ElementsPerRun = settings.Optional<int>("elementsPerRun"),
        };

    /// <summary>The referenced graph: at its path, else under the same folder and file name among the model folders; refused where its hash is another.</summary>
    private static string Referenced(string path, BackboneCard card)
    {
        // On Windows a look at a foreign machine's path hands over the user's credentials.
        bool isNetworkPath = path.StartsWith(@"\\", StringComparison.Ordinal) || path.StartsWith("//", StringComparison.Ordinal);
        string? found = !isNetworkPath && File.Exists(path) ? path : null;
        string[] folders = [.. BackboneFiles.ModelFolders()];
        found ??= folders.Select(f => Path.Combine(f, card.Name, card.Graph)).FirstOrDefault(File.Exists) ?? throw Throw.ReferencedGraphMissing(path, folders);
        string hash = ModelSource.FromFile(found).Sha256;
        return hash == card.Sha256 ? found : throw Throw.ReferencedGraphChanged(found, card.Sha256!, hash);
    }
}
