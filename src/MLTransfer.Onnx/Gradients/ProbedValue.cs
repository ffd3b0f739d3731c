using System.Collections.Immutable;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Gradients;

/// <summary>The size of an axis in the first and in the second probing run.</summary>
internal readonly record struct ProbedAxis(long First, long Second)
{
    /// <summary>Whether the axis has one size whatever the inputs' sizes are.</summary>
    public bool IsFixed => First == Second;

    /// <summary>Whether its size is always 1, so that it stretches in an operation with a larger one.</summary>
    public bool IsOne => First == 1 && Second == 1;
}

/// <summary>What two probing runs told of a value.</summary>
internal sealed record ProbedValue(OnnxElementType Type, ImmutableArray<ProbedAxis> Axes)
{
    public int Rank => Axes.Length;

    public bool SameShape(ProbedValue other) => Axes.AsSpan().SequenceEqual(other.Axes.AsSpan());

    /// <summary>The sizes, where all are fixed; else null.</summary>
    public long[]? FixedShape => Axes.All(a => a.IsFixed) ? [.. Axes.Select(a => a.First)] : null;
}
