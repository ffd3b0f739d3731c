using MLTransfer.Export;

namespace MLTransfer.Internal;

internal static partial class Throw
{
    public static Exception ExportOpset(long found, int needed, string reason) => new NotSupportedException(
        $"The backbone's graph is written in version {found} of ONNX's operators; the export needs at least {needed}: {reason}. Export the backbone again with a newer opset.");

    public static Exception ExportWithoutEmbedding(IEnumerable<string> steps) => new InvalidOperationException(
        $"An export needs one step that runs a backbone (EmbedText, EmbedImage, EmbedAudio, EmbedTensor), but the model has {Listed(steps)}. " +
        "A model of ML.NET's own steps alone is exported by mlContext.Model.ConvertToOnnx.");

    public static Exception ExportOfSeveral(string what, IEnumerable<string> steps) => new InvalidOperationException(
        $"An exported graph has one backbone and at most one head, but the model has several {what}: {Listed(steps)}. Export each in a chain of its own.");

    public static Exception ExportStepUnknown(string step) => new NotSupportedException(
        $"The model's {step}, has no counterpart in an exported graph, and what it does to the rows cannot be seen from outside. " +
        "Export a chain without it, and do its work in the program that runs the graph.");

    public static Exception ExportModelUnknown(string step, Type model) => new NotSupportedException(
        $"The model's {step}, holds a {model.Name.Split('`')[0]}. Exported are linear models (MaximumEntropyModelParameters, LinearBinaryModelParameters with Platt's calibrator or without, " +
        "LinearRegressionModelParameters) and the heads of MLTransfer. Train one of those on the features, or export the embedding step alone.");

    public static Exception ExportStepChangesInput(string step, string column, string embedding) => new NotSupportedException(
        $"The model's {step}, computes column '{column}', which {embedding} reads; the exported graph begins at {embedding} and would not compute it. " +
        "Export a chain without the step, and do its work in the program that runs the graph.");

    public static Exception ExportStepChangesOutput(string step, string columns) => new NotSupportedException(
        $"The model's {step}, computes from column '{columns}', and has no counterpart in the exported graph. Export a chain without it, and do its work in the program that runs the graph.");

    public static Exception ExportHeadReadsOther(string step, string column, string embedding, IEnumerable<string> features, string? maker) => new InvalidOperationException(
        $"The model's {step}, reads column '{column}', which {(maker is null ? "is no feature" : $"is made by {maker},")} of {embedding}; its features are {Listed(features.Select(f => $"'{f}'"))}. " +
        "Only a head that reads features of the backbone becomes part of the graph: train it on them, or export the embedding step alone.");

    public static Exception ExportFeatureCount(string step, int expected, string embedding, int found) => new InvalidOperationException(
        $"The model's {step}, takes {expected} numbers, but {embedding} gives {found}. The chain was put together from parts that do not fit; fit it again.");

    public static Exception ExportSequence(string column) => new NotSupportedException(
        $"Column '{column}' is a sequence (Pooling.None), of another length in each row: neither a head nor another column stands behind it in a graph. " +
        "Export a chain whose head reads a pooled feature, or the embedding step alone.");

    public static Exception ExportStates(string step, string backbone, IEnumerable<string> states) => new NotSupportedException(
        $"{step} runs backbone '{backbone}' once for each window of a clip and carries {Listed(states.Select(s => $"'{s}'"))} from one to the next; one graph has one run. " +
        "Keep the model.zip for such a backbone, or choose one without states.");

    public static Exception ExportFrameMask(string step, string backbone, string mask) => new NotSupportedException(
        $"{step} fills input '{mask}' of backbone '{backbone}', a mask over a spectrogram, from the samples of the clip; the exported graph does not see those. Keep the model.zip for it.");

    public static Exception ExportConstantOpen(string step, string input) => new NotSupportedException(
        $"{step} feeds one integer to input {input}, whose size is open, so it cannot become a constant of the graph. Export the backbone with a fixed size of that input.");

    public static Exception SequenceLengthWithoutAxis(int length, string backbone, IEnumerable<string> inputs) => new ArgumentException(
        $"ExportOptions.{nameof(ExportOptions.SequenceLength)} is {length}, but backbone '{backbone}' has no open axis besides the batch's: {string.Join(", ", inputs)}. Leave it null.");

    public static Exception SequenceLengthTooLarge(int length, string backbone, int longest) => new ArgumentException(
        $"ExportOptions.{nameof(ExportOptions.SequenceLength)} is {length}, but the model reads at most {longest} tokens with backbone '{backbone}'. Set it to at most {longest}.");

    public static Exception ExportFolderMissing(string path, string folder) => new DirectoryNotFoundException(
        $"The export is to be written to '{path}', but there is no folder '{folder}'. Make the folder first.");

    public static Exception ExportPathIsFolder(string path) => new ArgumentException(
        $"The export is to be written to '{path}', which is a folder with the name of a file. Give another name, or a folder whose name does not end in .onnx.");

    public static Exception ExportPathIsFile(string path) => new ArgumentException(
        $"The export is to be written to the folder '{path}', which is a file. Give a path that ends in .onnx for a file, or another folder.");

    public static Exception ExportOverBackbone(string path, string backbone) => new ArgumentException(
        $"The export would replace '{path}', the file that backbone '{backbone}' is read from. Choose another path.");

    public static Exception PlainWithoutInputs(string step) => new NotSupportedException(
        $"ML.NET's own steps cannot do what {step} does before its backbone runs: they have no tokenizer for it, and none of its preparation of sound. " +
        "Use ExportOnnx, and prepare the inputs in the program that runs the graph.");

    public static Exception PlainSecondOpenAxis(string input) => new ArgumentException(
        $"Input {input} has an open axis besides the batch's, and ApplyOnnxModel allows one open axis. Fix it with ExportOptions.{nameof(ExportOptions.SequenceLength)}.");

    public static Exception PlainColumnSize(string column, object found, long expected, string tensor) => new ArgumentException(
        $"Column '{column}' is {found}, but input '{tensor}' of the graph takes a vector of {expected} numbers. " +
        $"Give rows of that size, or fix another one with ExportOptions.{nameof(ExportOptions.SequenceLength)}.");

    public static Exception PlainTask(string step, HeadTask task) => new NotSupportedException(
        $"The model's {step}, is a {task.ToString().ToLowerInvariant()} head, and ML.NET has no scorer of its own for such scores. Use ExportOnnx.");

    private static string Listed(IEnumerable<string> items)
    {
        string[] all = [.. items];
        return all.Length == 0 ? "no steps" : string.Join("; ", all);
    }
}
