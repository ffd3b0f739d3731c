using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Tests.Support;

/// <summary>Image and audio backbones small enough to be made in a test.</summary>
internal static class TinyMediaBackbones
{
    public const int Dimension = 5;
    public const int Side = 4;
    public const int Window = 16;
    public const int SampleRate = 8000;

    /// <summary>pixels [batch, 3, 4, 4] → features [batch, 5]: tanh(x W).</summary>
    public static GraphBuilder ImageGraph(OnnxDimension? batch = null, OnnxElementType type = OnnxElementType.Float)
    {
        OnnxDimension rows = batch ?? "batch";
        const int count = 3 * Side * Side;
        var graph = new GraphBuilder("image");
        string pixels = graph.Input("pixels", type, rows, 3, Side, Side);
        string wide = type == OnnxElementType.Float ? pixels : graph.Node("Cast", [pixels], "wide", OnnxAttribute.Of("to", (long)OnnxElementType.Float));
        string flat = graph.Node("Flatten", [wide], "flat");
        string product = graph.Node("MatMul", [flat, graph.Initializer("w", TinyBackbones.Values(count * Dimension, seed: 4), count, Dimension)], "product");
        string features = graph.Node("Tanh", [product], type == OnnxElementType.Float ? "features" : "wide_features");
        if (type != OnnxElementType.Float)
            features = graph.Node("Cast", [features], "features", OnnxAttribute.Of("to", (long)type));
        return graph.Output(features, type, rows, Dimension);
    }

    /// <summary>The settings of that graph: four by four pixels, divided by 255.</summary>
    public static ImagePreprocessing ImageSettings { get; } = new();

    public static Backbone Image(OnnxDimension? batch = null, OnnxElementType type = OnnxElementType.Float) => TinyBackbones.Open(ImageGraph(batch, type), new BackboneCard
    {
        Name = "tiny-image",
        Modality = BackboneModality.Image,
        Graph = "model.onnx",
        Inputs = new Dictionary<string, string> { ["pixels"] = "pixels" },
        FeatureOutput = "features",
        Pooling = Pooling.Graph,
        Dimension = Dimension,
        Image = ImageSettings,
    });

    /// <summary>pixels [batch, 3, 4, 4] → map [batch, 3, 4, 4]: twice the pixels.</summary>
    public static Backbone ImageMap()
    {
        var graph = new GraphBuilder("map");
        string pixels = graph.Input("pixels", OnnxElementType.Float, "batch", 3, Side, Side);
        graph.Output(graph.Node("Add", [pixels, pixels], "map"), OnnxElementType.Float, "batch", 3, Side, Side);
        return TinyBackbones.Open(graph, new BackboneCard
        {
            Name = "tiny-map",
            Modality = BackboneModality.Image,
            Graph = "model.onnx",
            Inputs = new Dictionary<string, string> { ["pixels"] = "pixels" },
            FeatureOutput = "map",
            Pooling = Pooling.Mean,
            Dimension = 3,
            Image = ImageSettings,
        });
    }

    /// <summary>wave [batch, samples] → frames [batch, samples / 4, 5]: tanh of each four samples times W.</summary>
    public static Backbone AudioFrames() => Audio(FramesGraph(), "frames", AudioPreprocessing.Waveform(SampleRate) with { MinimumSamples = 8 });

    public static GraphBuilder FramesGraph()
    {
        var graph = new GraphBuilder("frames");
        string wave = graph.Input("wave", OnnxElementType.Float, "batch", "samples");
        string fours = graph.Node("Reshape", [wave, graph.Initializer("shape", [0L, -1, 4], 3)], "fours");
        string product = graph.Node("MatMul", [fours, graph.Initializer("w", TinyBackbones.Values(4 * Dimension, seed: 5), 4, Dimension)], "product");
        return graph.Output(graph.Node("Tanh", [product], "frames"), OnnxElementType.Float, "batch", "frames", Dimension);
    }

    /// <summary>wave [batch, 16] → features [batch, 5]: tanh(x W).</summary>
    public static Backbone AudioWindow(int? hopSamples = null)
    {
        var graph = new GraphBuilder("window");
        string wave = graph.Input("wave", OnnxElementType.Float, "batch", Window);
        string product = graph.Node("MatMul", [wave, graph.Initializer("w", WindowWeights(), Window, Dimension)], "product");
        graph.Output(graph.Node("Tanh", [product], "features"), OnnxElementType.Float, "batch", Dimension);
        return Audio(graph, "features", AudioPreprocessing.Waveform(SampleRate) with { HopSamples = hopSamples });
    }

    public static float[] WindowWeights() => TinyBackbones.Values(Window * Dimension, seed: 6);

    /// <summary>wave [batch, 2 + 16], state [1, batch, 5], rate → features [batch, 5] = tanh(x W + state), stateN = features as [1, batch, 5].</summary>
    public static Backbone AudioRecurrent()
    {
        var graph = new GraphBuilder("recurrent");
        string wave = graph.Input("wave", OnnxElementType.Float, "batch", 2 + Window);
        string state = graph.Input("state", OnnxElementType.Float, 1, "batch", Dimension);
        graph.Input("rate", OnnxElementType.Int64);
        string product = graph.Node("MatMul", [wave, graph.Initializer("w", RecurrentWeights(), 2 + Window, Dimension)], "product");
        string before = graph.Node("Squeeze", [state, graph.Initializer("first", [0L], 1)], "before");
        // The rate is used, so that it is a required input: 8000 times zero.
        string rate = graph.Node("Mul", [graph.Node("Cast", ["rate"], "rate_float", OnnxAttribute.Of("to", (long)OnnxElementType.Float)), graph.Initializer("zero", [0f], 1)], "none");
        string features = graph.Node("Tanh", [graph.Node("Add", [graph.Node("Add", [product, before], "sum"), rate], "all")], "features");
        graph.Output(features, OnnxElementType.Float, "batch", Dimension);
        graph.Output(graph.Node("Unsqueeze", [features, "first"], "stateN"), OnnxElementType.Float, 1, "batch", Dimension);
        return Audio(graph, "features", AudioPreprocessing.Waveform(SampleRate) with
        {
            ContextSamples = 2,
            States = new Dictionary<string, string> { ["state"] = "stateN" },
            Constants = new Dictionary<string, long> { ["rate"] = SampleRate },
        });
    }

    public static float[] RecurrentWeights() => TinyBackbones.Values((2 + Window) * Dimension, seed: 7);

    public static Backbone Audio(GraphBuilder graph, string feature, AudioPreprocessing settings) => TinyBackbones.Open(graph, new BackboneCard
    {
        Name = "tiny-audio",
        Modality = BackboneModality.Audio,
        Graph = "model.onnx",
        Inputs = graph.BuildGraph().Inputs.ToDictionary(i => i.Name, i => i.Name),
        FeatureOutput = feature,
        Pooling = Pooling.Mean,
        Dimension = Dimension,
        Audio = settings,
    });
}
