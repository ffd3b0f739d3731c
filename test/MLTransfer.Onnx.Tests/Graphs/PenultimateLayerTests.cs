using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Tests.Graphs;

internal sealed class PenultimateLayerTests
{
    [TestCase("Softmax")]
    [TestCase("LogSoftmax")]
    [TestCase("Sigmoid")]
    [TestCase("Identity")]
    public void Find_GemmBehindAFlatten_IsTheFlattenedValue(string last)
    {
        GraphBuilder graph = Images(out string map);
        string pooled = graph.Node("GlobalAveragePool", [map], "pooled");
        string flat = graph.Node("Flatten", [pooled], "flat");
        string logits = graph.Node("Gemm", [flat, Weights(graph, 4, 3), graph.Initializer("bias", new float[3], 3)], "logits");
        Assert.That(Find(graph, graph.Node(last, [logits], "y")), Is.EqualTo("flat"));
    }

    [Test]
    public void Find_MatMulAndBias_PassesTheBiasOnEitherSide()
    {
        foreach (bool biasFirst in new[] { false, true })
        {
            GraphBuilder graph = Vectors(out string hidden);
            string product = graph.Node("MatMul", [hidden, Weights(graph, 4, 3)], "product");
            string bias = graph.Initializer("bias", new float[3], 3);
            Assert.That(Find(graph, graph.Node("Add", biasFirst ? [bias, product] : [product, bias], "y")), Is.EqualTo("hidden"));
        }
    }

    [Test]
    public void Find_WeightsOnTheLeft_IsTheOtherOperand()
    {
        GraphBuilder graph = Vectors(out string hidden);
        string turned = graph.Node("Transpose", [hidden], "turned");
        string product = graph.Node("MatMul", [Weights(graph, 3, 4), turned], "product");
        Assert.That(Find(graph, graph.Node("Transpose", [product], "y")), Is.EqualTo("turned"));
    }

    [Test]
    public void Find_WeightsThatAreDequantized_AreConstantsAllTheSame()
    {
        GraphBuilder graph = Vectors(out string hidden);
        string weights = graph.Node("DequantizeLinear", [graph.Initializer("w8", new sbyte[12], 4, 3), graph.Initializer("s", [0.1f])], "w");
        Assert.That(Find(graph, graph.Node("Gemm", [hidden, weights], "y")), Is.EqualTo("hidden"));
    }

    [Test]
    public void Find_DynamicInt8_IsTheFloatValueBeforeItsQuantizer()
    {
        GraphBuilder graph = Vectors(out string hidden);
        string[] q = graph.Node("DynamicQuantizeLinear", [hidden], ["q", "qs", "qz"]);
        graph.Node("MatMulInteger", [q[0], graph.Initializer("w8", new sbyte[12], 4, 3), q[2]], "product");
        graph.Node("Cast", ["product"], "real", OnnxAttribute.Of("to", (long)OnnxElementType.Float));
        graph.Node("Mul", [q[1], graph.Initializer("s", [0.1f])], "scales");
        graph.Node("Mul", ["real", "scales"], "scaled");
        Assert.That(Find(graph, graph.Node("Add", ["scaled", graph.Initializer("bias", new float[3], 3)], "y")), Is.EqualTo("hidden"));
    }

    [Test]
    public void Find_QuantizedThroughout_IsTheFloatValueIfThereIsOne()
    {
        foreach (bool fromFloat in new[] { true, false })
        {
            GraphBuilder graph = Vectors(out string hidden);
            string scale = graph.Initializer("s", [0.1f]);
            string zero = graph.Initializer("z", new byte[1]);
            string quantized = graph.Node("QuantizeLinear", [hidden, scale, zero], "q");
            string w = graph.Initializer("w8", new byte[16], 4, 4);
            if (!fromFloat)
                quantized = graph.Node("QLinearMatMul", [quantized, scale, zero, w, scale, zero, scale, zero], "q2");
            string product = graph.Node("QLinearMatMul", [quantized, scale, zero, w, scale, zero, scale, zero], "product");
            Assert.That(Find(graph, graph.Node("DequantizeLinear", [product, scale, zero], "y")), fromFloat ? Is.EqualTo("hidden") : Is.Null);
        }
    }

    [Test]
    public void Find_ConvolutionThenPool_IsTheMapBeforeIt()
    {
        GraphBuilder graph = Images(out string map);
        string idle = graph.Node("Dropout", [map], "idle");
        string scores = graph.Node("Relu", [graph.Node("Conv", [idle, graph.Initializer("wc", new float[12], 3, 4, 1, 1)], "conv10")], "relu10");
        string pooled = graph.Node("GlobalAveragePool", [scores], "pooled");
        Assert.That(Find(graph, graph.Node("Softmax", [graph.Node("Flatten", [pooled], "flat")], "y")), Is.EqualTo("map"));
    }

