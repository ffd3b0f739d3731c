namespace MLTransfer.Internal;

internal static partial class Throw
{
    public static Exception ExportOpset(long found, int needed, string reason) => new NotSupportedException(
        $"The backbone's graph is written in version {found} of ONNX's operators; the export needs at least {needed}: {reason}. Export the backbone again with a newer opset.");
}
