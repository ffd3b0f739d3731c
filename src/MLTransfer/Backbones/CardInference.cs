using MLTransfer.Internal;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Sessions;
using MLTransfer.Text;

namespace MLTransfer.Backbones;

/// <summary>
/// Completes a card from what the folder and the graph say. Nothing is guessed: where two readings are possible, the error lists them and names the option that decides.
/// </summary>
internal static class CardInference
{
    // Used only where neither the folder nor the graph states a limit.
    private const int FallbackMaximumLength = 512;

    // Hugging Face writes a huge number where a tokenizer has no limit.
    private const long LargestStatedLength = 1_000_000;

    /// <summary>The completed card, and the graph that runs for its feature.</summary>
    public static (BackboneCard Card, FeatureGraph Run) Complete(BackboneFiles files, ModelSource source, BackboneOptions options)
    {
        using OnnxModel model = source.Read();
        OnnxGraph graph = model.Graph;
        BackboneCard? stated = files.Card;
        MediaSettings media = MediaSettings.Of(files, graph, options);
        BackboneModality modality = media.Modality;
        if (modality == BackboneModality.Text && !WordPieceTokenizer.IsPresent(files.Tokenizer.Keys))
            throw Throw.NoTokenizer(files.Origin, WordPieceTokenizer.FileNames);

        Pooling? usual = options.Pooling ?? stated?.Pooling ?? PoolingConfig(files);
        string name = options.FeatureOutput ?? stated?.FeatureOutput ?? FeatureName(files, graph, usual);
        FeatureGraph run = FeatureGraph.Of(source, model, name, media.Audio, files.Origin);
        // What a card says of one feature holds for no other.
        BackboneCard? same = stated?.FeatureOutput == name ? stated : null;
        Pooling pooling = DecidePooling(files.Origin, run, modality, options.Pooling ?? same?.Pooling, usual);
        int dimension = same?.Dimension ?? Dimension(files, run);
        return ((stated ?? new BackboneCard
        {
            Name = files.Name,
            Modality = modality,
            Graph = files.GraphName,
            Inputs = InputRoles.Infer(graph, modality, files.Origin),
            FeatureOutput = name,
            Pooling = pooling,
            Dimension = dimension,
            Normalize = HasNormalizeModule(files),
            QueryPrefix = Prompt(files, "query"),
            PassagePrefix = Prompt(files, "passage") ?? Prompt(files, "document"),
        }) with
        {
            Modality = modality,
            FeatureOutput = name,
            Pooling = pooling,
            Dimension = dimension,
            Normalize = options.Normalize ?? stated?.Normalize ?? HasNormalizeModule(files),
            MaximumLength = modality == BackboneModality.Text ? options.MaximumLength ?? stated?.MaximumLength ?? MaximumLength(files, graph) : null,
            Image = media.Image,
            Audio = media.Audio,
            Sha256 = source.Sha256,
        }, run);
    }

    /// <summary>A card whose feature is another value of the same graph.</summary>
    /// <param name="card">The card to change.</param>
    /// <param name="run">The graph that runs for the new feature.</param>
    /// <param name="origin">For messages.</param>
    /// <param name="pooling">How it is pooled, where that was asked for.</param>
    /// <param name="normalize">Whether it is normalised, where that was asked for.</param>
    public static BackboneCard WithFeature(BackboneCard card, FeatureGraph run, string origin, Pooling? pooling, bool? normalize)
    {
        string name = run.Feature.Name;
        int? known = name == card.FeatureOutput ? card.Dimension : run.Shape.Dimension;
        return card with
        {
            FeatureOutput = name,
            Pooling = DecidePooling(origin, run, card.Modality, pooling ?? (name == card.FeatureOutput ? card.Pooling : null), card.Pooling),
            Normalize = normalize ?? card.Normalize,
            Dimension = known ?? throw Throw.UnknownDimension(origin, Describe(run.Feature)),
        };
    }