    [Test]
    public void Find_PoolThenConvolution_IsThePooledValue()
    {
        GraphBuilder graph = Images(out string map);
        string pooled = graph.Node("GlobalAveragePool", [map], "pooled");
        string scores = graph.Node("Conv", [pooled, graph.Initializer("wc", new float[12], 3, 4, 1, 1)], "scores");
        Assert.That(Find(graph, graph.Node("Flatten", [scores], "y")), Is.EqualTo("pooled"));
    }

    [Test]
    public void Find_WideConvolution_IsNoClassifier()
    {
        GraphBuilder graph = Images(out string map);
        string wide = graph.Node("Conv", [map, graph.Initializer("wc", new float[48], 3, 4, 2, 2)], "wide");
        Assert.That(Find(graph, graph.Node("GlobalAveragePool", [wide], "y")), Is.Null);
    }

    [Test]
    public void Find_TransformerHead_IsTheTokenThatIsTaken()
    {
        var graph = new GraphBuilder();
        string x = graph.Input("x", OnnxElementType.Float, "n", 5, 4);
        string token = graph.Node("Gather", [graph.Node("Tanh", [x], "tokens"), graph.Initializer("first", [0L])], "token", OnnxAttribute.Of("axis", 1L));
        Assert.That(Find(graph, graph.Node("Gemm", [token, Weights(graph, 4, 3)], "y")), Is.EqualTo("token"));
    }

    [Test]
    public void Find_WithoutAClassifier_IsNull()
    {
        // Attention scores: both factors come from the input.
        GraphBuilder graph = Vectors(out string hidden);
        string product = graph.Node("MatMul", [hidden, graph.Node("Transpose", [hidden], "turned")], "product");
        Assert.That(Find(graph, graph.Node("Softmax", [product], "y")), Is.Null);

        // The sum at the end of a residual block.
        graph = Vectors(out hidden);
        Assert.That(Find(graph, graph.Node("Add", [hidden, graph.Node("MatMul", [hidden, Weights(graph, 4, 4)], "product")], "y")), Is.Null);

        // A linear model: what goes in is the input.
        graph = new GraphBuilder();
        string x = graph.Input("x", OnnxElementType.Float, "n", 4);
        Assert.That(Find(graph, graph.Node("Gemm", [x, Weights(graph, 4, 3)], "y")), Is.Null);
        Assert.That(PenultimateLayer.Find(graph.BuildGraph(), "absent"), Is.Null);
    }

    [Test]
    public void Find_NodesInACircle_DoesNotHang()
    {
        var graph = new GraphBuilder();
        graph.Input("x", OnnxElementType.Float, "n", 4);
        graph.Add(new OnnxNode { OpType = "Identity", Inputs = ["b"], Outputs = ["a"] });
        graph.Add(new OnnxNode { OpType = "Identity", Inputs = ["a"], Outputs = ["b"] });
        Assert.That(Find(graph, "b"), Is.Null);
    }

    [Test]
    public void FindAll_FeaturesBesideScores_AreFoundAndNotAsked()
    {
        GraphBuilder graph = Images(out string map);
        string last = graph.Node("Conv", [map, graph.Initializer("wc", new float[16], 4, 4, 1, 1)], "last");
        string features = graph.Node("Flatten", [graph.Node("GlobalAveragePool", [last], "pooled")], "features");
        graph.Output(features, OnnxElementType.Float, "n", 4);
        graph.Output(graph.Node("Gemm", [features, Weights(graph, 4, 3)], "scores"), OnnxElementType.Float, "n", 3);
        Assert.That(PenultimateLayer.FindAll(graph.BuildGraph()), Is.EquivalentTo(new Dictionary<string, string> { ["scores"] = "features" }));
    }

    private static string? Find(GraphBuilder graph, string output)
    {
        graph.Output(output, OnnxElementType.Float);
        return PenultimateLayer.Find(graph.BuildGraph(), output);
    }

    private static string Weights(GraphBuilder graph, int rows, int columns) => graph.Initializer("weights", new float[rows * columns], rows, columns);

    /// <summary>x [n, 4] → hidden [n, 4].</summary>
    private static GraphBuilder Vectors(out string hidden)
    {
        var graph = new GraphBuilder();
        hidden = graph.Node("Tanh", [graph.Input("x", OnnxElementType.Float, "n", 4)], "hidden");
        return graph;
    }

    /// <summary>x [n, 4, 8, 8] → map of the same shape.</summary>
    private static GraphBuilder Images(out string map)
    {
        var graph = new GraphBuilder();
        map = graph.Node("Relu", [graph.Input("x", OnnxElementType.Float, "n", 4, 8, 8)], "map");
        return graph;
    }
}
