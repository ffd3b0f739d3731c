using System.Collections.Immutable;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Sessions;

/// <summary>
/// Finds the rows in shapes that inference leaves open: the open first axes of a model's inputs get a size, and ONNX Runtime then computes what the graph computes from shapes.
/// An axis of that size has the rows, one of a multiple of it has them and something else: attention reshapes tokens to [tokens, heads · rows, 64], which must not pass as rows.
/// </summary>
internal sealed class RowProbe(OnnxGraph graph)
{
    // A prime that is the size of nothing in a network, and small: what is computed from it is held in memory for a moment.
    private const long RowCount = 11;

    private const char Times = '·';

    private readonly ImmutableArray<OnnxDimension> _open =
        [.. InputReach.Entries(graph).Where(i => i.Dimensions.Length > 0 && i.Dimensions[0].Value is null).Select(i => i.Dimensions[0]).Distinct()];

    /// <summary>Whether the value has a first axis of which it is not known whether the rows lie there.</summary>
    public bool IsNeeded(OnnxValue value) => !_open.IsEmpty && value.Dimensions is [{ Value: null } first, ..] && (first.Symbol is null || !_open.Contains(first));

    /// <summary>The graph with so many rows and without the types that it states.</summary>
    public OnnxGraph WithRows()
    {
        HashSet<string> entries = [.. InputReach.Entries(graph).Select(i => i.Name)];
        return graph with
        {
            Inputs = [.. graph.Inputs.Select(i => entries.Contains(i.Name) ? i with { Dimensions = [.. i.Dimensions.Select(Fix)] } : i)],
            Outputs = [.. graph.Outputs.Select(o => new OnnxValue { Name = o.Name, IsRankKnown = false })],
            ValueInfo = [],
        };
    }

    /// <summary>A value's shape with what its shape at so many rows tells of open axes.</summary>
    public OnnxValue Complete(OnnxValue value, OnnxValue probed) => probed.Dimensions.Length != value.Dimensions.Length || value.Dimensions.IsEmpty ? value
        : value with { Dimensions = [.. value.Dimensions.Select((axis, i) => i == 0 ? First(axis, probed.Dimensions[0]) : Later(axis, probed.Dimensions[i]))] };

    /// <summary>Whether an axis is known to hold more than the rows.</summary>
    public static bool IsMultiple(OnnxDimension axis) => axis.Symbol?.Contains(Times, StringComparison.Ordinal) == true;

    private OnnxDimension Fix(OnnxDimension axis, int position) => axis.Value is null && (position == 0 || (axis.Symbol is not null && _open.Contains(axis))) ? RowCount : axis;

    private OnnxDimension First(OnnxDimension axis, OnnxDimension probed)
    {
        if (axis.Value is not null || _open.Contains(axis) && axis.Symbol is not null || probed.Value is not long size)
            return axis;
        OnnxDimension rows = _open is [var only] ? only : default;
        return size == RowCount ? axis.Symbol is null ? rows : axis : size % RowCount == 0 ? $"{size / RowCount}{Times}{rows}" : size;
    }

    // Of a size that the rows divide it is not known whether they are in it.
    private static OnnxDimension Later(OnnxDimension axis, OnnxDimension probed) =>
        axis is { Value: null, Symbol: null } && probed.Value is long size && size % RowCount != 0 ? size : axis;
}
