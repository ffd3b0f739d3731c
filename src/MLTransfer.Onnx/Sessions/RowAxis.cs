using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Sessions;

/// <summary>Tells whether a value's first axis can be the rows: it is as the first axis of the inputs, or open and not known to be anything else.</summary>
internal sealed class RowAxis
{
    private readonly HashSet<OnnxDimension> _rows;
    private readonly HashSet<string?> _others;

    public RowAxis(OnnxGraph graph)
    {
        OnnxValue[] inputs = [.. InputReach.Entries(graph).Where(i => i.Dimensions.Length > 0)];
        _rows = [.. inputs.Select(i => i.Dimensions[0])];
        _others = [.. inputs.SelectMany(i => i.Dimensions.Skip(1)).Where(d => d.Symbol is not null && !_rows.Contains(d)).Select(d => d.Symbol)];
    }

    /// <summary>Whether the rows can lie on the first axis of a value that has axes.</summary>
    public bool IsFirst(OnnxValue value)
    {
        OnnxDimension first = value.Dimensions[0];
        if (_rows.Contains(first))
            return true;
        // ONNX Runtime loses an axis in some reshapes; a graph whose inputs all have fixed rows keeps them.
        return first.Value is null && _rows.Any(r => r.Value is null) && !_others.Contains(first.Symbol ?? "") && !RowProbe.IsMultiple(first);
    }
}
