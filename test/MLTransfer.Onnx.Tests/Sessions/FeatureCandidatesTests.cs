using System.Collections.Immutable;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Sessions;

namespace MLTransfer.Onnx.Tests.Sessions;

internal sealed class FeatureCandidatesTests
{
    [Test]
    public void Of_Classifier_ListsRealValuesInOrderWithShapesAndMarks()
    {
        var graph = new GraphBuilder();
        string x = graph.Input("x", OnnxElementType.Float, "n", 3, 8, 8);
        string map = graph.Node("Conv", [x, graph.Initializer("w", new float[108], 4, 3, 3, 3)], "map");
        graph.Node("Shape", [map], "sizes");
        graph.Node("Neg", ["w"], "constant");
        string flat = graph.Node("Flatten", [graph.Node("GlobalAveragePool", [map], "pooled")], "flat");
        graph.Node("Cast", [flat], "wide", OnnxAttribute.Of("to", (long)OnnxElementType.Double));
        graph.Node("Cast", [flat], "half", OnnxAttribute.Of("to", (long)OnnxElementType.Float16));
        graph.Node("Transpose", [flat], "turned");
        graph.Output(graph.Node("Gemm", [flat, graph.Initializer("d", new float[20], 4, 5)], "scores"), OnnxElementType.Float, "n", 5);
        Assert.That(List(graph), Is.EqualTo(
        [
            "map Conv Float [n, 4, 6, 6]", "pooled GlobalAveragePool Float [n, 4, 1, 1]", "flat Flatten Float [n, 4] penultimate", "half Cast Float16 [n, 4]",
            "scores Gemm Float [n, 5] output",
        ]), "neither integers, constants, doubles, nor what has the rows elsewhere");
    }

    [Test]
    public void Of_FixedBatch_ListsWhatKeepsIt()
    {
        var graph = new GraphBuilder();
        string x = graph.Input("x", OnnxElementType.Float, 4, 6);
        string kept = graph.Node("Tanh", [x], "kept");
        graph.Output(graph.Node("Reshape", [kept, graph.Initializer("shape", [8L, 3], 2)], "moved"), OnnxElementType.Float, 8, 3);
        Assert.That(List(graph), Is.EqualTo(["kept Tanh Float [4, 6]"]));
    }

    // Below 14 ONNX Runtime loses the rank too.
    [TestCase(17)]
    [TestCase(11)]
    public void Of_ReshapeToAShapeComputedAtRunTime_KnowsWhatStandsThereAsConstants(int opset)
    {
        var graph = new GraphBuilder(opset: opset);
        string x = graph.Node("Tanh", [graph.Input("x", OnnxElementType.Float, "n", "t", 6)], "tokens");
        string shape = graph.Node("Shape", [x], "shape");
        string rows = graph.Node("Gather", [shape, graph.Initializer("i0", [0L], 1)], "rows");
        string length = graph.Node("Gather", [shape, graph.Initializer("i1", [1L], 1)], "length");
        string heads = graph.Node("Concat", [rows, length, graph.Initializer("heads", [2L, 3], 2)], "heads_shape", OnnxAttribute.Of("axis", 0L));
        string split = graph.Node("Transpose", [graph.Node("Reshape", [x, heads], "split")], "heads_first", OnnxAttribute.Of("perm", 0, 2, 1, 3));
        string back = graph.Node("Transpose", [split], "heads_last", OnnxAttribute.Of("perm", 0, 2, 1, 3));
        string joinedShape = graph.Node("Concat", [rows, graph.Initializer("rest", [-1L], 1), graph.Initializer("six", [6L], 1)], "joined_shape", OnnxAttribute.Of("axis", 0L));
        string joined = graph.Node("Reshape", [back, joinedShape], "joined");
        string dense = graph.Node("MatMul", [joined, graph.Initializer("d", new float[30], 6, 5)], "dense");
        // A shape of which only the length is known.
        string like = graph.Node("Reshape", [dense, graph.Node("Shape", [dense], "dense_shape")], "like");
        graph.Output(graph.Node("MatMul", [like, graph.Initializer("e", new float[35], 5, 7)], "y"), OnnxElementType.Float, "n", "t", 7);
        Assert.That(List(graph), Is.EqualTo(
        [
            "tokens Tanh Float [n, t, 6]", "split Reshape Float [?, ?, 2, 3]", "heads_first Transpose Float [?, 2, ?, 3]", "heads_last Transpose Float [?, ?, 2, 3]",
            "joined Reshape Float [?, ?, 6]", "dense MatMul Float [?, ?, 5]", "like Reshape Float [?, ?, ?] penultimate", "y MatMul Float [n, t, 7] output",
        ]));
    }

    [Test]
    public void Of_ModelThatOnnxRuntimeRefuses_IsAnErrorAndNoEmptyList()
    {
        var graph = new GraphBuilder();
        string x = graph.Input("x", OnnxElementType.Float, "n", 4);
        graph.Output(graph.Node("NoSuchOperator", [x], "y"), OnnxElementType.Float, "n", 4);
        Assert.That(() => List(graph), Throws.TypeOf<InvalidDataException>().With.Message.Contains("NoSuchOperator"));
    }

    private static string[] List(GraphBuilder graph)
    {
        ImmutableArray<FeatureCandidate> all = FeatureCandidates.Of(ModelSource.FromMemory(graph.ToBytes(), "candidates"));
        return [.. all.Select(c => $"{c.Value.Name} {c.Operator} {c.Value.ElementType} [{string.Join(", ", c.Value.Dimensions)}]{(c.IsOutput ? " output" : "")}{(c.IsPenultimate ? " penultimate" : "")}")];
    }
}
