namespace MLTransfer.Cli.Inspection;

/// <summary>What `inspect` found in a graph and, where it can be one, in the backbone around it.</summary>
internal sealed record ModelReport
{
    public required string Name { get; init; }

    /// <summary>The graph's file; null for a graph inside this tool.</summary>
    public required string? Path { get; init; }

    /// <summary>Bytes of the graph's file and its external data.</summary>
    public required long ByteCount { get; init; }

    /// <summary>Files with external data, relative to the graph's folder.</summary>
    public required IReadOnlyList<string> ExternalFiles { get; init; }

    public required string Sha256 { get; init; }

    public required string Producer { get; init; }

    public required long IrVersion { get; init; }

    /// <summary>Versions of operator sets by domain; ONNX's own is "ai.onnx".</summary>
    public required IReadOnlyDictionary<string, long> Opsets { get; init; }

    /// <summary>Domains of operators that ONNX Runtime does not bring along; a session needs a library for each.</summary>
    public required IReadOnlyList<string> CustomDomains { get; init; }

    public required IReadOnlyList<PortReport> Inputs { get; init; }

    public required IReadOnlyList<PortReport> Outputs { get; init; }

    /// <summary>Numbers in all constants.</summary>
    public required long ParameterCount { get; init; }

    /// <summary>How often each operator occurs, sub-graphs included; the most frequent first.</summary>
    public required IReadOnlyDictionary<string, int> Operators { get; init; }

    /// <summary>False where a row's value depends on the rows beside it.</summary>
    public required bool RowsAreIndependent { get; init; }

    public required string RowIndependenceReason { get; init; }

    /// <summary>The graphs of the folder, the one reported on included; empty for a single file.</summary>
    public required IReadOnlyList<VariantReport> Variants { get; init; }

    /// <summary>The layer before the class scores, for each output that has one: the best feature of a classifier.</summary>
    public required IReadOnlyDictionary<string, string> PenultimateLayers { get; init; }

    /// <summary>Values of the graph that can be the feature; null where they were not asked for.</summary>
    public required IReadOnlyList<FeatureReport>? Features { get; init; }

    /// <summary>The blocks of the network in front of the feature, which fine-tuning counts; null where it opens as no backbone, or where no block can be told.</summary>
    public required IReadOnlyList<BlockReport>? Blocks { get; init; }

    /// <summary>Why a backbone's blocks cannot be told.</summary>
    public required string? BlocksProblem { get; init; }

    /// <summary>Null where it opens as no backbone.</summary>
    public required BackboneReport? Backbone { get; init; }

    /// <summary>Why it opens as no backbone.</summary>
    public required string? BackboneProblem { get; init; }
}

/// <summary>An input or output: symbolic axes by their names, unknown ones as "?"; null where not even the rank is stated.</summary>
internal sealed record PortReport(string Name, string Type, IReadOnlyList<string>? Shape);

/// <summary>A value of the graph that can be the feature.</summary>
internal sealed record FeatureReport(string Name, string Operator, IReadOnlyList<string> Shape, bool IsOutput, bool IsPenultimate);

/// <summary>A block of a backbone: where it ends, numbers in its weights, why they cannot be trained (null where they can), and their names (null where they were not asked for).</summary>
internal sealed record BlockReport(int Index, string EndsAt, long ParameterCount, bool IsTrainable, string? Problem, IReadOnlyList<string>? ParameterNames);

/// <summary>One .onnx file of a folder.</summary>
internal sealed record VariantReport(string Name, long ByteCount, bool IsChosen);

/// <summary>The card of a backbone.</summary>
internal sealed record BackboneReport(
    BackboneModality Modality, string FeatureOutput, int Dimension, Pooling Pooling, bool Normalize, int? MaximumLength, string? Tokenizer,
    IReadOnlyDictionary<string, string> InputRoles, ImagePreprocessing? Image, AudioPreprocessing? Audio, string? QueryPrefix, string? PassagePrefix, string? Licence, IReadOnlyDictionary<string, string>? Notes);
