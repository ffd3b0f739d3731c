using MLTransfer.Onnx.Gradients;
using MLTransfer.Onnx.Graphs;
using static MLTransfer.Onnx.Tests.Gradients.CheckedInput;

namespace MLTransfer.Onnx.Tests.Gradients;

internal sealed class ReductionRulesTests
{
    private static readonly string[] Names =
        ["ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceL1", "ReduceL2", "ReduceSumSquare", "ReduceLogSum", "ReduceLogSumExp", "ReduceProd"];

    private static CheckedInput Numbers(string opType, params long[] shape) => opType == "ReduceLogSum" ? Real(0.3, 2, shape) : Real(shape);

    [TestCaseSource(nameof(Names))]
    public void Reduction_AxesAsAttribute_AgreesWithFiniteDifferences(string opType)
    {
        foreach (long[] axes in new long[][] { [1], [0, 2], [-1], [-2, 0] })
        {
            foreach (int keep in new[] { 0, 1 })
            {
                OnnxAttribute[] attributes = [OnnxAttribute.Of("keepdims", keep), .. opType == "ReduceSum" ? Array.Empty<OnnxAttribute>() : [OnnxAttribute.Of("axes", [.. axes])]];
                CheckedInput[] inputs = [Numbers(opType, 2, 3, 2), .. opType == "ReduceSum" ? [Constant(axes, axes.Length)] : Array.Empty<CheckedInput>()];
                GradientCheck.Node(opType, inputs, attributes);
            }
        }
        GradientCheck.Node(opType, [Numbers(opType, 2, 3)]);
        GradientCheck.Node(opType, [Numbers(opType, 2, 3)], [OnnxAttribute.Of("keepdims", 0)]);
    }

    [TestCaseSource(nameof(Names))]
    public void Reduction_AxesAsInput_AgreesWithFiniteDifferences(string opType)
    {
        GradientCheck.Node(opType, [Numbers(opType, 2, 3, 2), Constant([-2L], 1)], [OnnxAttribute.Of("keepdims", 0)], opset: 18);
        GradientCheck.Node(opType, [Numbers(opType, 2, 3)], opset: 18);
    }

    // torch.amax([1, 3, 3]) sends 0, 0.5, 0.5.
    [Test]
    public void ReduceMax_EqualNumbers_ShareTheGradient() => Assert.That(GradientCheck.Gradients("ReduceMax", [Of([1, 3, 3], 3)])[0], Is.EqualTo([0, 0.5, 0.5]));

    // torch.linalg.norm of zeros sends zeros.
    [Test]
    public void ReduceL2_Zeros_SendNothing() =>
        Assert.That(GradientCheck.Gradients("ReduceL2", [Of([0, 0], 2)])[0], Is.EqualTo([0.0, 0]));

    // torch.prod([2, 0, 3]) sends 0, 6, 0; with a second 0 nothing.
    [TestCase(2, 0, 3, 0, 6, 0)]
    [TestCase(0, 0, 3, 0, 0, 0)]
    [TestCase(2, 1, 3, 3, 6, 2)]
    public void ReduceProd_Zeros_SendTheProductOfTheOthers(double a, double b, double c, double da, double db, double dc) =>
        Assert.That(GradientCheck.Gradients("ReduceProd", [Of([a, b, c], 3)])[0], Is.EqualTo([da, db, dc]));

    // A Constant node may hold plain numbers.
    [TestCase("value_ints")]
    [TestCase("value_int")]
    [TestCase("value")]
    public void Reduction_AxesFromAConstantNode_AreKnown(string form)
    {
        var graph = new GraphBuilder("constant");
        graph.Input("x", OnnxElementType.Float, 2, 3);
        graph.Node("Constant", [], "axes", form switch
        {
            "value_ints" => OnnxAttribute.Of(form, [1L]),
            "value_int" => OnnxAttribute.Of(form, 1),
            _ => OnnxAttribute.Of(form, OnnxTensor.Of("axes", (long[])[1], 1)),
        });
        string axes = form == "value_int" ? graph.Node("Unsqueeze", ["axes", graph.Initializer("front", [0L], 1)], "vector") : "axes";
        Assert.That(new NodeIndex(graph.BuildGraph()).Constant("axes")!.ToInt64s(), Is.EqualTo([1]));
        OnnxModel model = graph.Output(graph.Node("ReduceMax", [graph.Node("ReduceSum", ["x", axes], "y")], "L", OnnxAttribute.Of("keepdims", 0)), OnnxElementType.Float).Build();
        string? problem = Trainability.Of(model.Graph, "L").Problem("x");
        Assert.That(problem, form == "value_int" ? Does.Contain("'vector', which the graph computes") : Is.Null);
    }

    [Test]
    public void Reduction_ComputedAxes_AreRefused()
    {
        var graph = new GraphBuilder("computed");
        graph.Input("x", OnnxElementType.Double, 2, 3);
        graph.Node("Shape", ["x"], "shape");
        graph.Node("Sub", [graph.Node("Size", ["shape"], "rank"), graph.Initializer("one", [1L], 1)], "axes");
        OnnxModel model = graph.Output(graph.Node("ReduceSum", [graph.Node("ReduceSum", ["x", "axes"], "y")], "L", OnnxAttribute.Of("keepdims", 0)), OnnxElementType.Double).Build();
        var error = Assert.Throws<NotSupportedException>(() => GradientGraph.Of(model, "L", ["x"], ProbedShapes.Of(model, "computed"), "computed"));
        Assert.That(error.Message, Does.Contain("ReduceSum 'y'").And.Contain("input 1 (axes) is 'axes', which the graph computes"));
    }
}
