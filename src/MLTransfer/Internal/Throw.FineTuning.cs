namespace MLTransfer.Internal;

internal static partial class Throw
{
    public static Exception ParameterNotTrainable(string backbone, string plan, string parameter, string problem, string? cut) => new NotSupportedException(
        $"Backbone '{backbone}' cannot be fine-tuned with the freezing plan '{plan}': '{parameter}' has no gradient, because of {problem}. " +
        (cut is null ? "Train a head on its features instead, or use its plain float export." : $"Use FreezingPlan.Behind(\"{cut}\") or fewer LastBlocks, or its plain float export.") +
        " For 8-bit products, FineTuneOptions.Int8ToFloat turns them into float first.");

    public static Exception NothingToFineTune(string backbone, string plan, int blocks, bool isQuantized) => new ArgumentException(
        $"The freezing plan '{plan}' leaves nothing of backbone '{backbone}' to train; it has {blocks} blocks. " + (isQuantized
        ? "Its matrices are stored in 8 bits: set FineTuneOptions.Int8ToFloat, or use its plain float export." : "Backbone.ListBlocks shows what can be trained."));

    public static Exception FreezingCutUnknown(string backbone, string value, IEnumerable<string> ends) => new ArgumentException(
        $"Backbone '{backbone}' has no value '{value}' in front of its feature. Its blocks end at {string.Join(", ", ends.Select(e => $"'{e}'"))}.");

    public static Exception TrainingNeedsWholeRows(string step) => new NotSupportedException(
        $"{step} cuts a long row into several pieces, and training needs whole rows. Shorten the rows first, or train a head on the features.");

    public static Exception TrainingInputType(string input, Onnx.Graphs.OnnxElementType type) => new NotSupportedException(
        $"Input '{input}' of the graph holds {type}; fine-tuning reads Float, Int64, Int32 and Bool. Use the float32 export of the backbone.");

    public static Exception TrainingRowNotFinite(string step, IEnumerable<string> columns, long row, string value, float found) => new InvalidOperationException(
        $"{step} cannot train on row {row}: '{value}' of the graph, read or made from column {string.Join(" and ", columns.Select(c => $"'{c}'"))}, is {found.ToString(System.Globalization.CultureInfo.InvariantCulture)} there. " +
        "Leave such rows out (FilterRowsByMissingValues), or replace the values (ReplaceMissingValues).");

    public static Exception FineTuningNeedsVector(string step, string column) => new ArgumentException(
        $"{step} trains a head on one vector for each row, but column '{column}' is a sequence (Pooling.None). Choose another pooling; a sequence can be an additional output.");

    public static Exception FineTunedGraphHasNoFile(string step) => new ArgumentException(
        $"{step} makes a graph that lies in no file yet, so a saved model cannot refer to it (GraphStorage.Reference). Leave GraphStorage at Embedded; " +
        "ExportOnnx writes the graph to a file of its own.");

    public static Exception BatchNotOpened(string backbone, int rows, Exception? inner) => new NotSupportedException(
        $"Backbone '{backbone}' cannot be fine-tuned: its graph takes {rows} row(s) at a time, and does not give each of several rows a feature of its own where that axis is opened" +
        $"{(inner is null ? "" : $" ({inner.Message})")}. Export it with a dynamic batch axis, or train a head on its features.", inner);
}
