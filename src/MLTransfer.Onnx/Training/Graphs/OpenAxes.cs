using System.Globalization;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Training.Graphs;

/// <summary>Names for open axes that the file leaves without one, so that every size can be referred to.</summary>
internal static class OpenAxes
{
    /// <summary>The name that unnamed first axes get: the rows.</summary>
    public const string Rows = "rows";

    /// <summary>The model with a name on each open axis of its inputs. A batch axis fixed at <paramref name="fixedRows"/> is opened.</summary>
    public static OnnxModel Name(OnnxModel model, int? fixedRows = null)
    {
        OnnxGraph graph = model.Graph;
        HashSet<string> entries = [.. InputReach.Entries(graph).Select(i => i.Name)];
        graph = graph with { Inputs = [.. graph.Inputs.Select(i => entries.Contains(i.Name) ? Name(i, fixedRows) : i)] };
        // What the file states of other values holds for the fixed batch only.
        return model.WithGraph(fixedRows is null ? graph : graph with { ValueInfo = [], Outputs = [.. graph.Outputs.Select(o => o with { Dimensions = [], IsRankKnown = false })] });
    }

    private static OnnxValue Name(OnnxValue input, int? fixedRows) => input with
    {
        Dimensions = [.. input.Dimensions.Select((axis, position) => axis switch
        {
            { Value: long size } when position == 0 && size == fixedRows => Rows,
            { Value: not null } or { Symbol: not null } => axis,
            _ => position == 0 ? Rows : (OnnxDimension)string.Create(CultureInfo.InvariantCulture, $"{input.Name}_axis_{position}"),
        })],
    };
}
