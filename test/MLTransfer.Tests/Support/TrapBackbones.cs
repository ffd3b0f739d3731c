using MLTransfer.Backbones;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Tests.Support;

/// <summary>Tiny text backbones whose rows would see each other if they were batched as other backbones are.</summary>
internal static class TrapBackbones
{
    private const int D = TinyBackbones.TextDimension;

    /// <summary>
    /// A dynamic int8 product over token vectors, as ONNX Runtime's quantiser writes it. Token vectors grow with the token's id, so that the scale
    /// of a batch is set by its largest token and rows of small tokens lose precision beside it.
    /// </summary>
    public static Backbone Int8()
    {
        GraphBuilder graph = Start(out string ids, withMask: true);
        float[] table = [.. TinyBackbones.Values(TinyBackbones.Vocabulary.Length * D, seed: 1).Select((v, i) => v * (1 + i / D))];
        string embedded = graph.Node("Gather", [graph.Initializer("embeddings", table, TinyBackbones.Vocabulary.Length, D), ids], "embedded");
        string[] quantized = graph.Node("DynamicQuantizeLinear", [embedded], ["quantized", "scale", "zero"]);
        sbyte[] weights = [.. TinyBackbones.Values(D * D, seed: 2).Select(v => (sbyte)(100 * v))];
        string right = graph.Initializer("weights", weights, D, D);
        string zero = graph.Initializer("weights_zero", new sbyte[1]);
        string product = graph.Node("MatMulInteger", [quantized[0], right, quantized[2], zero], "product");
        string real = graph.Node("Cast", [product], "real", OnnxAttribute.Of("to", (long)OnnxElementType.Float));
        string scales = graph.Node("Mul", [quantized[1], graph.Initializer("weights_scale", [0.002f])], "scales");
        return Finish(graph, graph.Node("Tanh", [graph.Node("Mul", [real, scales], "projected")], "last_hidden_state"), "tiny-int8", withMask: true);
    }

    /// <summary>
    /// Every token is mixed with the mean of all tokens, padding included. With a mask the graph takes one and heeds it not, which its inputs do not show.
    /// </summary>
    public static Backbone MixingOverPadding(bool withMask)
    {
        GraphBuilder graph = Start(out string ids, withMask);
        int count = TinyBackbones.Vocabulary.Length;
        string table = graph.Initializer("embeddings", TinyBackbones.Values(count * D, seed: 1), count, D);
        string embedded = graph.Node("Gather", [table, ids], "embedded");
        string mean = graph.Node("ReduceMean", [embedded], "mean", OnnxAttribute.Of("axes", [1L]), OnnxAttribute.Of("keepdims", 1L));
        return Finish(graph, graph.Node("Tanh", [graph.Node("Add", [embedded, mean], "mixed")], "last_hidden_state"), "tiny-maskless", withMask);
    }

    private static GraphBuilder Start(out string ids, bool withMask)
    {
        var graph = new GraphBuilder("text");
        ids = graph.Input("input_ids", OnnxElementType.Int64, "batch_size", "sequence_length");
        if (withMask)
            graph.Input("attention_mask", OnnxElementType.Int64, "batch_size", "sequence_length");
        return graph;
    }

    private static Backbone Finish(GraphBuilder graph, string feature, string name, bool withMask)
    {
        graph.Output(feature, OnnxElementType.Float, "batch_size", "sequence_length", D);
        var inputs = new Dictionary<string, string> { [InputRoles.Ids] = "input_ids" };
        if (withMask)
            inputs.Add(InputRoles.Mask, "attention_mask");
        return TinyBackbones.Open(graph, new BackboneCard
        {
            Name = name,
            Modality = BackboneModality.Text,
            Graph = "model.onnx",
            Inputs = inputs,
            FeatureOutput = feature,
            Pooling = Pooling.Mean,
            Dimension = D,
            MaximumLength = 16,
        });
    }
}
