using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Tests.Graphs;

/// <summary>Copies of models in which no record remembers the bytes it was read from, so that all of it is written field by field.</summary>
internal static class Rewriting
{
    public static OnnxModel EveryRecord(OnnxModel model) => model with
    {
        Graph = Of(model.Graph),
        Functions = [.. model.Functions.Select(f => f with { Nodes = [.. f.Nodes.Select(Of)] })],
    };

    private static OnnxGraph Of(OnnxGraph graph) => graph with
    {
        Nodes = [.. graph.Nodes.Select(Of)],
        Inputs = [.. graph.Inputs.Select(Of)],
        Outputs = [.. graph.Outputs.Select(Of)],
        ValueInfo = [.. graph.ValueInfo.Select(Of)],
        Initializers = [.. graph.Initializers.Select(Of)],
    };

    private static OnnxNode Of(OnnxNode node) => node with { Attributes = [.. node.Attributes.Select(Of)] };

    private static OnnxAttribute Of(OnnxAttribute attribute) => attribute with
    {
        Name = attribute.Name,
        Tensor = attribute.Tensor is null ? null : Of(attribute.Tensor),
        Graph = attribute.Graph is null ? null : Of(attribute.Graph),
    };

    private static OnnxTensor Of(OnnxTensor tensor) => tensor with { Name = tensor.Name };

    // Setting the dimensions also forgets the type as it was read.
    private static OnnxValue Of(OnnxValue value) => value.ElementType == OnnxElementType.Undefined
        ? value with { Name = value.Name } : value with { Dimensions = value.Dimensions };
}
