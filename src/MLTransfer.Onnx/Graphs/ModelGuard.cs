using MLTransfer.Onnx.Internal;

namespace MLTransfer.Onnx.Graphs;

/// <summary>
/// What is checked of a model before ONNX Runtime sees it, whatever the version of ONNX Runtime checks itself: each tensor's stored size against its
/// shape, and external data by the rule of <see cref="ExternalFiles"/>. A node that an execution provider compiled is refused: it may name any file.
/// Counts and nesting are limited while reading, see <see cref="ReadContext"/>.
/// </summary>
internal static class ModelGuard
{
    /// <summary>What protobuf allows one message.</summary>
    public const long LargestFile = int.MaxValue;

    public static void Check(OnnxModel model, string name)
    {
        foreach (OnnxTensor tensor in model.AllTensors())
        {
            if (tensor.External is not null)
                ExternalFiles.Check(tensor);
            else
                TensorData.CheckSize(tensor);
        }
        if (model.AllNodes().FirstOrDefault(n => n.OpType == "EPContext") is OnnxNode compiled)
            throw Throw.GraphPrecompiled(name, compiled.Label);
    }
}
