using MLTransfer.Onnx.Internal;

namespace MLTransfer.Onnx.Graphs;

/// <summary>Changes every tensor of a model, wherever it stands. What holds no changed tensor keeps its bytes.</summary>
internal static class TensorRewrite
{
    /// <summary>The model with the data of other files read in, to be written as one file.</summary>
    /// <exception cref="InvalidOperationException">It would be larger than one ONNX file can be; the message names both sizes.</exception>
    /// <exception cref="InvalidDataException">An external file is not where it must be.</exception>
    public static OnnxModel WithoutExternalData(OnnxModel model)
    {
        long size = WireWriter.Measure(model);
        bool any = false;
        foreach (OnnxTensor tensor in model.AllTensors().Where(t => t.External is not null))
        {
            any = true;
            size += TensorData.ExpectedBytes(tensor);
            if (size > ModelGuard.LargestFile)
                throw Throw.ExternalDataTooLarge(size);
        }
        return any ? Map(model, static t => t.External is null ? t : t with { External = null, RawData = t.ToBytes() }) : model;
    }

    public static OnnxModel Map(OnnxModel model, Func<OnnxTensor, OnnxTensor> map) => model with
    {
        Graph = Map(model.Graph, map),
        Functions = [.. model.Functions.Select(f => f.Nodes.Any(HasTensors) || f.Attributes.Any(HasTensors)
            ? f with { Nodes = [.. f.Nodes.Select(n => Map(n, map))], Attributes = [.. f.Attributes.Select(a => Map(a, map))] } : f)],
    };

    private static OnnxGraph Map(OnnxGraph graph, Func<OnnxTensor, OnnxTensor> map) => graph with
    {
        Initializers = [.. graph.Initializers.Select(map)],
        SparseInitializers = [.. graph.SparseInitializers.Select(s => Map(s, map))],
        Nodes = [.. graph.Nodes.Select(n => Map(n, map))],
    };

    private static OnnxNode Map(OnnxNode node, Func<OnnxTensor, OnnxTensor> map) =>
        HasTensors(node) ? node with { Attributes = [.. node.Attributes.Select(a => Map(a, map))] } : node;

    private static OnnxAttribute Map(OnnxAttribute attribute, Func<OnnxTensor, OnnxTensor> map) => !HasTensors(attribute) ? attribute : attribute with
    {
        Tensor = attribute.Tensor is null ? null : map(attribute.Tensor),
        Tensors = [.. attribute.Tensors.Select(map)],
        SparseTensor = attribute.SparseTensor is null ? null : Map(attribute.SparseTensor, map),
        SparseTensors = [.. attribute.SparseTensors.Select(s => Map(s, map))],
        Graph = attribute.Graph is null ? null : Map(attribute.Graph, map),
        Graphs = [.. attribute.Graphs.Select(g => Map(g, map))],
    };

    private static OnnxSparseTensor Map(OnnxSparseTensor sparse, Func<OnnxTensor, OnnxTensor> map) => sparse with
    {
        Values = sparse.Values is null ? null : map(sparse.Values),
        Indices = sparse.Indices is null ? null : map(sparse.Indices),
    };

    private static bool HasTensors(OnnxNode node) => node.Attributes.Any(HasTensors);

    private static bool HasTensors(OnnxAttribute attribute) => attribute.Tensor is not null || attribute.Tensors.Length > 0 || attribute.SparseTensor is not null
        || attribute.SparseTensors.Length > 0 || attribute.SubGraphs.Any();
}
