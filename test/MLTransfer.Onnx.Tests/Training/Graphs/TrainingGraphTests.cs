using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Training.Graphs;
using MLTransfer.Onnx.Training.Losses;
using MLTransfer.Onnx.Training.Parts;

namespace MLTransfer.Onnx.Tests.Training.Graphs;

/// <summary>What a graph that cannot be trained is refused with: the node, its operator, and where to cut.</summary>
internal sealed class TrainingGraphTests
{
    [Test]
    public void Of_AParameterThatIsNotThere_NamesIt()
    {
        GraphBuilder graph = Start(out string h);
        Assert.That(() => Make(graph, Last(graph, h), "w9"), Throws.ArgumentException.With.Message.Contains("'w9'").And.Message.Contains("'tiny'"));
    }

    [Test]
    public void Of_AParameterBesideTheWay_NamesIt()
    {
        GraphBuilder graph = Start(out string h);
        graph.Output(graph.Node("MatMul", [h, graph.Initializer("aside", new float[9], 3, 3)], "other"), OnnxElementType.Float, "rows", 3);
        Assert.That(() => Make(graph, Last(graph, h), "aside"), Throws.ArgumentException.With.Message.Contains("'aside'"));
    }

    [Test]
    public void Of_AGraphWithIf_NamesNodeAndNearestCut()
    {
        GraphBuilder graph = Start(out string h);
        string condition = graph.Node("Greater", [graph.Node("ReduceSum", [h], "sum", OnnxAttribute.Of("keepdims", 0)), graph.Initializer("zero", [0f])], "condition");
        var then = new GraphBuilder("then");
        then.Add(new OnnxNode { OpType = "Tanh", Name = "inner", Inputs = [h], Outputs = ["then_out"] }).Output("then_out", OnnxElementType.Float, "rows", 3);
        var otherwise = new GraphBuilder("else");
        otherwise.Add(new OnnxNode { OpType = "Neg", Name = "inner2", Inputs = [h], Outputs = ["else_out"] }).Output("else_out", OnnxElementType.Float, "rows", 3);
        string branched = graph.Node("If", [condition], "branched", OnnxAttribute.Of("then_branch", then.BuildGraph()), OnnxAttribute.Of("else_branch", otherwise.BuildGraph()));
        Refuses(graph, branched, "If", "'branched'");
    }

    [Test]
    public void Of_AGraphWithLoop_NamesNodeAndNearestCut()
    {
        GraphBuilder graph = Start(out string h);
        var body = new GraphBuilder("body");
        body.Input("i", OnnxElementType.Int64);
        body.Input("go", OnnxElementType.Bool);
        string state = body.Input("state", OnnxElementType.Float, "rows", 3);
        body.Output(body.Node("Identity", ["go"], "go_on"), OnnxElementType.Bool);
        body.Output(body.Node("Tanh", [state], "next"), OnnxElementType.Float, "rows", 3);
        string looped = graph.Node("Loop", [graph.Initializer("twice", [2L]), "", h], "looped", OnnxAttribute.Of("body", body.BuildGraph()));
        Refuses(graph, looped, "Loop", "'looped'");
    }

    [Test]
    public void Of_AFusedOperator_NamesItsDomainAndAdvisesThePlainExport()
    {
        GraphBuilder graph = Start(out string h);
        graph.Import("com.microsoft", 1);
        graph.Add(new OnnxNode { OpType = "QuickGelu", Domain = "com.microsoft", Name = "fused", Inputs = [h], Outputs = ["fused_out"] });
        Refuses(graph, "fused_out", "com.microsoft", "'fused_out'");
    }

    [Test]
    public void Of_AProductIn8Bits_NamesNodeAndNearestCut()
    {
        GraphBuilder graph = Start(out string h);
        string[] q = graph.Node("DynamicQuantizeLinear", [h], ["q", "scale", "zero"]);
        string product = graph.Node("MatMulInteger", [q[0], graph.Initializer("w8", new sbyte[9], 3, 3), q[2]], "product8");
        string real = graph.Node("Mul", [graph.Node("Cast", [product], "real", OnnxAttribute.Of("to", (long)OnnxElementType.Float)), q[1]], "dequantized");
        Exception? error = Assert.Throws<NotSupportedException>(() => Make(graph, Last(graph, real), "w1"));
        Assert.That(error!.Message, Does.Contain("'tiny'").And.Contain("Freeze everything in front of"));
        Assert.That(error.Message, Does.Contain("MatMulInteger").Or.Contain("DynamicQuantizeLinear"));
        // What lies behind can be trained.
        Assert.That(Make(graph, "logits", "w2").GradientNames, Has.Length.EqualTo(1));
    }

