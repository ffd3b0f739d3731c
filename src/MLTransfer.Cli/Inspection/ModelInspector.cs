using MLTransfer.Backbones;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Sessions;

namespace MLTransfer.Cli.Inspection;

/// <summary>Finds out what a model is. Nothing is run; features are listed with the help of a session that infers their shapes.</summary>
internal static class ModelInspector
{
    /// <summary>The name under which the backbone inside this tool is inspected.</summary>
    public const string DefaultName = "default";

    public static ModelReport Inspect(string pathOrName, string? variant, bool listFeatures)
    {
        if (string.IsNullOrWhiteSpace(pathOrName))
            throw new ArgumentException("The argument 'model' is empty. Give a folder, an .onnx file or a name.");
        // A folder that is called so goes first: `inspect ./default` always works.
        if (pathOrName == DefaultName && !Directory.Exists(DefaultName))
        {
            return variant is null
                ? Report(DefaultBackbones.Text.Source, DefaultBackbones.Text.Name, [], DefaultBackbones.Text, null, listFeatures)
                : throw new ArgumentException($"--variant '{variant}' chooses among the .onnx files of a folder, but '{DefaultName}' is one graph. Leave --variant out.");
        }
        var options = new BackboneOptions { Variant = variant };
        BackboneFiles files = BackboneFiles.Find(pathOrName, options);
        ModelSource source = ModelSource.FromFile(files.GraphPath);
        (Backbone? backbone, string? problem) = TryOpen(pathOrName, options);
        return Report(source, files.Name, Variants(files), backbone, problem, listFeatures);
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

    private static ModelReport Report(ModelSource source, string name, IReadOnlyList<VariantReport> variants, Backbone? backbone, string? problem, bool listFeatures)
    {
        var summary = GraphSummary.Of(source);
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
            Backbone = backbone is null ? null : Describe(backbone),
            BackboneProblem = problem,
        };
    }

    private static FeatureReport Feature(FeatureCandidate candidate) => new(
        candidate.Value.Name, candidate.Operator, [.. candidate.Value.Dimensions.Select(d => d.ToString())], candidate.IsOutput, candidate.IsPenultimate);

    public static PortReport Port(OnnxValue value) => new(
        value.Name, value.ElementType.ToString(), value.IsRankKnown ? [.. value.Dimensions.Select(d => d.ToString())] : null);

    private static BackboneReport Describe(Backbone backbone)
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
