using Microsoft.ML.OnnxRuntime;
using MLTransfer.Onnx.Gradients;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Tests.Graphs;
using MLTransfer.Testing;

namespace MLTransfer.Onnx.Tests.Gradients;

internal sealed class OpsetUpgradeTests
{
    [TestCase(7)]
    [TestCase(11)]
    [TestCase(12)]
    public void Raise_AxesAsAttribute_ScoresTheSame(int opset)
    {
        Same(opset, "Unsqueeze", [OnnxAttribute.Of("axes", [0L, 2])]);
        Same(opset, "ReduceSum", [OnnxAttribute.Of("axes", [1L]), OnnxAttribute.Of("keepdims", 0)]);
        Same(opset, "ReduceSum", []);
        Same(opset, "ReduceMean", [OnnxAttribute.Of("axes", [1L])]);
        Same(opset, "Squeeze", [OnnxAttribute.Of("axes", [0L])], shape: [1, 2, 1]);
        Same(opset, "Squeeze", [], shape: [1, 2, 1]);
        Same(opset, "Split", [OnnxAttribute.Of("axis", 1), OnnxAttribute.Of("split", [1L, 3])], outputs: 2);
        Same(opset, "Split", [], outputs: 2, shape: [4, 3]);
    }

    [TestCase(7)]
    [TestCase(9)]
    public void Raise_PlacesAsAttributes_ScoresTheSame(int opset)
    {
        Same(opset, "Slice", [OnnxAttribute.Of("starts", [1L, 0]), OnnxAttribute.Of("ends", [2L, -1])]);
        Same(opset, "Slice", [OnnxAttribute.Of("starts", [1L]), OnnxAttribute.Of("ends", [100L]), OnnxAttribute.Of("axes", [1L])]);
        Same(opset, "TopK", [OnnxAttribute.Of("k", 2), OnnxAttribute.Of("axis", 1)], outputs: 2);
        Same(opset, "Pad", [OnnxAttribute.Of("pads", [0L, 1, 2, 0])]);
        Same(opset, "Pad", [OnnxAttribute.Of("pads", [0L, 1, 0, 1]), OnnxAttribute.Of("value", 2.5f)]);
        Same(opset, "Pad", [OnnxAttribute.Of("pads", [0L, 1, 0, 1]), OnnxAttribute.Of("mode", "reflect")]);
        Same(opset, "Clip", [OnnxAttribute.Of("min", -0.2f), OnnxAttribute.Of("max", 0.3f)]);
        Same(opset, "Clip", [OnnxAttribute.Of("max", 0.3f)]);
        Same(opset, "Clip", []);
        Same(opset, "Dropout", [OnnxAttribute.Of("ratio", 0.9f)]);
    }

    [Test]
    public void Raise_ClipOfUnknownType_TakesTheTypeOfItsOperand()
    {
        var graph = new GraphBuilder("half", 10);
        graph.Input("x", OnnxElementType.Float, 2, 3);
        graph.Node("Cast", ["x"], "half", OnnxAttribute.Of("to", (long)OnnxElementType.Float16));
        graph.Node("Clip", ["half"], "clipped", OnnxAttribute.Of("min", -0.25f), OnnxAttribute.Of("max", 0.25f));
        OnnxModel raised = OpsetUpgrade.Raise(graph.Output(graph.Node("Cast", ["clipped"], "y", OnnxAttribute.Of("to", 1)), OnnxElementType.Float, 2, 3).Build(), "half");
        using InferenceSession session = Scoring.Open(raised.ToBytes());
        Assert.That(Scoring.Run(session)["y"].Select(Math.Abs).Max(), Is.EqualTo(0.25f));
        Assert.That(raised.Graph.Initializers.Select(t => t.ElementType), Is.All.EqualTo(OnnxElementType.Float16));
    }

    [TestCase("Softmax", 7)]
    [TestCase("LogSoftmax", 11)]
    [TestCase("Hardmax", 12)]
    public void Raise_DistributionOverSeveralAxes_ScoresTheSame(string opType, int opset)
    {
        foreach (long axis in new long[] { 0, 1, 2 })
            Same(opset, opType, [OnnxAttribute.Of("axis", axis)], shape: [2, 3, 4]);
        Same(opset, opType, [], shape: [2, 3, 4]);
        if (opset >= 11)
            Same(opset, opType, [OnnxAttribute.Of("axis", -2)], shape: [2, 3, 4]);
    }

