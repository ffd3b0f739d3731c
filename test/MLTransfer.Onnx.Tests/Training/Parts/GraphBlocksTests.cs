using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Training.Parts;

namespace MLTransfer.Onnx.Tests.Training.Parts;

/// <summary>Blocks as a reader of the architecture would count them.</summary>
internal sealed class GraphBlocksTests
{
    private const string Separable = "Depthwise Conv";
    private const string Inverted = "Conv Depthwise Conv";
    private const string Encoder = "MatMul MatMul MatMul MatMul MatMul MatMul MatMul MatMul";

    [TestCase("bert-11")]
    [TestCase("bert-13")]
    [TestCase("bert-14")]
    [TestCase("bert-17")]
    public void Before_ABert_FindsEmbeddingsAndEncoderLayers(string name)
    {
        using PreparedModel bert = PreparedModel.Golden(name);
        Assert.That(bert.Layers(), Is.EqualTo(new[] { "", Encoder, Encoder }));
        string norm = name == "bert-17" ? "LayerNormalization" : "Add_1";
        Assert.That(bert.Blocks.Ends, Is.EqualTo(new[] { $"/norm/{norm}_output_0", $"/layers.0/norm2/{norm}_output_0", "last_hidden_state" }));
    }

    [TestCase("vit-11")]
    [TestCase("vit-13")]
    [TestCase("vit-17")]
    public void Before_AVisionTransformer_FindsPatchesEncoderLayersAndClassifier(string name)
    {
        using PreparedModel vit = PreparedModel.Golden(name);
        Assert.That(vit.Layers(), Is.EqualTo(new[] { "Conv", "MatMul MatMul MatMul Gemm MatMul MatMul", "MatMul MatMul MatMul Gemm MatMul MatMul", "Gemm" }));
        Assert.That(vit.Blocks.Ends[0], Is.EqualTo("/encoder/Add_output_0"), "class token and positions lie in the first");
        Assert.That(vit.Blocks.Ends[1], Is.EqualTo("/encoder/layers/encoder_layer_0/Add_1_output_0"));
    }

    [TestCase("resnet18-bn-11")]
    [TestCase("resnet18-folded-17")]
    public void Before_AResNet18_FindsEightResidualUnits(string name)
    {
        using PreparedModel resnet = PreparedModel.Golden(name);
        const string plain = "Conv Conv", widening = "Conv Conv Conv";
        Assert.That(resnet.Layers(), Is.EqualTo(new[] { "Conv", plain, plain, widening, plain, widening, plain, widening, plain, "Gemm" }));
        string[] units = [.. resnet.Blocks.Ends.Skip(1).Take(7)];
        Assert.That(units, Is.EqualTo(new[] { "1.0", "1.1", "2.0", "2.1", "3.0", "3.1", "4.0" }.Select(u => $"/layer{u[0]}/layer{u}/relu_1/Relu_output_0")));
    }

    [TestCase("mobilenetv2-bn-13")]
    [TestCase("mobilenetv2-folded-9")]
    [TestCase("mobilenetv2-folded-11")]
    public void Before_AMobileNetV2_FindsInvertedResiduals(string name)
    {
        using PreparedModel net = PreparedModel.Golden(name);
        Assert.That(net.Layers(), Is.EqualTo(new[] { "Conv", Separable, Inverted, Inverted, Inverted, Inverted, "Conv Gemm" }));
        Assert.That(net.Blocks.Ends[^2], Is.EqualTo("/features/features.5/Add_output_0"), "the last block is what lies behind the last residual");
    }

    [TestCase("squeezenet-11")]
    [TestCase("squeezenet-counted-17")]
    public void Before_ASqueezeNet_FindsFireModules(string name)
    {
        using PreparedModel net = PreparedModel.Golden(name);
        Assert.That(net.Layers(), Is.EqualTo(new[] { "Conv", "Conv Conv Conv", "Conv Conv Conv", "Conv Conv Conv", "Conv" }));
        Assert.That(net.Blocks.Ends[0], Is.EqualTo("/features/features.2/MaxPool_output_0"), "a pooling goes with what it pools");
    }

    [TestCase("all-minilm-l6-v2", 6)]
    [TestCase("gte-small", 12)]
    public void Before_ARealBert_FindsEmbeddingsAndEncoderLayers(string name, int layers)
    {
        using PreparedModel bert = PreparedModel.Real(name, "onnx/model.onnx");
        Assert.That(bert.Layers(), Is.EqualTo(Enumerable.Repeat(Encoder, layers).Prepend("")));
        Assert.That(bert.Blocks.Ends[1], Is.EqualTo("/encoder/layer.0/output/LayerNorm/Add_1_output_0"));
    }

