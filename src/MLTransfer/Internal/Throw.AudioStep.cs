namespace MLTransfer.Internal;

internal static partial class Throw
{
    public static Exception AudioInputMissing(string backbone, string named, IEnumerable<string> inputs) => new ArgumentException(
        $"The card of backbone '{backbone}' names input '{named}' among its states or constants, but the graph has {string.Join(", ", inputs)}.");

    public static Exception AudioInputs(string backbone, IEnumerable<string> inputs) => new ArgumentException(
        $"EmbedAudio needs a graph with one input of real numbers for the clip, but backbone '{backbone}' has {string.Join(", ", inputs)}. " +
        "Name the others in AudioPreprocessing.States (recurrent states) or Constants.");

    public static Exception AudioInputShape(string backbone, string input, string expected) => new NotSupportedException(
        $"Input {input} of backbone '{backbone}' does not take what its card describes; expected {expected}. Correct the card's audio settings.");

    public static Exception AudioWindow(string backbone, string input, int? window, int context) => new ArgumentException(
        $"Input {input} of backbone '{backbone}' is fixed, but the card's audio settings say {(window is int stated ? $"{stated}" : "nothing")} of new samples and {context} of context. " +
        "Their sum must be the input's size; leave WindowSamples null.");

    public static Exception AudioFrames(string backbone, string input, int stated) => new ArgumentException(
        $"Input {input} of backbone '{backbone}' fixes its frames, but Mel.FrameCount is {stated}. Leave it null.");

    public static Exception AudioStateShape(string backbone, string input) => new NotSupportedException(
        $"Input {input} of backbone '{backbone}' cannot carry a state: expected real numbers with at most one open axis, the batch's.");

    public static Exception AudioStatesNeedWindow(string backbone) => new ArgumentException(
        $"Backbone '{backbone}' carries states from window to window, but the graph takes clips of any length. Set AudioPreprocessing.WindowSamples.");

    public static Exception SampleRateTwice() => new ArgumentException("Both AudioEmbeddingOptions.SampleRate and SampleRateColumnName are set. Set one of them.");

    public static Exception SampleRate(int found, string? column) => new InvalidDataException(
        $"Its rate is {found} Hz{(column is null ? "" : $" in column '{column}'")}; expected 1 to {AudioPreprocessing.MaximumSampleRate} Hz.");
}
