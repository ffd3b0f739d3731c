using System.Collections.Immutable;

namespace MLTransfer.Onnx.Graphs;

/// <summary>What is worth knowing of a model at a glance.</summary>
internal sealed record GraphSummary
{
    // Operators that ONNX Runtime brings along.
    private static readonly ImmutableArray<string> BuiltInDomains =
        ["", "ai.onnx", "ai.onnx.ml", "ai.onnx.training", "ai.onnx.preview.training", "com.microsoft", "com.microsoft.experimental", "com.microsoft.nchwc",
        "com.ms.internal.nhwc"];

    public required string Name { get; init; }

    public required string Sha256 { get; init; }

    /// <summary>Producer and its version, empty where the file does not say.</summary>
    public required string Producer { get; init; }

    public required long IrVersion { get; init; }

    public required ImmutableArray<OnnxOpset> Opsets { get; init; }

    /// <summary>Bytes of the graph's file and of its external data.</summary>
    public required long ByteCount { get; init; }

    /// <summary>Numbers in the constants of the graph and its sub-graphs.</summary>
    public required long ParameterCount { get; init; }

    /// <summary>Inputs without a constant of the same name, as "'input_ids' Int64 [batch, tokens]".</summary>
    public required ImmutableArray<string> Inputs { get; init; }

    public required ImmutableArray<string> Outputs { get; init; }

    /// <summary>How often each operator stands in the graph, its sub-graphs and functions; those of other domains as "domain.Operator".</summary>
    public required ImmutableSortedDictionary<string, int> Operators { get; init; }

    /// <summary>
    /// Domains whose operators neither ONNX Runtime nor the model itself brings along. A session over them needs a library of custom operators.
    /// </summary>
    public required ImmutableArray<string> CustomDomains { get; init; }

    /// <summary>Names of the files that hold external data.</summary>
    public required ImmutableArray<string> ExternalFiles { get; init; }

    public required RowIndependence Independence { get; init; }

    /// <summary>Checks a model by the guard and looks into it.</summary>
    /// <exception cref="InvalidDataException">As <see cref="ModelSource.Check"/>.</exception>
    public static GraphSummary Of(ModelSource source)
    {
        source.Check(expectedSha256: null);
        using OnnxModel model = source.Read();
        HashSet<string> initialized = [.. model.Graph.Initializers.Select(t => t.Name)];
        HashSet<string> own = [.. model.Functions.Select(f => f.Domain)];
        string? folder = Path.GetDirectoryName(source.FilePath);
        return new GraphSummary
        {
            Name = source.Name,
            Sha256 = source.Sha256,
            Producer = $"{model.ProducerName} {model.ProducerVersion}".Trim(),
            IrVersion = model.IrVersion,
            Opsets = model.Opsets,
            ByteCount = source.ByteCount + source.ExternalFiles.Sum(f => new FileInfo(Path.Combine(folder!, f)).Length),
            ParameterCount = model.AllGraphs().SelectMany(g => g.Initializers).Sum(t => t.ElementCount),
            Inputs = [.. model.Graph.Inputs.Where(i => !initialized.Contains(i.Name)).Select(Describe)],
            Outputs = [.. model.Graph.Outputs.Select(Describe)],
            Operators = model.AllNodes().GroupBy(n => n.IsStandard ? n.OpType : $"{n.Domain}.{n.OpType}").ToImmutableSortedDictionary(
                g => g.Key, g => g.Count(), StringComparer.Ordinal),
            CustomDomains = [.. model.AllNodes().Select(n => n.Domain).Distinct()
                .Where(d => !BuiltInDomains.Contains(d) && !own.Contains(d)).Order(StringComparer.Ordinal)],
            ExternalFiles = [.. source.ExternalFiles],
            Independence = RowIndependence.Analyse(model),
        };
    }

    private static string Describe(OnnxValue value) =>
        $"'{value.Name}' {value.ElementType} [{(value.IsRankKnown ? string.Join(", ", value.Dimensions) : "unknown rank")}]";
}
