using Microsoft.ML.OnnxRuntime;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Tests.Graphs;

internal sealed class Int8ToFloatTests
{
    [Test]
    public void Rewrite_SignedWeightsOneScale_ScoresAsByHand()
    {
        OnnxModel model = Rewrite(g =>
        {
            g.Initializer("w", new sbyte[] { 1, 2, 3, 4, -5, -6 }, 3, 2);
            g.Initializer("s", [0.5f]);
            g.Initializer("z", new sbyte[] { 1 });
        });
        // ((1, 2, 3), (4, -5, -6)) less 1, times 0.5.
        Assert.That(Weights(model), Is.EqualTo([0f, 0.5f, 1, 1.5f, -3, -3.5f]));
        Assert.That(Score(model), Is.EqualTo([0 + 10 + -300f, 0.5f + 15 + -350]).Within(1e-4f), "sums of a few hundred in single precision");
    }

    [Test]
    public void Rewrite_UnsignedWeightsScaleAndZeroPointOfEachChannel_ScoresAsByHand()
    {
        OnnxModel model = Rewrite(g =>
        {
            g.Initializer("w", new byte[] { 128, 130, 129, 130, 0, 255 }, 3, 2);
            g.Initializer("s", [0.5f, 2], 2);
            g.Initializer("z", new byte[] { 128, 130 }, 2);
        });
        Assert.That(Weights(model), Is.EqualTo([0f, 0, 0.5f, 0, -64, 250]));
    }

    [Test]
    public void Rewrite_NoZeroPoint_IsZero()
    {
        OnnxModel model = Int8ToFloat.Rewrite(TinyGraphs.Int8Product(g =>
        {
            g.Initializer("w", new sbyte[] { 1, 2, 3, 4, 5, 6 }, 3, 2);
            g.Initializer("s", [2f]);
        }, zeroPoint: "").Build());
        Assert.That(Weights(model), Is.EqualTo([2f, 4, 6, 8, 10, 12]));
    }

    [Test]
    public void Rewrite_Product_LeavesTwoThingsAndRowsIndependent()
    {
        OnnxModel model = Rewrite(PlainWeights);
        Assert.That(model.Graph.Nodes.Select(n => n.OpType), Is.EqualTo(["MatMul"]));
        Assert.That(model.Graph.Initializers, Has.Length.EqualTo(1));
        Assert.That(RowIndependence.Analyse(model).RowsInterfere, Is.False);
    }

    [Test]
    public void Rewrite_NearTheInt8Result()
    {
        OnnxModel int8 = TinyGraphs.Int8Product(PlainWeights).Build();
        using InferenceSession exact = Scoring.Open(int8.ToBytes());
        using InferenceSession rewritten = Scoring.Open(Int8ToFloat.Rewrite(int8).ToBytes());
        float[] x = [0.1f, -0.7f, 0.9f];
        // One row: activations are rounded to 1.6/255, each of three times a weight of 3 at most.
        Assert.That(Scoring.RunFloats(rewritten, "x", x, 1, 3), Is.EqualTo(Scoring.RunFloats(exact, "x", x, 1, 3)).Within(0.03f));
    }

    [Test]
    public void Rewrite_Convolution_ScoresAsByHand()
    {
        var graph = new GraphBuilder();
        string x = graph.Input("x", OnnxElementType.Float, "batch", 1, 1, 3);
        graph.Initializer("w", new sbyte[] { 2, 4, -6, 8 }, 2, 1, 1, 2);
        graph.Initializer("s", [0.5f, 0.25f], 1, 2, 1, 1);
        string[] q = graph.Node("DynamicQuantizeLinear", [x], ["xq", "xs", "xz"]);
        graph.Node("ConvInteger", [q[0], "w", q[2]], "product", OnnxAttribute.Of("pads", [0L, 0, 0, 1]));
        graph.Node("Cast", ["product"], "real", OnnxAttribute.Of("to", 1L));
        graph.Node("Mul", ["s", q[1]], "scales");
        graph.Node("Mul", ["scales", "real"], "y");
        OnnxModel model = Int8ToFloat.Rewrite(graph.Output("y", OnnxElementType.Float, "batch", 2, 1, 3).Build());
        Assert.That(Weights(model), Is.EqualTo([1f, 2, -1.5f, 2]));
        using InferenceSession session = Scoring.Open(model.ToBytes());
        Assert.That(Scoring.RunFloats(session, "x", [1, 10, 100], 1, 1, 1, 3), Is.EqualTo([21f, 210, 100, 18.5f, 185, -150]).Within(1e-4f), "small sums in single precision");
    }

