using System.Collections.Immutable;

namespace MLTransfer.Onnx.Training.Parts;

/// <summary>A constant of a graph that training may change.</summary>
/// <param name="Name">Its name in the graph.</param>
/// <param name="Shape">Sizes of its axes.</param>
/// <param name="Kind">What it does.</param>
/// <param name="Block">The index of its block in <see cref="GraphBlocks"/>, from 0 at the input.</param>
/// <param name="Problem">Why it cannot be trained: the node in the way; null where it can.</param>
internal sealed record ModelParameter(string Name, ImmutableArray<long> Shape, ParameterKind Kind, int Block, string? Problem)
{
    public bool IsTrainable => Problem is null;

    public long Count => Shape.Aggregate(1L, (product, size) => product * size);
}
