using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Backbones;

/// <summary>
/// How many positions a text graph knows. BERT's exports hold the numbers 0 to n − 1 as a constant, cut it to the length of the run and look the pieces up in a table of n
/// rows; a longer run fails inside ONNX Runtime. Other ways to make positions (computed, relative, rotary) have no limit that the graph states.
/// </summary>
internal static class PositionTable
{
    /// <summary>The most tokens of a run, or null where the graph states no limit.</summary>
    public static long? Limit(OnnxGraph graph)
    {
        var index = new NodeIndex(graph);
        long? limit = null;
        foreach (OnnxNode gather in graph.Nodes.Where(n => n is { OpType: "Gather", IsStandard: true }))
        {
            if (index.Producer(index.Origin(gather.Input(1), "Cast", "Identity")) is not { OpType: "Slice" } slice)
                continue;
            // A piece with a constant end does not follow the length of the run.
            if (index.Constant(slice.Input(0)) is { Dimensions: [.., long count] } numbers && numbers.ElementCount == count
                && numbers.ElementType is OnnxElementType.Int64 or OnnxElementType.Int32 && slice.Inputs.Length > 2 && index.Constant(slice.Input(2)) is null)
            {
                limit = Math.Min(limit ?? count, count);
            }
        }
        return limit;
    }
}