    [Test]
    public void Rewrite_BothOperandsDynamic_BecomesAPlainProduct()
    {
        var graph = new GraphBuilder();
        graph.Input("a", OnnxElementType.Float, "batch", 2, 2);
        graph.Input("b", OnnxElementType.Float, "batch", 2, 2);
        graph.Node("DynamicQuantizeLinear", ["a"], ["aq", "as", "az"]);
        graph.Node("DynamicQuantizeLinear", ["b"], ["bq", "bs", "bz"]);
        graph.Node("MatMulInteger", ["aq", "bq", "az", "bz"], "product");
        graph.Node("Cast", ["product"], "real", OnnxAttribute.Of("to", 1L));
        graph.Node("Mul", ["as", "bs"], "scales");
        graph.Node("Mul", ["real", "scales"], "y");
        OnnxModel model = Int8ToFloat.Rewrite(graph.Output("y", OnnxElementType.Float, "batch", 2, 2).Build());
        Assert.That(model.Graph.Nodes.Single().Inputs, Is.EqualTo(["a", "b"]));
    }

    [Test]
    public void Rewrite_FloatModel_ComesBackAsItIs()
    {
        OnnxModel model = TinyGraphs.Linear().Build();
        Assert.That(Int8ToFloat.Rewrite(model), Is.SameAs(model));
    }

    [Test]
    public void Rewrite_ProductThatIsNotCast_NamesTheNode()
    {
        var graph = new GraphBuilder();
        graph.Input("x", OnnxElementType.Float, "batch", 3);
        graph.Initializer("w", new sbyte[6], 3, 2);
        string[] q = graph.Node("DynamicQuantizeLinear", ["x"], ["xq", "xs", "xz"]);
        graph.Node("MatMulInteger", [q[0], "w", q[2]], "product");
        graph.Node("Abs", ["product"], "y");
        OnnxModel model = graph.Output("y", OnnxElementType.Int32).Build();
        Assert.That(() => Int8ToFloat.Rewrite(model), Throws.InstanceOf<NotSupportedException>().With.Message.Contains("MatMulInteger 'product'").And.Message.Contains("Abs 'y'"));
    }

    [Test]
    public void Rewrite_QuantizerUsedElsewhere_NamesTheNode()
    {
        GraphBuilder graph = TinyGraphs.Int8Product(PlainWeights);
        graph.Node("Identity", ["xs"], "scale of x");
        OnnxModel model = graph.Output("scale of x", OnnxElementType.Float).Build();
        Assert.That(() => Int8ToFloat.Rewrite(model), Throws.InstanceOf<NotSupportedException>().With.Message.Contains("DynamicQuantizeLinear 'xq'"));
    }

    [Test]
    public void Rewrite_ScaleOfAnotherLength_NamesIt() => Assert.That(() => Rewrite(g =>
    {
        g.Initializer("w", new sbyte[6], 3, 2);
        g.Initializer("s", [1f, 2, 3], 3);
        g.Initializer("z", new sbyte[1]);
    }), Throws.InstanceOf<NotSupportedException>().With.Message.Contains("'s' [3]"));

    private static void PlainWeights(GraphBuilder graph)
    {
        graph.Initializer("w", new sbyte[] { 1, 2, 3, 4, -5, -6 }, 3, 2);
        graph.Initializer("s", [0.5f]);
        graph.Initializer("z", new sbyte[] { 0 });
    }

    private static OnnxModel Rewrite(Action<GraphBuilder> weights) => Int8ToFloat.Rewrite(TinyGraphs.Int8Product(weights).Build());

    private static float[] Weights(OnnxModel model) => model.Graph.Initializers.Single().ToFloats();

    private static float[] Score(OnnxModel model)
    {
        using InferenceSession session = Scoring.Open(model.ToBytes());
        return Scoring.RunFloats(session, "x", [1, 10, 100], 1, 3);
    }
}
