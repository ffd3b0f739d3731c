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

    [TestCase(17)]
    [TestCase(11)]
    public void Of_AttentionThatPutsTheRowsSecondOrAmongTheHeads_ListsNothingOfIt(int opset)
    {
        string[] found = List(SequenceFirst(opset));
        Assert.That(found, Is.EqualTo(
        [
            "tokens Tanh Float [n, 5, 6]", "back Transpose Float [n, 5, 6]", "first Gather Float [n, 6] penultimate", "y Gemm Float [n, 2] output",
        ]), "with as many rows as tokens [5, n, 6] would pass for rows");
    }

    [Test]
    public void Of_GraphThatTakesOneRowInTruthThoughItsBatchIsOpen_IsListedAllTheSame()
    {
        var graph = new GraphBuilder();
        string x = graph.Node("Tanh", [graph.Input("x", OnnxElementType.Float, "n", 4, 3)], "tanh");
        string rows = graph.Node("Gather", [graph.Node("Shape", [x], "sizes"), graph.Initializer("i", [0L], 1)], "rows");
        string shape = graph.Node("Concat", [rows, graph.Initializer("rest", [2L, 6], 2)], "shape", OnnxAttribute.Of("axis", 0L));
        graph.Node("Reshape", [x, shape], "halves");
        // A class token of one row, as an exporter folds it that saw one picture.
        string joined = graph.Node("Concat", [graph.Initializer("token", new float[3], 1, 1, 3), x], "joined", OnnxAttribute.Of("axis", 1L));
        graph.Output(joined, OnnxElementType.Float, "n", 5, 3);
        Assert.That(List(graph), Is.EqualTo(["tanh Tanh Float [n, 4, 3]", "halves Reshape Float [?, 2, 6]"]), "with several rows ONNX Runtime refuses the graph");
    }

    [Test]
    public void Of_ModelThatOnnxRuntimeRefuses_IsAnErrorAndNoEmptyList()
    {
        var graph = new GraphBuilder();
        string x = graph.Input("x", OnnxElementType.Float, "n", 4);
        graph.Output(graph.Node("NoSuchOperator", [x], "y"), OnnxElementType.Float, "n", 4);
        Assert.That(() => List(graph), Throws.TypeOf<InvalidDataException>().With.Message.Contains("NoSuchOperator"));
    }

    /// <summary>x [n, 5, 6] → [5, n, 6] → [5, 2n, 3] → [5n, 6] and back, by shapes computed at run time, as PyTorch exports its attention.</summary>
    private static GraphBuilder SequenceFirst(int opset)
    {
        var graph = new GraphBuilder(opset: opset);
        string tokens = graph.Node("Tanh", [graph.Input("x", OnnxElementType.Float, "n", 5, 6)], "tokens");
        string turned = graph.Node("Transpose", [tokens], "turned", OnnxAttribute.Of("perm", 1, 0, 2));
        string shape = graph.Node("Shape", [turned], "shape");
        string length = graph.Node("Gather", [shape, graph.Initializer("i0", [0L], 1)], "length");
        string rows = graph.Node("Gather", [shape, graph.Initializer("i1", [1L], 1)], "rows");
        string heads = graph.Node("Mul", [rows, graph.Initializer("two", [2L], 1)], "heads");
        string Shape(string name, params string[] parts) => graph.Node("Concat", parts, name, OnnxAttribute.Of("axis", 0L));
        string three = graph.Initializer("three", [3L], 1);
        string six = graph.Initializer("six", [6L], 1);
        string split = graph.Node("Reshape", [turned, Shape("split_shape", length, heads, three)], "split");
        string headsFirst = graph.Node("Transpose", [split], "heads_first", OnnxAttribute.Of("perm", 1, 0, 2));
        string joined = graph.Node("Transpose", [headsFirst], "joined", OnnxAttribute.Of("perm", 1, 0, 2));
        string flat = graph.Node("Reshape", [joined, Shape("flat_shape", graph.Node("Mul", [length, rows], "all"), six)], "flat");
        string unflat = graph.Node("Reshape", [flat, Shape("unflat_shape", length, rows, six)], "unflat");
        string back = graph.Node("Transpose", [unflat], "back", OnnxAttribute.Of("perm", 1, 0, 2));
        string first = graph.Node("Gather", [back, graph.Initializer("zero", [0L])], "first", OnnxAttribute.Of("axis", 1L));
        return graph.Output(graph.Node("Gemm", [first, graph.Initializer("w", new float[12], 6, 2)], "y"), OnnxElementType.Float, "n", 2);
    }

    private static string[] List(GraphBuilder graph)
    {
        ImmutableArray<FeatureCandidate> all = FeatureCandidates.Of(ModelSource.FromMemory(graph.ToBytes(), "candidates"));
        return [.. all.Select(c => $"{c.Value.Name} {c.Operator} {c.Value.ElementType} [{string.Join(", ", c.Value.Dimensions)}]{(c.IsOutput ? " output" : "")}{(c.IsPenultimate ? " penultimate" : "")}")];
    }
}
