using MLTransfer.Internal;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Export;

/// <summary>Makes inputs of a backbone that never vary: constants, and masks that are 1 everywhere.</summary>
internal static class FixedInputs
{
    /// <summary>A graph to be put before the backbone; null where nothing is fixed.</summary>
    public static OnnxModel? Build(OnnxEmbedding embedding, int opset)
    {
        if (embedding.Constants.Count == 0 && embedding.FullMasks.IsEmpty)
            return null;
        var graph = new OpsetGraph("fixed", opset);
        OnnxValue[] inputs = [.. embedding.Backbone.Ports.Inputs.Values];
        foreach ((string name, long value) in embedding.Constants)
        {
            OnnxValue input = inputs.First(i => i.Name == name);
            if (input.Dimensions.Any(d => d.Value is null))
                throw Throw.ExportConstantOpen(embedding.StepName, Backbones.CardInference.Describe(input));
            long[] shape = [.. input.Dimensions.Select(d => d.Value!.Value)];
            long[] values = [.. Enumerable.Repeat(value, checked((int)shape.Aggregate(1L, (product, size) => product * size)))];
            Deliver(graph, input, graph.Cast(graph.Constant(values, shape), input.ElementType));
        }
        foreach (OnnxValue source in embedding.FullMasks.Select(m => m.Of).Distinct().Select(name => inputs.First(i => i.Name == name)))
        {
            graph.Require(9, "ConstantOfShape, which makes a mask");
            graph.Builder.Input(source.Name, source.ElementType, source.Dimensions.AsSpan());
            // Rows, and places along the last axis.
            string shape = graph.Node("Gather", [graph.Node("Shape", [source.Name]), graph.Constant([0L, source.Dimensions.Length - 1], 2)], OnnxAttribute.Of("axis", 0L));
            foreach ((string mask, _) in embedding.FullMasks.Where(m => m.Of == source.Name))
            {
                OnnxValue input = inputs.First(i => i.Name == mask);
                string ones = graph.Node("ConstantOfShape", [shape], OnnxAttribute.Of("value", OnnxTensor.Of("", [1L], 1)));
                Deliver(graph, input, graph.Cast(ones, input.ElementType));
            }
        }
        return graph.Builder.Build();
    }

    private static void Deliver(OpsetGraph graph, OnnxValue input, string made)
    {
        graph.NamedNode(input.Name, "Identity", [made]);
        graph.Builder.Output(input.Name, input.ElementType, input.Dimensions.AsSpan());
    }
}