    [Test]
    public void Raise_SoftmaxOverTheLastAxisOfAnInnerValue_StaysOneNode()
    {
        var graph = new GraphBuilder("inner", 11);
        graph.Node("MatMul", [graph.Input("x", OnnxElementType.Float, "rows", 3, 4), graph.Initializer("w", [.. Enumerable.Range(0, 8).Select(i => (float)i)], 4, 2)], "scores");
        OnnxModel raised = Same(graph.Output(graph.Node("Softmax", ["scores"], "y", OnnxAttribute.Of("axis", 2)), OnnxElementType.Float, "rows", 3, 2).Build());
        Assert.That(raised.Graph.Nodes.Select(n => n.OpType), Is.EqualTo(["MatMul", "Softmax"]));
        Assert.That(raised.Graph.Nodes[1].Int("axis", 1), Is.EqualTo(-1));
    }

    [TestCase(7)]
    [TestCase(9)]
    [TestCase(13)]
    public void Raise_BatchNormalization_ScoresTheSame(int opset)
    {
        var graph = new GraphBuilder("normalization", opset);
        string[] inputs = [graph.Input("x", OnnxElementType.Float, 2, 3, 2), .. "sbmv".Select(c => graph.Initializer($"{c}", [c % 5 + 1f, c % 3 + 1f, 2f], 3))];
        Same(graph.Output(graph.Node("BatchNormalization", inputs, "y", [OnnxAttribute.Of("epsilon", 0.01f), .. opset < 9 ? [OnnxAttribute.Of("spatial", 1)] : Array.Empty<OnnxAttribute>()]),
            OnnxElementType.Float, 2, 3, 2).Build());
    }

    [TestCase("nearest", 2f, 3f)]
    [TestCase("nearest", 1f, 1.7f)]
    [TestCase("linear", 2f, 2.5f)]
    public void Raise_Upsample_ScoresTheSame(string mode, float height, float width)
    {
        float[] scales = [1, 1, height, width];
        Same(7, "Upsample", [OnnxAttribute.Of("mode", mode), OnnxAttribute.Of("scales", [.. scales])], shape: [1, 2, 3, 4]);
        Same(9, "Upsample", [OnnxAttribute.Of("mode", mode)], shape: [1, 2, 3, 4], more: [OnnxTensor.Of("scales", scales, 4)]);
        Same(10, "Resize", [OnnxAttribute.Of("mode", mode)], shape: [1, 2, 3, 4], more: [OnnxTensor.Of("scales", scales, 4)]);
    }

    [TestCase("nearest")]
    [TestCase("linear")]
    public void Raise_ResizeToFewerPlaces_ScoresTheSame(string mode) =>
        Same(10, "Resize", [OnnxAttribute.Of("mode", mode)], shape: [1, 2, 7, 8], more: [OnnxTensor.Of("scales", (float[])[1, 1, 0.6f, 0.45f], 4)]);

    [Test]
    public void Raise_ResizeToStatedSizes_ScoresTheSame() => Same(11, "Resize", [OnnxAttribute.Of("mode", "linear")], shape: [1, 2, 3, 4],
        more: [OnnxTensor.Of("region", (float[])[], 0), OnnxTensor.Of("scales", (float[])[], 0), OnnxTensor.Of("sizes", (long[])[1, 2, 5, 7], 4)]);

    [Test]
    public void Raise_Scatter_ScoresTheSame() => Same(9, "Scatter", [], shape: [3, 2], more: [OnnxTensor.Of("places", (long[])[2, 0], 1, 2), OnnxTensor.Of("updates", (float[])[5, 6], 1, 2)]);

    [Test]
    public void Raise_BranchesOfAnIf_AreRaisedToo()
    {
        var graph = new GraphBuilder("if", 11);
        string x = graph.Input("x", OnnxElementType.Float, 2, 3);
        graph.Node("Greater", [graph.Node("ReduceSum", [x], "sum", OnnxAttribute.Of("keepdims", 0)), graph.Initializer("zero", [0f])], "isPositive");
        // The two branches call different values by one name.
        OnnxGraph yes = Branch(g => g.Node("Softmax", [x], "made", OnnxAttribute.Of("axis", 0)));
        OnnxGraph no = Branch(g => g.Node("Squeeze", [g.Node("Unsqueeze", [x], "made", OnnxAttribute.Of("axes", [0L]))], "squeezed", OnnxAttribute.Of("axes", [0L])));
        graph.Node("If", ["isPositive"], "y", OnnxAttribute.Of("then_branch", yes), OnnxAttribute.Of("else_branch", no));
        OnnxModel raised = Same(graph.Output("y", OnnxElementType.Float, 2, 3).Build());
        Assert.That(raised.AllNodes().SelectMany(n => n.Attributes).Select(a => a.Name), Has.None.EqualTo("axes"));
    }

