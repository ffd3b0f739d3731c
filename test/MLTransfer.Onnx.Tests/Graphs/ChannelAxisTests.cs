using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Tests.Graphs;

internal sealed class ChannelAxisTests
{
    [Test]
    public void Find_FollowsConvolutionsThroughElementwiseNodesAndTranspositions()
    {
        // The input has its channels last, as Keras has them; inside they are second all the same.
        var graph = new GraphBuilder();
        string x = graph.Input("x", OnnxElementType.Float, "n", 8, 8, 3);
        string turned = graph.Node("Transpose", [x], "turned", OnnxAttribute.Of("perm", 0, 3, 1, 2));
        string map = graph.Node("Conv", [turned, graph.Initializer("w", new float[12], 4, 3, 1, 1)], "map");
        string scaled = graph.Node("Mul", [graph.Initializer("half", [0.5f]), map], "scaled");
        string back = graph.Node("Transpose", [scaled], "back", OnnxAttribute.Of("perm", 0, 2, 3, 1));
        string dense = graph.Node("MatMul", [back, graph.Initializer("d", new float[20], 4, 5)], "dense");
        string again = graph.Node("Transpose", [graph.Node("Relu", [dense], "active")], "again", OnnxAttribute.Of("perm", 0, 3, 1, 2));
        string scores = graph.Node("MatMul", [again, graph.Node("Transpose", [again], "other", OnnxAttribute.Of("perm", 0, 1, 3, 2))], "scores");
        var axis = new ChannelAxis(graph.Output(scores, OnnxElementType.Float).BuildGraph());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(axis.Find(map, 4), Is.EqualTo(1));
            Assert.That(axis.Find(scaled, 4), Is.EqualTo(1));
            Assert.That(axis.Find(back, 4), Is.EqualTo(3));
            Assert.That(axis.Find(dense, 4), Is.EqualTo(3));
            Assert.That(axis.Find(again, 4), Is.EqualTo(1));
            Assert.That(axis.Find(scores, 4), Is.Null, "a product of two values that both come from the input");
            Assert.That(axis.Find(turned, 4), Is.Null, "nothing but the input and its turning");
        }
    }
}
