using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Training.Parts;

namespace MLTransfer.Onnx.Tests.Training.Parts;

internal sealed class HeavyFlowTests
{
    [Test]
    public void Contains_WhatCameThroughATableOrMatrix_NotMasksPositionsAndShapes()
    {
        var graph = new GraphBuilder("text");
        string ids = graph.Input("ids", OnnxElementType.Int64, "rows", "tokens");
        string mask = graph.Input("mask", OnnxElementType.Int64, "rows", "tokens");
        string words = graph.Node("Gather", [graph.Initializer("table", new float[20], 10, 2), ids], "words");
        string real = graph.Node("Cast", [mask], "mask_float", OnnxAttribute.Of("to", (long)OnnxElementType.Float));
        string bias = graph.Node("Mul", [real, graph.Initializer("minus", [-10000f])], "mask_bias");
        string product = graph.Node("MatMul", [words, graph.Initializer("w", new float[4], 2, 2)], "product");
        string shape = graph.Node("Shape", [product], "shape");
        graph.Node("Gather", [shape, graph.Initializer("first", [0L])], "row_count");
        graph.Node("Add", [product, graph.Node("Unsqueeze", [bias, graph.Initializer("last", [2L], 1)], "wide")], "masked");
        var heavy = new HeavyFlow(graph.BuildGraph());
        Assert.That(new[] { "words", "product", "masked" }.Where(heavy.Contains), Is.EqualTo(new[] { "words", "product", "masked" }));
        Assert.That(new[] { "ids", "mask", "mask_float", "mask_bias", "wide", "shape", "row_count", "w", "table" }.Where(heavy.Contains), Is.Empty);
    }

    [Test]
    public void Contains_AWeightBehindATransposeOrDequantizeLinear_IsAWeight()
    {
        var graph = new GraphBuilder("behind");
        string x = graph.Input("x", OnnxElementType.Float, "rows", 2);
        string q = graph.Node("DequantizeLinear", [graph.Initializer("q", new sbyte[4], 2, 2), graph.Initializer("scale", [0.5f])], "w");
        string t = graph.Node("Transpose", [q], "wt");
        graph.Node("MatMul", [x, t], "y");
        var heavy = new HeavyFlow(graph.BuildGraph());
        Assert.That(heavy.Contains("y"), Is.True);
        Assert.That(heavy.Contains("wt"), Is.False);
    }

    [Test]
    public void Contains_AttentionOfAViT_IsHeavy_ThoughNoWeightIsInIt()
    {
        using PreparedModel vit = PreparedModel.Golden("vit-17");
        var heavy = new HeavyFlow(vit.Graph);
        Assert.That(vit.Graph.Nodes.Where(n => n.OpType == "Softmax").Select(n => heavy.Contains(n.Outputs[0])), Is.All.True);
        Assert.That(vit.Graph.Nodes.Where(n => n.OpType == "Shape").Select(n => heavy.Contains(n.Outputs[0])), Is.All.False);
    }
}