    // Inside a branch nothing tells the type of a value; a node takes it from there.
    [Test]
    public void Raise_ClipInABranch_ScoresTheSame()
    {
        var graph = new GraphBuilder("if", 10);
        string x = graph.Input("x", OnnxElementType.Float, 2, 3);
        graph.Node("Cast", [graph.Initializer("one", [1f])], "yes", OnnxAttribute.Of("to", (long)OnnxElementType.Bool));
        OnnxGraph branch = Branch(g => g.Node("Clip", [g.Node("Neg", [x], "negative")], "clipped", OnnxAttribute.Of("min", -0.1f)));
        graph.Node("If", ["yes"], "y", OnnxAttribute.Of("then_branch", branch), OnnxAttribute.Of("else_branch", branch));
        OnnxModel raised = Same(graph.Output("y", OnnxElementType.Float, 2, 3).Build());
        Assert.That(raised.AllNodes().Select(n => n.OpType), Has.Exactly(2).EqualTo("CastLike"));
    }

    [Test]
    public void Raise_ConstantsAmongTheInputs_StayConstants()
    {
        var graph = new GraphBuilder("old", 8);
        graph.Input("x", OnnxElementType.Float, 2);
        graph.Node("Mul", ["x", graph.Initializer("w", [2f, 3f], 2)], "y");
        OnnxModel model = graph.Output("y", OnnxElementType.Float, 2).Build();
        OnnxValue weight = new() { Name = "w", ElementType = OnnxElementType.Float, Dimensions = [2] };
        OnnxModel raised = OpsetUpgrade.Raise(model.WithGraph(model.Graph with { Inputs = [.. model.Graph.Inputs, weight] }) with { IrVersion = 3 }, "old");
        Assert.That(raised.Graph.Inputs.Select(i => i.Name), Is.EqualTo(["x"]));
        Assert.That(raised.IrVersion, Is.EqualTo(8));
    }

    [TestCase(17)]
    [TestCase(21)]
    public void Raise_NewerModel_IsTheModelItself(int opset)
    {
        var graph = new GraphBuilder("new", opset);
        OnnxModel model = graph.Output(graph.Node("Relu", [graph.Input("x", OnnxElementType.Float, 2)], "y"), OnnxElementType.Float, 2).Build();
        Assert.That(OpsetUpgrade.Raise(model, "new"), Is.SameAs(model));
    }

    [TestCase(6, "version 6 of ONNX's operators; versions 7 to 21")]
    [TestCase(22, "version 22 of ONNX's operators; versions 7 to 21")]
    public void Raise_VersionBeyondTheRange_IsRefused(int opset, string words)
    {
        var graph = new GraphBuilder("other", opset);
        OnnxModel model = graph.Output(graph.Node("Relu", [graph.Input("x", OnnxElementType.Float, 2)], "y"), OnnxElementType.Float, 2).Build();
        Assert.That(Assert.Throws<NotSupportedException>(() => OpsetUpgrade.Raise(model, "other")).Message, Does.Contain("'other'").And.Contain(words));
    }

    [Test]
    public void Raise_MeaningThatIsGone_IsRefusedByTheNodesName()
    {
        var graph = new GraphBuilder("places", 7);
        string[] inputs = [graph.Input("x", OnnxElementType.Float, 2, 3), .. "sbmv".Select(c => graph.Initializer($"{c}", [1f, 1f, 1f], 3))];
        OnnxModel model = graph.Output(graph.Node("BatchNormalization", inputs, "y", OnnxAttribute.Of("spatial", 0)), OnnxElementType.Float, 2, 3).Build();
        Assert.That(Assert.Throws<NotSupportedException>(() => OpsetUpgrade.Raise(model, "places")).Message, Does.Contain("BatchNormalization 'y'").And.Contain("spatial = 0"));

        graph = new GraphBuilder("resize", 10);
        string scales = graph.Input("scales", OnnxElementType.Float, 4);
        model = graph.Output(graph.Node("Resize", [graph.Input("x", OnnxElementType.Float, 1, 1, 2, 2), scales], "y"), OnnxElementType.Float).Build();
        Assert.That(Assert.Throws<NotSupportedException>(() => OpsetUpgrade.Raise(model, "resize")).Message, Does.Contain("Resize 'y'").And.Contain("scales are computed"));
    }