    [Test]
    public void Parameters_InFrontOfANodeWithoutARule_SayWhichItIs()
    {
        GraphBuilder graph = Start(out string h);
        graph.Import("com.microsoft", 1);
        graph.Add(new OnnxNode { OpType = "QuickGelu", Domain = "com.microsoft", Name = "fused", Inputs = [h], Outputs = ["fused_out"] });
        OnnxModel model = graph.Output(Last(graph, "fused_out"), OnnxElementType.Float, "rows", 2).Build();
        ModelParameter[] parameters = [.. ModelParameters.Of(model, "logits")];
        Assert.That(parameters.Select(p => (p.Name, p.IsTrainable)), Is.EqualTo(new[] { ("w1", false), ("w2", true) }));
        Assert.That(parameters[0].Problem, Does.Contain("com.microsoft").And.Contain("QuickGelu").And.Contain("fused"));
    }

    [Test]
    public void Of_Parameters_BecomeInputs_AndAllElseStays()
    {
        GraphBuilder graph = Start(out string h);
        TrainingGraph training = Make(graph, Last(graph, h), "w2");
        Assert.That(training.Gradients.Graph.Inputs.Select(i => i.Name), Is.EqualTo(new[] { "x", training.Target, training.Weight, "w2" }));
        Assert.That(training.Gradients.Graph.Initializers.Select(t => t.Name), Has.Member("w1").And.None.EqualTo("w2"));
        Assert.That(training.Gradients.Graph.Outputs.Select(o => o.Name), Is.EqualTo(new[] { training.Loss, training.GradientNames[0] }));
        Assert.That(training.Evaluation.Graph.Outputs.Select(o => o.Name), Is.EqualTo(new[] { training.Loss, "logits" }));
    }

    [Test]
    public void OpenAxes_OfUnnamedAxes_NamesThem_AndOpensAFixedBatchWhereTold()
    {
        var graph = new GraphBuilder("axes");
        graph.Input("a", OnnxElementType.Float, default, default, 3);
        graph.Input("b", OnnxElementType.Float, 1, 5);
        OnnxModel model = graph.Build();
        Assert.That(Axes(OpenAxes.Name(model)), Is.EqualTo(new[] { "rows, a_axis_1, 3", "1, 5" }));
        Assert.That(Axes(OpenAxes.Name(model, fixedRows: 1)), Is.EqualTo(new[] { "rows, a_axis_1, 3", "rows, 5" }));

        static string[] Axes(OnnxModel model) => [.. model.Graph.Inputs.Select(i => string.Join(", ", i.Dimensions))];
    }

    private static void Refuses(GraphBuilder graph, string behind, string @operator, string cut)
    {
        string logits = Last(graph, behind);
        Exception? error = Assert.Throws<NotSupportedException>(() => Make(graph, logits, "w1"));
        Assert.That(error!.Message, Does.Contain("'tiny'").And.Contain(@operator).And.Contain($"Freeze everything in front of {cut}"));
        Assert.That(Make(graph, logits, "w2").GradientNames, Has.Length.EqualTo(1), "what lies behind can be trained");
    }

    private static TrainingGraph Make(GraphBuilder graph, string logits, string parameter) =>
        TrainingGraph.Of(graph.Build(), logits, 2, [parameter], new CrossEntropyLoss(), "tiny");

    private static GraphBuilder Start(out string h)
    {
        var graph = new GraphBuilder("tiny");
        string x = graph.Input("x", OnnxElementType.Float, "rows", 3);
        h = graph.Node("MatMul", [x, graph.Initializer("w1", GraphRun.Random(9, 1), 3, 3)], "h");
        return graph;
    }

    private static string Last(GraphBuilder graph, string h) => graph.Node("MatMul", [h, graph.Initializer("w2", GraphRun.Random(6, 2), 3, 2)], "logits");
}
