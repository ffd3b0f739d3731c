using MLTransfer.Internal;
using MLTransfer.Onnx.Graphs;
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

    public static BackboneCard Complete(BackboneFiles files, ModelSource source, BackboneOptions options)
    {
        using OnnxModel model = source.Read();
        OnnxGraph graph = model.Graph;
        BackboneCard? stated = files.Card;
        BackboneModality modality = options.Modality ?? stated?.Modality
            ?? (WordPieceTokenizer.IsPresent(files.Tokenizer.Keys) ? BackboneModality.Text : BackboneModality.Tensor);
        if (modality == BackboneModality.Text && !WordPieceTokenizer.IsPresent(files.Tokenizer.Keys))
            throw Throw.NoTokenizer(files.Origin, WordPieceTokenizer.FileNames);

        Pooling? statedPooling = options.Pooling ?? stated?.Pooling ?? PoolingConfig(files);
        OnnxValue feature = Feature(files, graph, options.FeatureOutput ?? stated?.FeatureOutput, statedPooling);
        int rank = feature.Dimensions.Length;
        Pooling pooling = DecidePooling(files, feature, rank, options, stated, statedPooling);
        int dimension = stated is not null && stated.FeatureOutput == feature.Name ? stated.Dimension : Dimension(files, feature);
        return (stated ?? new BackboneCard
        {
            Name = files.Name,
            Modality = modality,
            Graph = files.GraphName,
            Inputs = InputRoles.Infer(graph, modality, files.Origin),
            FeatureOutput = feature.Name,
            Pooling = pooling,
            Dimension = dimension,
            Normalize = HasNormalizeModule(files),
            QueryPrefix = Prompt(files, "query"),
            PassagePrefix = Prompt(files, "passage") ?? Prompt(files, "document"),
        }) with
        {
            Modality = modality,
            FeatureOutput = feature.Name,
            Pooling = pooling,
            Dimension = dimension,
            Normalize = options.Normalize ?? stated?.Normalize ?? HasNormalizeModule(files),
            MaximumLength = modality == BackboneModality.Text ? options.MaximumLength ?? stated?.MaximumLength ?? MaximumLength(files, graph) : null,
            Sha256 = source.Sha256,
        };
    }

    private static OnnxValue Feature(BackboneFiles files, OnnxGraph graph, string? named, Pooling? pooling)
    {
        IEnumerable<string> all = graph.Outputs.Select(Describe);
        if (named is not null)
        {
            OnnxValue output = graph.Outputs.FirstOrDefault(o => o.Name == named) ?? throw Throw.NoSuchOutput(files.Origin, named, all);
            return CanBeFeature(output) ? output : throw Throw.FeatureNotUsable(files.Origin, Describe(output));
        }
        OnnxValue[] candidates = [.. graph.Outputs.Where(CanBeFeature)];
        // A folder that says how to pool means the token vectors, whatever else the graph delivers.
        if (pooling is not null)
        {
            OnnxValue[] fitting = [.. candidates.Where(c => c.Dimensions.Length == (pooling == Pooling.Graph ? 2 : 3))];
            if (fitting.Length == 1)
                return fitting[0];
        }
        return candidates.Length switch
        {
            1 => candidates[0],
            0 => throw Throw.NoFeature(files.Origin, all),
            _ => throw Throw.AmbiguousFeature(files.Origin, candidates.Select(Describe)),
        };
    }

    private static Pooling DecidePooling(
        BackboneFiles files, OnnxValue feature, int rank, BackboneOptions options, BackboneCard? stated, Pooling? statedPooling)
    {
        bool asked = options.Pooling is not null || stated is not null;
        if (rank == 2)
        {
            return asked && statedPooling is Pooling p and not Pooling.Graph
                ? throw Throw.PoolingNeedsTokens(files.Origin, Describe(feature), p) : Pooling.Graph;
        }
        return statedPooling switch
        {
            null => throw Throw.AmbiguousPooling(files.Origin, Describe(feature)),
            Pooling.Graph => throw Throw.PoolingNeedsVector(files.Origin, Describe(feature)),
            Pooling p => p,
        };
    }

    private static bool CanBeFeature(OnnxValue output) =>
        output.ElementType == OnnxElementType.Float && output.Dimensions.Length is 2 or 3;

    private static int Dimension(BackboneFiles files, OnnxValue feature)
    {
        double? size = feature.Dimensions[^1].Value
            ?? files.Config("1_Pooling/config.json").Number("word_embedding_dimension") ?? files.Config("config.json").Number("hidden_size");
        return size is > 0 and <= int.MaxValue ? (int)size : throw Throw.UnknownDimension(files.Origin, Describe(feature));
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
