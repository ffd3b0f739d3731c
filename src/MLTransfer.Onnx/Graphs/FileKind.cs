using System.Text;
using MLTransfer.Onnx.Internal;

namespace MLTransfer.Onnx.Graphs;

/// <summary>Tells by the first bytes what was taken for an ONNX model and is none, so that the message can say what went wrong.</summary>
internal static class FileKind
{
    public static void Check(ReadOnlySpan<byte> bytes, string name)
    {
        if (bytes.IsEmpty)
            throw Throw.GraphEmpty(name);
        ReadOnlySpan<byte> text = bytes.StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes;
        text = text[..Math.Min(text.Length, 256)].TrimStart(" \t\r\n"u8);
        if (text.StartsWith("version https://git-lfs"u8))
            throw Throw.GraphIsPointer(name);
        if (text.StartsWith("<"u8))
            throw Throw.GraphIsWebPage(name);
        if (Found(bytes, text) is string found)
            throw Throw.GraphIsOther(name, found);
    }

    private static string? Found(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> text)
    {
        if (bytes.StartsWith("PK\u0003\u0004"u8))
            return "it is a zip archive (a PyTorch checkpoint or an archive that holds the model)";
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]))
            return "it is compressed with gzip";
        if (bytes.Length > 8 && bytes[4..].StartsWith("TFL3"u8))
            return "it is a TensorFlow Lite model";
        if (bytes[1..].StartsWith("HDF\r\n"u8))
            return "it is an HDF5 file (a Keras model)";
        if (text.StartsWith("{"u8) || text.StartsWith("["u8))
            return "it is JSON";
        if (bytes.Length > 9 && bytes[8] == '{' && bytes[7] == 0)
            return "it is a safetensors file";
        return IsModelField(bytes[0]) ? null : "it does not begin as one";
    }

    /// <summary>
    /// Whether a byte is the tag of one of ModelProto's fields below 16; the graph writers all begin with one of those, mostly the IR version.
    /// </summary>
    private static bool IsModelField(byte tag) => tag is
        0x08 or 0x28 or // ir_version, model_version
        0x12 or 0x1A or 0x22 or 0x32 or 0x3A or 0x42 or 0x72; // producer, its version, domain, documentation, graph, operator sets, metadata
}
