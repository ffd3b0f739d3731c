namespace MLTransfer.Onnx.Gradients;

/// <summary>Raises graphs of older operator sets to the one that the rules are written for.</summary>
internal static class OpsetUpgrade
{
    /// <summary>The version of ONNX's operators that rules read and emit.</summary>
    public const int Version = 17;
}
