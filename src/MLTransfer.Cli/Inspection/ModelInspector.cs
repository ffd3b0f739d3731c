using MLTransfer.Backbones;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Sessions;

namespace MLTransfer.Cli.Inspection;

/// <summary>Finds out what a model is. Nothing is run; features are listed with the help of a session that infers their shapes.</summary>
internal static class ModelInspector
{
    /// <summary>The name under which the backbone inside this tool is inspected.</summary>
    public const string DefaultName = "default";

    /// <param name="pathOrName">A folder, a file, a name, or <see cref="DefaultName"/>.</param>
    /// <param name="variant">Which graph of the folder.</param>
    /// <param name="feature">The value that is the feature, where neither a card nor the graph says it.</param>
    /// <param name="listFeatures">Whether values that can be the feature are listed.</param>
    /// <param name="listParameters">Whether the weights of each block are named.</param>
    public static ModelReport Inspect(string pathOrName, string? variant, string? feature, bool listFeatures, bool listParameters)
    {
        if (string.IsNullOrWhiteSpace(pathOrName))
            throw new ArgumentException("The argument 'model' is empty. Give a folder, an .onnx file or a name.");
        // A folder that is called so goes first: `inspect ./default` always works.
        if (pathOrName == DefaultName && !Directory.Exists(DefaultName))
        {
            Backbone inside = feature is null ? DefaultBackbones.Text : DefaultBackbones.Text.WithFeature(feature);
            return variant is null
                ? Report(inside.Source, inside.Name, [], inside, null, listFeatures, listParameters)
                : throw new ArgumentException($"--variant '{variant}' chooses among the .onnx files of a folder, but '{DefaultName}' is one graph. Leave --variant out.");
        }
        var options = new BackboneOptions { Variant = variant, FeatureOutput = feature };
        BackboneFiles files = BackboneFiles.Find(pathOrName, options);
        ModelSource source = ModelSource.FromFile(files.GraphPath);
        (Backbone? backbone, string? problem) = TryOpen(pathOrName, options);
        return Report(source, files.Name, Variants(files), backbone, problem, listFeatures, listParameters);
    }

    private static (Backbone?, string?) TryOpen(string pathOrName, BackboneOptions options)
    {
        try
        {
            return (Backbone.Open(pathOrName, options), null);
        }
        // The graph itself passed the guard, so the report is worth reading although it is no backbone as it stands.
        catch (Exception e) when (e is ArgumentException or InvalidDataException or FileNotFoundException or NotSupportedException)
        {
            return (null, e.Message);
        }
    }

    private static ModelReport Report(
        ModelSource source, string name, IReadOnlyList<VariantReport> variants, Backbone? backbone, string? problem, bool listFeatures, bool listParameters)
    {
        var summary = GraphSummary.Of(source);
        (IReadOnlyList<BlockReport>? blocks, string? blocksProblem) = backbone is null ? (null, null) : TryListBlocks(backbone, listParameters);
        using OnnxModel model = source.Read();
        return new ModelReport
        {
            Name = name,
            Path = source.FilePath,
            ByteCount = summary.ByteCount,
            ExternalFiles = summary.ExternalFiles,
            Sha256 = summary.Sha256,
            Producer = summary.Producer,
            IrVersion = summary.IrVersion,
            Opsets = summary.Opsets.DistinctBy(o => o.Domain).ToDictionary(o => o.Domain.Length == 0 ? "ai.onnx" : o.Domain, o => o.Version),
            CustomDomains = summary.CustomDomains,
            Inputs = [.. InputRoles.RequiredInputs(model.Graph).Select(Port)],
            Outputs = [.. model.Graph.Outputs.Select(Port)],
            ParameterCount = summary.ParameterCount,
            Operators = summary.Operators.OrderByDescending(o => o.Value).ToDictionary(),
            RowsAreIndependent = !summary.Independence.RowsInterfere,
            RowIndependenceReason = summary.Independence.Reason,
            Variants = variants,
            PenultimateLayers = PenultimateLayer.FindAll(model.Graph),
            Features = listFeatures ? [.. FeatureCandidates.Of(source).Select(Feature)] : null,
            Blocks = blocks,
            BlocksProblem = blocksProblem,
            Backbone = backbone is null ? null : Describe(backbone),
            BackboneProblem = problem,
        };
    }

    private static (IReadOnlyList<BlockReport>?, string?) TryListBlocks(Backbone backbone, bool listParameters)
    {
        try
        {
            return ([.. backbone.ListBlocks().Select(b => new BlockReport(b.Index, b.EndsAt, b.ParameterCount, b.IsTrainable, b.Problem, listParameters ? b.ParameterNames : null))], null);
        }
        // A backbone that cannot be fine-tuned still makes features.
        catch (NotSupportedException e)
        {
            return (null, e.Message);
        }
    }

    private static FeatureReport Feature(FeatureCandidate candidate) => new(
        candidate.Value.Name, candidate.Operator, [.. candidate.Value.Dimensions.Select(d => d.ToString())], candidate.IsOutput, candidate.IsPenultimate);

    public static PortReport Port(OnnxValue value) => new(
        value.Name, value.ElementType.ToString(), value.IsRankKnown ? [.. value.Dimensions.Select(d => d.ToString())] : null);

    public static BackboneReport Describe(Backbone backbone)
    {
        BackboneCard card = backbone.Card;
        string? tokenizer = backbone.Tokenizer is { } t ? $"WordPiece, {t.VocabularySize} tokens" : null;
        return new BackboneReport(
            card.Modality, card.FeatureOutput, card.Dimension, card.Pooling, card.Normalize, card.MaximumLength, tokenizer, card.Inputs, card.Image, card.Audio, card.QueryPrefix,
            card.PassagePrefix, card.Licence, card.Notes);
    }

    private static IReadOnlyList<VariantReport> Variants(BackboneFiles files)
    {
        if (File.Exists(files.Origin))
            return [];
        string inner = Path.Combine(files.Origin, "onnx");
        IEnumerable<string> graphs = Directory.EnumerateFiles(files.Origin, "*.onnx");
        if (Directory.Exists(inner))
            graphs = graphs.Concat(Directory.EnumerateFiles(inner, "*.onnx"));
        return [.. graphs.Select(g => new VariantReport(
            Path.GetRelativePath(files.Origin, g).Replace('\\', '/'), new FileInfo(g).Length, Path.GetFullPath(g) == Path.GetFullPath(files.GraphPath)))
            .OrderBy(v => v.Name, StringComparer.Ordinal)];
    }
}
