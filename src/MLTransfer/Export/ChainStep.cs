using System.Collections.Immutable;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using MLTransfer.Internal;
using MLTransfer.Schema;

namespace MLTransfer.Export;

/// <summary>What a step of a chain means to an export.</summary>
internal enum ChainStepKind
{
    /// <summary>An embedding step, a head, or both in one.</summary>
    Model,

    /// <summary>Gives a column another name, or puts columns side by side.</summary>
    Arrange,

    /// <summary>Hides columns.</summary>
    Select,

    /// <summary>Gives a key its value back.</summary>
    KeyToValue,

    /// <summary>Makes columns of others. Nothing in the graph does what it does, so nothing that the graph computes may depend on it.</summary>
    Other,
}

/// <summary>A step of a chain and the columns it makes.</summary>
/// <param name="Transformer">The step.</param>
/// <param name="Place">The step as messages name it, such as "step 3, NormalizingTransformer".</param>
/// <param name="Kind">What it means.</param>
/// <param name="Columns">The columns it makes, and of which; empty for models, whose columns they state themselves.</param>
internal sealed record ChainStep(ITransformer Transformer, string Place, ChainStepKind Kind, ImmutableArray<(string Output, ImmutableArray<string> Inputs)> Columns)
{
    public IOnnxEmbedding? Embedding => Transformer as IOnnxEmbedding;

    public IOnnxHead? Head { get; private init; }

    /// <summary>The steps of a chain, and of the chains in it, in order. A single step is a chain of one.</summary>
    /// <exception cref="NotSupportedException">A step is of a kind that has no counterpart in a graph; the message names it.</exception>
    public static ImmutableArray<ChainStep> Of(ITransformer model)
    {
        var steps = ImmutableArray.CreateBuilder<ChainStep>();
        Add(model, steps);
        return steps.ToImmutable();
    }

    private static void Add(ITransformer model, ImmutableArray<ChainStep>.Builder steps)
    {
        if (model is not IEnumerable<ITransformer> chain)
        {
            steps.Add(Read(model, $"step {steps.Count + 1}, {Describe(model.GetType())}"));
            return;
        }
        foreach (ITransformer step in chain)
            Add(step, steps);
    }

    private static ChainStep Read(ITransformer step, string place)
    {
        IOnnxHead? head = step as IOnnxHead ?? MlNetHead.Of(step, place);
        if (head is not null || step is IOnnxEmbedding)
            return new ChainStep(step, place, ChainStepKind.Model, []) { Head = head };
        return step switch
        {
            ColumnSelectingTransformer => new ChainStep(step, place, ChainStepKind.Select, []),
            ColumnConcatenatingTransformer concatenating => new ChainStep(step, place, ChainStepKind.Arrange,
                [.. MlNetInternals.GetConcatenated(concatenating).Select(c => (c.Output, c.Inputs.ToImmutableArray()))]),
            ColumnCopyingTransformer => Make(ChainStepKind.Arrange),
            KeyToValueMappingTransformer => Make(ChainStepKind.KeyToValue),
            OneToOneTransformerBase => Make(ChainStepKind.Other),
            _ => throw Throw.ExportStepUnknown(place),
        };

        ChainStep Make(ChainStepKind kind) =>
            new(step, place, kind, [.. MlNetInternals.GetColumnPairs(step)!.Select(p => (p.Output, ImmutableArray.Create(p.Input)))]);
    }

    private static string Describe(Type type) => type.Name.Split('`')[0];
}
