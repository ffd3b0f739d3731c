using System.Globalization;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Training.Graphs;

/// <summary>Names for open axes that the file leaves without one, so that every size can be referred to.</summary>
internal static class OpenAxes
{
    /// <summary>The name that unnamed first axes get: the rows.</summary>
    public const string Rows = "rows";

    /// <summary>The model with a name on each open axis of its inputs. A fixed batch of 1 is opened where <paramref name="opensRows"/> says so.</summary>
    public static OnnxModel Name(OnnxModel model, bool opensRows = false)
    {
        HashSet<string> entries = [.. InputReach.Entries(model.Graph).Select(i => i.Name)];
        return model.WithGraph(model.Graph with { Inputs = [.. model.Graph.Inputs.Select(i => entries.Contains(i.Name) ? Name(i, opensRows) : i)] });
    }

    private static OnnxValue Name(OnnxValue input, bool opensRows) => input with
    {
        Dimensions = [.. input.Dimensions.Select((axis, position) => axis switch
        {
            { Value: 1 } when position == 0 && opensRows => Rows,
            { Value: not null } or { Symbol: not null } => axis,
            _ => position == 0 ? Rows : (OnnxDimension)string.Create(CultureInfo.InvariantCulture, $"{input.Name}_axis_{position}"),
        })],
    };
}
