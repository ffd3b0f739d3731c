namespace MLTransfer.Onnx.Internal;

internal static partial class Throw
{
    public static Exception SpillFailed(string name, string path, long written, Exception inner) => new IOException(
        $"The values of {name} do not fit into the memory allowed for them, and '{path}' could not take the rest after {written} bytes: {inner.Message} " +
        "Free the temporary folder, point TMPDIR at a larger one, or allow more memory.", inner);

    public static Exception SpillCutShort(string name, string path) => new IOException(
        $"The temporary file '{path}', which holds values of {name}, was cut short while it was used. Leave the files of a running training alone.");
}
