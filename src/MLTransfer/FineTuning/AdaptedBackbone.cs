using MLTransfer.Onnx.Graphs;

namespace MLTransfer.FineTuning;

/// <summary>A backbone with other weights: the whole graph of its file, so that it can be used like the original.</summary>
internal static class AdaptedBackbone
{
    /// <param name="backbone">The original.</param>
    /// <param name="weights">New tensors by name: initializers, or values that nodes made of constants (weights stored in 8 bits), which then no longer need those nodes.</param>
    /// <param name="inFloat">Whether its 8-bit products are turned into float.</param>
    public static Backbone Make(Backbone backbone, IReadOnlyDictionary<string, OnnxTensor> weights, bool inFloat)
    {
        using OnnxModel file = backbone.Source.Read();
        // Tables stored in 8 bits are picked from before they become float: those that were trained are picked from as they are.
        OnnxModel model = WeightUnfolding.Unfold(inFloat ? Int8ToFloat.Rewrite(file) : file, weights.ContainsKey);
        OnnxGraph graph = model.Graph;
        OnnxNode[] nodes = [.. graph.Nodes.Where(n => !n.Outputs.Any(weights.ContainsKey))];
        HashSet<string> read = [.. nodes.SelectMany(NodeReads.Of), .. graph.Outputs.Select(o => o.Name)];
        model = model.WithGraph(graph with
        {
            Nodes = [.. nodes],
            Initializers = [.. graph.Initializers.Where(t => !weights.ContainsKey(t.Name) && read.Contains(t.Name)), .. weights.Values],
            // Old files list their weights among the inputs, too.
            Inputs = [.. graph.Inputs.Where(i => read.Contains(i.Name) || graph.Initializers.All(t => t.Name != i.Name))],
        });
        byte[] bytes = TensorRewrite.WithoutExternalData(model).ToBytes();
        ModelSource source = ModelSource.FromMemory(bytes, $"{backbone.Name} (fine-tuned)");
        BackboneCard card = backbone.Card with { Name = $"{backbone.Name}-fine-tuned", Sha256 = source.Sha256 };
        return Backbone.FromSource(card, source, backbone.Files, source.Name);
    }
}