    private static string FeatureName(BackboneFiles files, OnnxGraph graph, Pooling? pooling)
    {
        OnnxValue[] candidates = [.. graph.Outputs.Where(FeatureCandidates.CanBeFeature)];
        // Maps beside vectors or tokens are attentions, masks or boxes.
        OnnxValue[] narrow = [.. candidates.Where(c => c.Dimensions.Length < 4)];
        if (narrow.Length > 0)
            candidates = narrow;
        // A folder that says how to pool means the token vectors, whatever else the graph delivers.
        if (pooling is not null)
        {
            var channels = new ChannelAxis(graph);
            OnnxValue[] fitting = [.. candidates.Where(c => FeatureShape.Of(c, channels).IsVector == (pooling == Pooling.Graph))];
            if (fitting.Length == 1)
                return fitting[0].Name;
        }
        return candidates.Length switch
        {
            1 => candidates[0].Name,
            0 => throw Throw.NoFeature(files.Origin, graph.Outputs.Select(Describe), PenultimateLayer.FindAll(graph)),
            _ => throw Throw.AmbiguousFeature(files.Origin, candidates.Select(Describe), PenultimateLayer.FindAll(graph)),
        };
    }

    /// <summary>How a feature is pooled: as it was asked for, else as other features of the backbone are where that fits.</summary>
    private static Pooling DecidePooling(string origin, FeatureGraph run, BackboneModality modality, Pooling? asked, Pooling? usual)
    {
        // Over the frames of a clip, or over its windows where the graph gives one vector for each.
        if (modality == BackboneModality.Audio)
            return asked ?? (usual is null or Pooling.Graph ? Pooling.Mean : usual.Value);
        string feature = Describe(run.Feature);
        if (run.Shape.IsVector)
            return asked is null or Pooling.Graph ? Pooling.Graph : throw Throw.PoolingNeedsTokens(origin, feature, asked.Value);
        if (asked == Pooling.Graph)
            throw Throw.PoolingNeedsVector(origin, feature);
        if (asked is not null)
            return asked.Value;
        // Of a map, the mean over its places is what the classifier behind it would read; the first place or the last mean nothing.
        if (run.Feature.Dimensions.Length == 4)
            return Pooling.Mean;
        return usual is null or Pooling.Graph ? throw Throw.AmbiguousPooling(origin, feature) : usual.Value;
    }

    private static int Dimension(BackboneFiles files, FeatureGraph run)
    {
        double? size = run.Shape.Dimension
            ?? files.Config("1_Pooling/config.json").Number("word_embedding_dimension") ?? files.Config("config.json").Number("hidden_size");
        return size is > 0 and <= int.MaxValue ? (int)size : throw Throw.UnknownDimension(files.Origin, Describe(run.Feature));
    }

    private static Pooling? PoolingConfig(BackboneFiles files)
    {
        string[] modes = files.Config("1_Pooling/config.json").Set("pooling_mode_");
        return modes switch
        {
            ["mean_tokens"] => Pooling.Mean,
            ["cls_token"] => Pooling.Cls,
            ["max_tokens"] => Pooling.Max,
            ["lasttoken"] => Pooling.Last,
            ["weightedmean_tokens"] => Pooling.WeightedMean,
            [] => null,
            _ => throw Throw.PoolingUnsupported(files.Origin, string.Join(" + ", modes)),
        };
    }

    private static int MaximumLength(BackboneFiles files, OnnxGraph graph)
    {
        // The smallest of what is stated would be wrong: sentence-transformers limits its models below what the network could take, on purpose.
        double? stated = files.Config("sentence_bert_config.json").Number("max_seq_length") ?? Limit(files.Config("tokenizer_config.json").Number("model_max_length"))
            ?? files.Config("config.json").Number("max_position_embeddings");
        int length = stated is > 2 and < LargestStatedLength ? (int)stated : FallbackMaximumLength;
        return (int)Math.Min(length, PositionTable.Limit(graph) ?? length);
    }

    private static double? Limit(double? number) => number < LargestStatedLength ? number : null;

    private static bool HasNormalizeModule(BackboneFiles files) =>
        files.Config("modules.json").TextOfEach("type").Any(type => type.EndsWith(".Normalize", StringComparison.Ordinal));

    private static string? Prompt(BackboneFiles files, string name) => files.Config("config_sentence_transformers.json").Text("prompts", name);

    internal static string Describe(OnnxValue value) =>
        $"'{value.Name}' {value.ElementType} [{string.Join(", ", value.Dimensions.Select(d => d.ToString()))}]";
}