    [Test]
    public void Before_ABertIn8Bits_FindsTheSameBlocks()
    {
        using PreparedModel bert = PreparedModel.Real("all-minilm-l6-v2-q8", "onnx/model_quantized.onnx");
        Assert.That(bert.Blocks.Count, Is.EqualTo(7));
        Assert.That(bert.Blocks.Ends[1], Is.EqualTo("/encoder/layer.0/output/LayerNorm/Add_1_output_0"));
    }

    [Test]
    public void Before_RealMobileNetV1_AChainOfConvolutions_JoinsDepthwiseWithPointwise()
    {
        using PreparedModel net = PreparedModel.Real("mobilenetv1-0.25-128", "mobilenetv1_0.25_128_w8.onnx");
        Assert.That(net.Layers(), Is.EqualTo(new[] { "Conv" }.Concat(Enumerable.Repeat(Separable, 13)).Append("Gemm")));
    }

    [Test]
    public void Before_RealMobileNetV2_EndsBehindTheLastResidual()
    {
        using PreparedModel net = PreparedModel.Real("mobilenetv2-1.0-224", "mobilenetv2_1.0_224_fp32.onnx");
        Assert.That(net.Layers()[1..^1], Is.All.EqualTo(Inverted));
        Assert.That(net.Layers()[^1], Is.EqualTo("Conv Depthwise Conv Conv Gemm"));
        Assert.That(net.Blocks.Count, Is.EqualTo(16));
    }

    [Test]
    public void Before_RealSqueezeNet_FindsEightFireModules()
    {
        using PreparedModel net = PreparedModel.Real("squeezenet1.0", "squeezenet1.0_fp32.onnx");
        Assert.That(net.Layers(), Is.EqualTo(Enumerable.Repeat("Conv Conv Conv", 8).Prepend("Conv").Append("Conv")));
    }

    [Test]
    public void Before_RealResNet50_FindsSixteenResidualUnits()
    {
        using PreparedModel net = PreparedModel.Real("resnet50-v1-w8", "resnet50_w8.onnx");
        string[] layers = net.Layers();
        Assert.That(layers, Has.Length.EqualTo(18));
        int[] widening = [.. Enumerable.Range(0, 18).Where(i => layers[i] == "Conv Conv Conv Conv")];
        Assert.That(widening, Is.EqualTo(new[] { 1, 4, 8, 14 }), "stages of 3, 4, 6 and 3 units");
    }

    [Test]
    public void Before_OneEncoderLayer_FindsItWithItsFeedForward()
    {
        using PreparedModel bert = PreparedModel.Golden("bert-17");
        GraphBlocks blocks = GraphBlocks.Before(bert.Graph, bert.Blocks.Ends[1]);
        Assert.That(blocks.Ends, Is.EqualTo(bert.Blocks.Ends.Take(2)));
    }

    [Test]
    public void Before_LayersInARow_AreBlocksOfTheirOwn()
    {
        var graph = new GraphBuilder("mlp");
        string x = graph.Input("x", OnnxElementType.Float, "rows", 3);
        for (int i = 0; i < 3; i++)
            x = graph.Node("Relu", [graph.Node("MatMul", [x, graph.Initializer($"w{i}", new float[9], 3, 3)], $"product{i}")], $"relu{i}");
        GraphBlocks blocks = GraphBlocks.Before(graph.BuildGraph(), "relu2");
        Assert.That(blocks.Ends, Is.EqualTo(new[] { "relu0", "relu1", "relu2" }));
    }

    [Test]
    public void Of_NodesBehindTheOutput_AreInNoBlock()
    {
        using PreparedModel bert = PreparedModel.Golden("bert-17");
        OnnxNode pooler = bert.Graph.Nodes.Single(n => n.OpType == "Tanh");
        Assert.That(bert.Blocks.Of(pooler), Is.EqualTo(-1));
    }

    [Test]
    public void Before_AGraphWithoutWeights_HasNoBlocks()
    {
        var graph = new GraphBuilder("plain");
        graph.Node("Tanh", [graph.Input("x", OnnxElementType.Float, "rows", 3)], "y");
        Assert.That(GraphBlocks.Before(graph.BuildGraph(), "y").Count, Is.Zero);
    }
}
