namespace MLTransfer.Cli.Inspection;

/// <summary>What `inspect` found in a model.zip.</summary>
internal sealed record SavedModelReport
{
    public required string Path { get; init; }

    public required long ByteCount { get; init; }

    /// <summary>Bytes of all entries when unpacked.</summary>
    public required long UnpackedByteCount { get; init; }

    /// <summary>Of the whole file.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The version of ML.NET that saved it; null where the file does not say.</summary>
    public required string? MlNetVersion { get; init; }

    /// <summary>The assemblies in which loaders are looked for, as the file spells them.</summary>
    public required IReadOnlyList<string> Assemblies { get; init; }

    /// <summary>The steps in the order in which rows pass them, each followed by the models inside it.</summary>
    public required IReadOnlyList<SavedStepReport> Steps { get; init; }

    /// <summary>The columns that were there when it was saved; null where it does not load, or was saved without them.</summary>
    public required IReadOnlyList<ColumnReport>? Inputs { get; init; }

    /// <summary>The columns that come out; null where <see cref="Inputs"/> is.</summary>
    public required IReadOnlyList<ColumnReport>? Outputs { get; init; }

    /// <summary>The classes or labels in the order of the scores; null where there are none, or where it does not load.</summary>
    public required IReadOnlyList<string>? Classes { get; init; }

    /// <summary>Why it does not load here; null where it does.</summary>
    public required string? Problem { get; init; }
}

/// <summary>A model header: who loads what follows it.</summary>
/// <param name="Place">Its folder in the file.</param>
/// <param name="Depth">0 for a step of the pipeline, 1 for a model inside it, and so on.</param>
/// <param name="Loader">The signature of its loader.</param>
/// <param name="Assembly">The assembly of the loader, without version; null where the file names none.</param>
/// <param name="ByteCount">Unpacked bytes of its folder, models inside included.</param>
/// <param name="Kind">Of a step of MLTransfer: what it is.</param>
/// <param name="Embedding">Of a step that runs a backbone.</param>
/// <param name="Head">Of a head of MLTransfer.</param>
/// <param name="Problem">Why a step of MLTransfer cannot be described.</param>
internal sealed record SavedStepReport(
    string Place, int Depth, string Loader, string? Assembly, long ByteCount, string? Kind, SavedEmbeddingReport? Embedding, SavedHeadReport? Head, string? Problem);

/// <summary>A step that runs a backbone, as it was saved.</summary>
/// <param name="Columns">What it reads.</param>
/// <param name="OutputColumn">Where the feature goes.</param>
/// <param name="Backbone">The backbone's name.</param>
/// <param name="Modality">What the backbone reads.</param>
/// <param name="Sha256">Of the graph.</param>
/// <param name="FeatureOutput">The value of the graph that is the feature.</param>
/// <param name="Dimension">Numbers of a feature.</param>
/// <param name="Pooling">How token vectors become one.</param>
/// <param name="Normalize">Whether features have unit length.</param>
/// <param name="Licence">Of the weights.</param>
/// <param name="GraphBytes">Bytes of the graph in the file; null where it is elsewhere.</param>
/// <param name="GraphPath">Where the graph is, if not in the file.</param>
/// <param name="Target">The compute target; null for what the MLContext says.</param>
/// <param name="Int8Execution">How 8-bit graphs are run.</param>
internal sealed record SavedEmbeddingReport(
    IReadOnlyList<string> Columns, string OutputColumn, string Backbone, BackboneModality Modality, string? Sha256, string FeatureOutput, int Dimension, Pooling Pooling, bool Normalize,
    string? Licence, long? GraphBytes, string? GraphPath, string? Target, string Int8Execution);

/// <summary>A head of MLTransfer, as it was saved.</summary>
/// <param name="Task">What it predicts.</param>
/// <param name="Column">The features that it reads.</param>
/// <param name="FeatureCount">Their numbers.</param>
/// <param name="HiddenUnits">Units of each hidden layer.</param>
/// <param name="Labels">Classes or labels in the order of the scores.</param>
internal sealed record SavedHeadReport(string Task, string Column, int FeatureCount, IReadOnlyList<int> HiddenUnits, IReadOnlyList<string> Labels);

/// <summary>A column and its type. One that goes through unchanged comes out as it came in.</summary>
internal sealed record ColumnReport(string Name, string Type, bool IsPassedThrough);
