using System.Text;
using MLTransfer.Backbones;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Testing;

namespace MLTransfer.Tests.Support;

/// <summary>Backbones of several blocks, small enough to be trained in a test.</summary>
internal static class TrainableBackbones
{
    public const int TextDimension = 32;
    public const int TensorDimension = 8;
    public const int ImageDimension = 6;

    /// <summary>A BERT of embeddings and two encoder layers with random weights, as PyTorch exports it (opset 17).</summary>
    public static Backbone Text() => Backbone.FromMemory("trainable-text", TextFiles());

    /// <summary>The same as a folder.</summary>
    public static void WriteTextFolder(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach ((string name, byte[] bytes) in TextFiles())
            File.WriteAllBytes(Path.Combine(folder, name), bytes);
    }

    /// <summary>obs [batch, 3] → features [batch, 8]: two layers tanh(x W + b), nearly linear at first.</summary>
    public static Backbone Tensor(OnnxDimension? batch = null)
    {
        GraphBuilder graph = TensorGraph(batch ?? "batch");
        return TinyBackbones.Open(graph, TensorCard("features", Pooling.Graph));
    }

    public static GraphBuilder TensorGraph(OnnxDimension batch)
    {
        var graph = new GraphBuilder("tensor");
        string obs = graph.Input("obs", OnnxElementType.Float, batch, 3);
        string features = Layer(graph, Layer(graph, obs, "first", 3, "hidden"), "second", TensorDimension, "features");
        return graph.Output(features, OnnxElementType.Float, batch, TensorDimension);
    }

    /// <summary>obs [batch, steps, 3] → features [batch, steps, 8], each step mixed with the mean of all: padding would change them, and there is no mask.</summary>
    public static Backbone Sequence()
    {
        var graph = new GraphBuilder("sequence");
        string obs = graph.Input("obs", OnnxElementType.Float, "batch", "steps", 3);
        string hidden = Layer(graph, obs, "first", 3, "hidden");
        string mean = graph.Node("ReduceMean", [hidden], "mean", OnnxAttribute.Of("axes", [1L]), OnnxAttribute.Of("keepdims", 1L));
        string features = Layer(graph, graph.Node("Add", [hidden, mean], "mixed"), "second", TensorDimension, "features");
        graph.Output(features, OnnxElementType.Float, "batch", "steps", TensorDimension);
        return TinyBackbones.Open(graph, TensorCard("features", Pooling.Mean));
    }

    /// <summary>pixels [batch, 3, 4, 4] → features [batch, 6]: a convolution and two residual units, pooled.</summary>
    public static Backbone Image(OnnxDimension? batch = null)
    {
        OnnxDimension rows = batch ?? "batch";
        const int side = TinyMediaBackbones.Side;
        var graph = new GraphBuilder("image");
        string pixels = graph.Input("pixels", OnnxElementType.Float, rows, 3, side, side);
        string stem = graph.Node("Relu", [Convolution(graph, pixels, "stem", 3, 0.5f)], "stem_out");
        string first = graph.Node("Relu", [graph.Node("Add", [Convolution(graph, stem, "first", ImageDimension, 0.3f), stem], "first_sum")], "first_out");
        string second = graph.Node("Relu", [graph.Node("Add", [Convolution(graph, first, "second", ImageDimension, 0.3f), first], "second_sum")], "second_out");
        string features = graph.Node("Flatten", [graph.Node("GlobalAveragePool", [second], "pooled")], "features");
        graph.Output(features, OnnxElementType.Float, rows, ImageDimension);
        return TinyBackbones.Open(graph, new BackboneCard
        {
            Name = "trainable-image",
            Modality = BackboneModality.Image,
            Graph = "model.onnx",
            Inputs = new Dictionary<string, string> { ["pixels"] = "pixels" },
            FeatureOutput = "features",
            Pooling = Pooling.Graph,
            Dimension = ImageDimension,
            Image = TinyMediaBackbones.ImageSettings,
        });
    }

    public static BackboneCard TensorCard(string feature, Pooling pooling) => new()
    {
        Name = "trainable-tensor",
        Modality = BackboneModality.Tensor,
        Graph = "model.onnx",
        Inputs = new Dictionary<string, string> { ["obs"] = "obs" },
        FeatureOutput = feature,
        Pooling = pooling,
        Dimension = TensorDimension,
    };

    /// <summary>tanh(x W + b) with W [width, 8].</summary>
    public static string Layer(GraphBuilder graph, string x, string name, int width, string output)
    {
        string w = graph.Initializer($"{name}_w", Scaled(width * TensorDimension, name.Length, 0.4f), width, TensorDimension);
        string b = graph.Initializer($"{name}_b", Scaled(TensorDimension, name.Length + 1, 0.1f), TensorDimension);
        return graph.Node("Tanh", [graph.Node("Add", [graph.Node("MatMul", [x, w], $"{name}_product"), b], $"{name}_biased")], output);
    }

    /// <summary>Every tensor of a backbone's graph by name, as bits.</summary>
    public static Dictionary<string, byte[]> Weights(Backbone backbone)
    {
        using OnnxModel model = backbone.Source.Read();
        return model.Graph.Initializers.ToDictionary(t => t.Name, t => t.ToBytes().ToArray());
    }

    private static Dictionary<string, byte[]> TextFiles() => new()
    {
        [BackboneCard.FileName] = Encoding.UTF8.GetBytes(new BackboneCard
        {
            Name = "trainable-text",
            Modality = BackboneModality.Text,
            Graph = "model.onnx",
            Inputs = new Dictionary<string, string> { [InputRoles.Ids] = "input_ids", [InputRoles.Mask] = "attention_mask", [InputRoles.Types] = "token_type_ids" },
            FeatureOutput = "last_hidden_state",
            Pooling = Pooling.Mean,
            Dimension = TextDimension,
            MaximumLength = 16,
        }.ToJson()),
        ["model.onnx"] = File.ReadAllBytes(Path.Combine(Assets.RepositoryRoot, "test", "MLTransfer.Onnx.Tests", "Gradients", "golden", "bert-17.onnx")),
        ["vocab.txt"] = TinyBackbones.VocabularyFile(),
    };

    private static string Convolution(GraphBuilder graph, string x, string name, int channels, float scale)
    {
        string w = graph.Initializer($"{name}_w", Scaled(ImageDimension * channels * 9, name.Length, scale), ImageDimension, channels, 3, 3);
        string b = graph.Initializer($"{name}_b", Scaled(ImageDimension, name.Length + 1, 0.1f), ImageDimension);
        return graph.Node("Conv", [x, w, b], name, OnnxAttribute.Of("pads", [1L, 1, 1, 1]));
    }

    private static float[] Scaled(int count, int seed, float scale) => [.. TinyBackbones.Values(count, seed).Select(v => scale * v)];
}