    [TestCase("all-minilm-l6-v2")]
    [TestCase("all-minilm-l6-v2-q8")]
    [TestCase("gte-small")]
    [TestCase("whisper-tiny-q8")]
    [TestCase("cartpole-ppo")]
    [TestCase("godot-rl-policies")]
    [TestCase("google-speech-embedding")]
    [TestCase("mobilenetv1-0.25-128")]
    [TestCase("mobilenetv2-1.0-224")]
    [TestCase("moonshine-tiny-encoder-q8")]
    [TestCase("nanodet-m-416")]
    [TestCase("resnet50-v1-w8")]
    [TestCase("silero-vad")]
    [TestCase("squeezenet1.0")]
    [TestCase("stories15m-q8")]
    [TestCase("u2netp-320")]
    [TestCase("ultraface-rfb320")]
    [TestCase("yamnet-w8")]
    [TestCase("yunet-n-320")]
    public void Raise_RealFile_ScoresTheSame(string name)
    {
        foreach (string file in Directory.GetFiles(RealAssets.Model(name), "*.onnx", SearchOption.AllDirectories))
        {
            using OnnxModel model = ModelSource.FromFile(file).Read();
            OnnxModel raised = OpsetUpgrade.Raise(model, file);
            Assert.That(raised.Opset, Is.EqualTo(17), file);
            TestContext.Out.WriteLine($"{file}: {model.Opset}, {model.AllNodes().Count()} nodes -> {raised.AllNodes().Count()}");
            using InferenceSession found = Scoring.Open(raised.ToBytes());
            // A decoder needs the encoder's output and a cache of its own making.
            if (file.Contains("decoder", StringComparison.Ordinal))
                continue;
            using InferenceSession expected = Scoring.Open(file);
            Compare(Scoring.Run(expected), Scoring.Run(found), file);
        }
    }

    private static OnnxGraph Branch(Func<GraphBuilder, string> make)
    {
        var branch = new GraphBuilder("branch", 11);
        return branch.Output(make(branch), OnnxElementType.Float, 2, 3).BuildGraph();
    }

    /// <summary>One node whose first input is the graph's, raised and run.</summary>
    private static void Same(int opset, string opType, OnnxAttribute[] attributes, int outputs = 1, long[]? shape = null, OnnxTensor[]? more = null)
    {
        var graph = new GraphBuilder(opType, opset);
        string x = graph.Input("x", OnnxElementType.Float, [.. (shape ?? [2, 4]).Select(d => (OnnxDimension)d)]);
        string[] made = graph.Node(opType, [x, .. (more ?? []).Select(graph.Initializer)], [.. Enumerable.Range(0, outputs).Select(i => $"y{i}")], attributes);
        OnnxModel model = graph.Build();
        Same(model.WithGraph(model.Graph with { Outputs = [.. made.Select(y => new OnnxValue { Name = y, IsRankKnown = false })] }));
    }

    private static OnnxModel Same(OnnxModel model)
    {
        OnnxModel raised = OpsetUpgrade.Raise(model, model.Graph.Name);
        Assert.That(raised.Opset, Is.EqualTo(17));
        using InferenceSession expected = Scoring.Open(model.ToBytes()), found = Scoring.Open(raised.ToBytes());
        Compare(Scoring.Run(expected), Scoring.Run(found), $"{model.Graph.Name} from {model.Opset}");
        return raised;
    }

    private static void Compare(IReadOnlyDictionary<string, float[]> expected, IReadOnlyDictionary<string, float[]> found, string what)
    {
        Assert.That(found.Keys, Is.EquivalentTo(expected.Keys), what);
        foreach (string output in expected.Keys)
        {
            // ONNX Runtime fuses other patterns in other versions, which rounds differently.
            float scale = expected[output].Select(Math.Abs).DefaultIfEmpty(0).Max();
            double worst = expected[output].Zip(found[output], (a, b) => (double)Math.Abs(a - b)).DefaultIfEmpty(0).Max();
            Assert.That(found[output], Has.Length.EqualTo(expected[output].Length), $"{what}: {output}");
            Assert.That(worst, Is.LessThanOrEqualTo(1e-6 * Math.Max(1, scale)), $"{what}: {output}, whose largest number is {scale}");
        }
    }
}
