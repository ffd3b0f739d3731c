using System.Collections.Immutable;
using MLTransfer.Onnx.Gradients;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Training.Parts;

/// <summary>
/// The parameters of a graph: constants that multiply rows, are added to them, scale them or are looked up in. Weights of products in 8 bits are among them, as such that cannot be
/// trained. Numbers of a formula (the root of a head's size, an epsilon, a bound) are none. Nothing is run for this.
/// </summary>
internal static class ModelParameters
{
    private static readonly HashSet<string> Normalizations = ["BatchNormalization", "LayerNormalization", "InstanceNormalization", "GroupNormalization"];

    /// <summary>The parameters that an output depends on, in the order in which the graph reads them.</summary>
    /// <param name="model">A model whose weights are initializers.</param>
    /// <param name="output">The output that training would start from.</param>
    public static ImmutableArray<ModelParameter> Of(OnnxModel model, string output)
    {
        OnnxGraph graph = model.Graph;
        Dictionary<string, OnnxTensor> constants = new(StringComparer.Ordinal);
        foreach (OnnxTensor tensor in graph.Initializers.Where(t => t.ElementType.IsReal() || t.ElementType.Bits() == 8))
            constants.TryAdd(tensor.Name, tensor);
        GraphBlocks blocks = GraphBlocks.Before(graph, output);
        Trainability trainability = Trainability.Of(graph, output);
        HashSet<string> reached = InputReach.Of(graph);
        var index = new NodeIndex(graph);
        Dictionary<string, ModelParameter> found = new(StringComparer.Ordinal);
        HashSet<OnnxNode> needed = Before(graph, output);
        int block = 0;
        foreach (OnnxNode node in graph.Nodes.Where(needed.Contains))
        {
            int own = blocks.Of(node);
            block = own >= 0 ? own : block;
            for (int i = 0; i < node.Inputs.Length; i++)
            {
                string name = node.Inputs[i];
                if (!constants.TryGetValue(name, out OnnxTensor? tensor) || found.ContainsKey(name) || Kind(node, i, tensor, reached, index) is not ParameterKind kind)
                    continue;
                string? problem = tensor.ElementType == OnnxElementType.Float ? trainability.Problem(name)
                    : $"{node.Label}: its weights are stored as {tensor.ElementType}, and training needs float32";
                found.Add(name, new ModelParameter(name, tensor.Dimensions, kind, block, problem));
            }
        }
        return [.. found.Values];
    }

    /// <summary>The nodes that an output needs. By reference: two nodes may be equal records.</summary>
    private static HashSet<OnnxNode> Before(OnnxGraph graph, string output)
    {
        HashSet<string> read = [output];
        HashSet<OnnxNode> needed = new(ReferenceEqualityComparer.Instance);
        foreach (OnnxNode node in graph.Nodes.Reverse().Where(n => n.Outputs.Any(read.Contains)))
        {
            needed.Add(node);
            read.UnionWith(NodeReads.Of(node));
        }
        return needed;
    }

    private static ParameterKind? Kind(OnnxNode node, int input, OnnxTensor tensor, HashSet<string> reached, NodeIndex index)
    {
        bool otherVaries = node.Inputs.Where((_, i) => i != input).Any(reached.Contains);
        switch (node.OpType)
        {
            case "MatMulInteger" or "ConvInteger":
                return input < 2 && tensor.ElementCount > 1 && otherVaries ? ParameterKind.Weight : null;
            case "QLinearConv" or "QLinearMatMul":
                return input is 0 or 3 && tensor.ElementCount > 1 && otherVaries ? ParameterKind.Weight : null;
            case "Gather":
                return input == 0 && tensor.Dimensions.Length >= 2 ? ParameterKind.Embedding : null;
            // Zero points and the like.
            case var _ when !tensor.ElementType.IsReal():
                return null;
            case "Conv" or "ConvTranspose" or "Gemm":
                return input == 2 ? ParameterKind.Bias : input < 2 && otherVaries ? ParameterKind.Weight : null;
            case "MatMul" or "Einsum":
                return otherVaries ? ParameterKind.Weight : null;
            case "PRelu":
                return input == 1 ? ParameterKind.Weight : null;
            case "Add" or "Sub" or "Sum" when tensor.ElementCount > 1 && otherVaries:
                return IsVector(tensor) ? IsNormalized(node, input, index) ? ParameterKind.Norm : ParameterKind.Bias : ParameterKind.Embedding;
            // Scales of a product in 8 bits: numbers of a format.
            case "Mul" when node.Inputs.Any(i => index.Producer(i)?.OpType == "DynamicQuantizeLinear"):
                return null;
            case "Mul" when tensor.ElementCount > 1 && otherVaries:
                return IsVector(tensor) ? ParameterKind.Norm : ParameterKind.Weight;
            case "Concat" or "Expand" when tensor.Dimensions.Length >= 2:
                return ParameterKind.Embedding;
            default:
                return Normalizations.Contains(node.OpType) && input is 1 or 2 ? ParameterKind.Norm : null;
        }
    }

    private static bool IsVector(OnnxTensor tensor) => tensor.Dimensions.Count(d => d > 1) == 1;

    /// <summary>Whether what is added to was just scaled: the shift of a normalisation that is written out.</summary>
    private static bool IsNormalized(OnnxNode add, int input, NodeIndex index) => add.Inputs.Length == 2 && index.Producer(add.Inputs[1 - input]) is { OpType: "Mul" } scale
        && scale.Inputs.Any(i => index.Constant(i) is OnnxTensor factor && IsVector(factor));
}
