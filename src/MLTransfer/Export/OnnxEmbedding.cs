using System.Collections.Immutable;
using MLTransfer.Embedding;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Export;

/// <summary>What an exported graph computes in place of an embedding step.</summary>
internal sealed record OnnxEmbedding
{
    /// <summary>The step as messages name it, such as "EmbedText".</summary>
    public required string StepName { get; init; }

    /// <summary>The backbone: its card, tokenizer and ports.</summary>
    public required Backbone Backbone { get; init; }

    /// <summary>The graph that runs, cut at the feature: <see cref="Backbone.RunSource"/>, or that with its weights in float.</summary>
    public required ModelSource Source { get; init; }

    /// <summary>The columns with their pooling, the step's own first.</summary>
    public required ImmutableArray<PlannedOutput> Outputs { get; init; }

    /// <summary>The columns that the step reads.</summary>
    public required ImmutableArray<string> InputColumns { get; init; }

    /// <summary>Text: the most tokens of a row, special tokens included.</summary>
    public int? MaximumLength { get; init; }

    /// <summary>Text: what is put before each text.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Inputs that are one and the same integer in each run, by name: they become constants.</summary>
    public IReadOnlyDictionary<string, long> Constants { get; init; } = ImmutableDictionary<string, long>.Empty;

    /// <summary>Inputs that are 1 for every place of another input: made from its shape.</summary>
    public ImmutableArray<(string Mask, string Of)> FullMasks { get; init; } = [];

    /// <summary>How ML.NET's own steps can feed the inputs; null where they cannot.</summary>
    public IPlainInputs? PlainInputs { get; init; }
}
