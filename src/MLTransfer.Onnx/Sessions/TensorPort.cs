using System.Collections.Immutable;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Sessions;

/// <summary>An input or output of a session: its name, type and axes as ONNX Runtime sees them.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="ElementType">The type of its elements.</param>
/// <param name="Dimensions">The size of each axis; −1 where it is open.</param>
/// <param name="Symbols">The name of each open axis; empty where it has none or a fixed size.</param>
internal sealed record TensorPort(string Name, TensorElementType ElementType, ImmutableArray<int> Dimensions, ImmutableArray<string> Symbols)
{
    public static TensorPort Of(string name, NodeMetadata metadata) => new(name, metadata.ElementDataType, [.. metadata.Dimensions], [.. metadata.SymbolicDimensions]);

    /// <summary>The same in the words of a file.</summary>
    public OnnxValue ToValue() => new()
    {
        Name = Name,
        // ONNX Runtime numbers types as ONNX does.
        ElementType = (OnnxElementType)(int)ElementType,
        Dimensions = [.. Dimensions.Select((size, axis) => size >= 0 ? size : Symbols[axis] is { Length: > 0 } symbol ? symbol : default(OnnxDimension))],
    };

    public override string ToString()
    {
        IEnumerable<string> axes = Dimensions.Select((size, axis) => size >= 0 ? $"{size}" : Symbols[axis] is { Length: > 0 } symbol ? symbol : "?");
        return $"'{Name}' {ElementType} [{string.Join(", ", axes)}]";
    }
}
