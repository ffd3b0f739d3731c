using MLTransfer.Onnx.Gradients;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Tests.Gradients;

internal sealed class StepRulesTests
{
    [TestCase("Floor")]
    [TestCase("Ceil")]
    [TestCase("Round")]
    [TestCase("Sign")]
    public void Rounding_BesideAnotherReader_SendsNothingBack(string opType)
    {
        var graph = new GraphBuilder(opType);
        string x = graph.Input("x", OnnxElementType.Float, 3);
        graph.Node("Mul", [x, graph.Node(opType, [x], "rounded")], "product");
        OnnxModel model = graph.Output(graph.Node("ReduceSum", ["product"], "L", OnnxAttribute.Of("keepdims", 0)), OnnxElementType.Float).Build();
        GradientModel gradients = GradientGraph.Of(model, "L", [x], ProbedShapes.Of(model, opType), opType);
        // d(x · r)/dx = r alone.
        OnnxNode[] readers = [.. gradients.Model.Graph.Nodes.Where(n => n.Outputs.Contains(gradients.Gradients[x]))];
        Assert.That(readers.Single().Inputs, Does.Contain("rounded"));
    }

    [Test]
    public void Rounding_Alone_ParameterIsNamedAsWithoutEffect()
    {
        var graph = new GraphBuilder("floor");
        graph.Node("Floor", [graph.Input("x", OnnxElementType.Float, 3)], "y");
        OnnxModel model = graph.Output(graph.Node("ReduceSum", ["y"], "L", OnnxAttribute.Of("keepdims", 0)), OnnxElementType.Float).Build();
        var error = Assert.Throws<ArgumentException>(() => GradientGraph.Of(model, "L", ["x"], ProbedShapes.Of(model, "floor"), "floor"));
        Assert.That(error.Message, Does.Contain("'x'").And.Contain("does not depend on it"));
        Assert.That(Trainability.Of(model.Graph, "L").Problem("x"), Is.EqualTo("the output does not depend on it"));
    }
}
