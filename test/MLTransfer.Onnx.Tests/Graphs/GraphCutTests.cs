using Microsoft.ML.OnnxRuntime;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Tests.Graphs;

internal sealed class GraphCutTests
{
    [Test]
    public void At_EachInnerValue_GivesWhatTheWholeGraphComputesThere()
    {
        OnnxModel model = Net();
        string[] inner = ["hidden", "active", "left", "right", "both"];
        using InferenceSession whole = Scoring.Open(model.WithGraph(model.Graph with { Outputs = [.. inner.Select(Untyped)] }).ToBytes());
        IReadOnlyDictionary<string, float[]> expected = Scoring.Run(whole, batch: 3);
        foreach (string name in inner)
        {
            using InferenceSession cut = Scoring.Open(GraphCut.At(model, name).ToBytes());
            IReadOnlyDictionary<string, float[]> found = Scoring.Run(cut, batch: 3);
            Assert.That(found.Keys, Is.EqualTo([name]));
            Assert.That(found[name], Is.EqualTo(expected[name]), name);
        }
    }

    [Test]
    public void At_InnerValue_DropsWhatNobodyNeeds()
    {
        OnnxModel cut = GraphCut.At(Net(), "left");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(cut.Graph.Nodes.Select(n => n.Outputs[0]), Is.EqualTo(["hidden", "active", "left"]));
            Assert.That(cut.Graph.Initializers.Select(t => t.Name), Is.EqualTo(["w", "wl"]));
            Assert.That(cut.Graph.Inputs.Select(i => i.Name), Is.EqualTo(["x"]), "'z' goes into 'scores' only");
            Assert.That(cut.Graph.Outputs.Select(o => o.Name), Is.EqualTo(["left"]));
        }
    }

    [Test]
    public void At_SeveralValues_AreTheOutputsInTheirOrderAndOnce()
    {
        OnnxModel cut = GraphCut.At(Net(), "right", "active", "right");
        Assert.That(cut.Graph.Outputs.Select(o => o.Name), Is.EqualTo(["right", "active"]));
        Assert.That(cut.Graph.Nodes.Select(n => n.Outputs[0]), Is.EqualTo(["hidden", "active", "right"]));
    }

    [Test]
    public void At_Output_KeepsItsStatedType()
    {
        OnnxModel cut = GraphCut.At(Net(), "scores");
        Assert.That(cut.Graph.Outputs.Single().ElementType, Is.EqualTo(OnnxElementType.Float));
        Assert.That(cut.Graph.Inputs.Select(i => i.Name), Is.EqualTo(["x", "z"]));
    }

    [Test]
    public void At_StatedInnerTypes_MoveToTheOutputOrFallAway()
    {
        OnnxModel model = Net();
        OnnxValue State(string name, long width) => new() { Name = name, ElementType = OnnxElementType.Float, Dimensions = ["batch", width] };
        OnnxModel cut = GraphCut.At(model.WithGraph(model.Graph with { ValueInfo = [State("hidden", 4), State("active", 4), State("both", 5)] }), "active");
        Assert.That(cut.Graph.ValueInfo.Select(v => v.Name), Is.EqualTo(["hidden"]));
        Assert.That(cut.Graph.Outputs.Single().Dimensions[1].Value, Is.EqualTo(4));
    }

    [Test]
    public void At_ModelThatWasRead_KeepsEveryByteOfWhatStays()
    {
        byte[] bytes = Net().ToBytes();
        OnnxModel model = OnnxModel.FromBytes(bytes, "net");
        OnnxModel cut = GraphCut.At(model, "left");
        foreach (WireRecord record in cut.Graph.Nodes.Cast<WireRecord>().Concat(cut.Graph.Initializers).Concat(cut.Graph.Inputs))
            Assert.That(record.Wire, Is.Not.Null);
        Assert.That(cut.ToBytes(), Has.Length.LessThan(bytes.Length));
        Assert.That(cut.Opset, Is.EqualTo(model.Opset));
    }

    [TestCase("x", "is an input")]
    [TestCase("w", "is a constant")]
    [TestCase("folded", "is a constant")]
    [TestCase("Left", "no value 'Left'")]
    [TestCase("", "no value ''")]
    public void At_WhatIsNoFeature_IsRefusedByName(string name, string words) =>
        Assert.That(() => GraphCut.At(Net(), name), Throws.ArgumentException.With.Message.Contains(words).And.Message.Contains($"'{name}'"));

    [Test]
    public void At_BehindABranch_KeepsWhatTheBranchTakesFromOutside()
    {
        OnnxModel model = Branching();
        using InferenceSession whole = Scoring.Open(model.ToBytes());
        OnnxModel cut = GraphCut.At(model, "chosen");
        Assert.That(cut.Graph.Nodes.Select(n => n.Outputs[0]), Is.EqualTo(["doubled", "sum", "is_positive", "chosen"]));
        Assert.That(cut.Graph.Initializers.Select(t => t.Name), Is.EqualTo(["two", "zero", "deep"]), "'deep' is read two graphs further in, 'unused' by nobody");
        float[] expected = Scoring.RunFloats(whole, "x", [1, 2, -7, 3], 4);
        using InferenceSession found = Scoring.Open(cut.ToBytes());
        // y = chosen + 1, and both branches are taken once.
        Assert.That(Scoring.RunFloats(found, "x", [1, 2, -7, 3], 4), Is.EqualTo(expected.Select(v => v - 1)));
        Assert.That(Scoring.RunFloats(found, "x", [1, 2, 7, 3], 4), Is.EqualTo([2f, 4, 14, 6]));
    }

    [Test]
    public void At_ValueInsideABranch_SaysSo()
    {
        Assert.That(() => GraphCut.At(Branching(), "inside"), Throws.ArgumentException.With.Message.Contains("'inside'").And.Message.Contains("sub-graph"));
        Assert.That(() => GraphCut.At(Branching(), "innermost"), Throws.ArgumentException.With.Message.Contains("sub-graph"));
    }

    [Test]
    public void At_BehindALoop_KeepsWhatTheBodyTakesFromOutsideAndRefusesWhatItMakes()
    {
        var graph = new GraphBuilder("loop");
        string x = graph.Input("x", OnnxElementType.Float, 2);
        graph.Node("Mul", [x, graph.Initializer("ten", [10f], 1)], "step");
        graph.Node("Neg", [x], "unused");
        OnnxValue Scalar(string name, OnnxElementType type) => new() { Name = name, ElementType = type };
        OnnxGraph rounds = new()
        {
            Name = "rounds",
            Inputs = [Scalar("round", OnnxElementType.Int64), Scalar("goes_on", OnnxElementType.Bool), new OnnxValue { Name = "sum", ElementType = OnnxElementType.Float, Dimensions = [2] }],
            Nodes =
            [
                new OnnxNode { OpType = "Identity", Inputs = ["goes_on"], Outputs = ["still"] },
                new OnnxNode { OpType = "Add", Inputs = ["sum", "step"], Outputs = ["next"] },
            ],
            Outputs = [Scalar("still", OnnxElementType.Bool), new OnnxValue { Name = "next", ElementType = OnnxElementType.Float, Dimensions = [2] }],
        };
        graph.Node("Loop", [graph.Initializer("count", [3L]), "", x], "total", OnnxAttribute.Of("body", rounds));
        OnnxModel model = graph.Output(graph.Node("Abs", ["total"], "y"), OnnxElementType.Float, 2).Build();
        OnnxModel cut = GraphCut.At(model, "total");
        Assert.That(cut.Graph.Nodes.Select(n => n.OpType), Is.EqualTo(["Mul", "Loop"]));
        using InferenceSession session = Scoring.Open(cut.ToBytes());
        Assert.That(Scoring.RunFloats(session, "x", [1, -2], 2), Is.EqualTo([31f, -62]), "x + 3 · 10x");
        foreach (string inside in new[] { "next", "sum" })
            Assert.That(() => GraphCut.At(model, inside), Throws.ArgumentException.With.Message.Contains($"'{inside}'").And.Message.Contains("Loop"));
    }

    [Test]
    public void At_BranchThatHandsOnAnOuterValue_KeepsIt()
    {
        var graph = new GraphBuilder();
        string x = graph.Input("x", OnnxElementType.Float, 2);
        graph.Node("Neg", [x], "negative");
        OnnxGraph branch = new() { Name = "branch", Outputs = [new OnnxValue { Name = "negative", ElementType = OnnxElementType.Float, Dimensions = [2] }] };
        graph.Node("If", [graph.Initializer(OnnxTensor.Of<byte>("yes", OnnxElementType.Bool, [1]))], "chosen", OnnxAttribute.Of("then_branch", branch), OnnxAttribute.Of("else_branch", branch));
        graph.Output(graph.Node("Abs", ["chosen"], "y"), OnnxElementType.Float, 2);
        Assert.That(GraphCut.At(graph.Build(), "chosen").Graph.Nodes.Select(n => n.OpType), Is.EqualTo(["Neg", "If"]));
    }

    [Test]
    public void At_ModelWithFunctions_KeepsThoseThatAreCalledHoweverDeep()
    {
        OnnxFunction Function(string name, string inner, string domain) => new()
        {
            Name = name,
            Domain = "own",
            Inputs = ["a"],
            Outputs = ["b"],
            Nodes = [new OnnxNode { OpType = inner, Domain = domain, Inputs = ["a"], Outputs = ["b"] }],
            // opset_import of ONNX's operators and of our own: field 9.
            OtherFields = [new byte[] { 0x4A, 0x04, 0x0A, 0x00, 0x10, 0x11 }, new byte[] { 0x4A, 0x07, 0x0A, 0x03, 0x6F, 0x77, 0x6E, 0x10, 0x01 }],
        };
        var graph = new GraphBuilder().Import("own", 1);
        string x = graph.Input("x", OnnxElementType.Float, "n", 2);
        graph.Add(new OnnxNode { OpType = "Outer", Domain = "own", Inputs = [x], Outputs = ["first"] });
        graph.Add(new OnnxNode { OpType = "Other", Domain = "own", Inputs = ["first"], Outputs = ["y"] });
        OnnxModel model = graph.Output("y", OnnxElementType.Float, "n", 2).Build() with
        {
            Functions = [Function("Outer", "Inner", "own"), Function("Inner", "Abs", ""), Function("Other", "Neg", "")],
        };
        OnnxModel cut = GraphCut.At(model, "first");
        Assert.That(cut.Functions.Select(f => f.Name), Is.EqualTo(["Outer", "Inner"]));
        using InferenceSession session = Scoring.Open(cut.ToBytes());
        Assert.That(Scoring.RunFloats(session, "x", [-1, 2], 1, 2), Is.EqualTo([1f, 2]));
        // The body's own names are not the graph's.
        Assert.That(() => GraphCut.At(model, "b"), Throws.ArgumentException.With.Message.Contains("function"));
    }

    [Test]
    public void At_SparseConstants_StayWhereTheyAreRead()
    {
        OnnxSparseTensor Sparse(string name) => new()
        {
            Values = OnnxTensor.Of(name, [5f], 1),
            Indices = OnnxTensor.Of("", [1L], 1),
            Dimensions = [2],
        };
        var graph = new GraphBuilder();
        string x = graph.Input("x", OnnxElementType.Float, 2);
        graph.Node("Add", [x, "near"], "first");
        OnnxModel model = graph.Output(graph.Node("Add", ["first", "far"], "y"), OnnxElementType.Float, 2).Build();
        OnnxModel cut = GraphCut.At(model.WithGraph(model.Graph with { SparseInitializers = [Sparse("near"), Sparse("far")] }), "first");
        Assert.That(cut.Graph.SparseInitializers.Select(s => s.Values!.Name), Is.EqualTo(["near"]));
        using InferenceSession session = Scoring.Open(cut.ToBytes());
        Assert.That(Scoring.RunFloats(session, "x", [1, 2], 2), Is.EqualTo([1f, 7]));
    }

    /// <summary>x [batch, 3] and z [batch, 2] → scores [batch, 2], with two branches on the way and one constant made of constants.</summary>
    private static OnnxModel Net()
    {
        var graph = new GraphBuilder("net");
        string x = graph.Input("x", OnnxElementType.Float, "batch", 3);
        string z = graph.Input("z", OnnxElementType.Float, "batch", 2);
        string hidden = graph.Node("MatMul", [x, graph.Initializer("w", Values(12), 3, 4)], "hidden");
        string active = graph.Node("Tanh", [hidden], "active");
        string left = graph.Node("MatMul", [active, graph.Initializer("wl", Values(8), 4, 2)], "left");
        string right = graph.Node("MatMul", [active, graph.Initializer("wr", Values(12), 4, 3)], "right");
        string both = graph.Node("Concat", [left, right], "both", OnnxAttribute.Of("axis", 1L));
        string folded = graph.Node("Neg", [graph.Initializer("wo", Values(10), 5, 2)], "folded");
        string scores = graph.Node("Add", [graph.Node("MatMul", [both, folded], "product"), z], "scores");
        return graph.Output(scores, OnnxElementType.Float, "batch", 2).Build();
    }

    /// <summary>x [4] → y = (sum of x > 0 ? 2x : x · deep inside a second If) + 1.</summary>
    private static OnnxModel Branching()
    {
        var graph = new GraphBuilder("branching");
        string x = graph.Input("x", OnnxElementType.Float, 4);
        string doubled = graph.Node("Mul", [x, graph.Initializer("two", [2f], 1)], "doubled");
        string sum = graph.Node("ReduceSum", [x], "sum", OnnxAttribute.Of("keepdims", 0L));
        string positive = graph.Node("Greater", [sum, graph.Initializer("zero", [0f])], "is_positive");
        graph.Initializer("deep", [10f], 1);
        graph.Initializer("unused", [1f], 1);
        OnnxGraph Branch(string name, string op, string[] inputs, params OnnxAttribute[] attributes) => new()
        {
            Name = name,
            Nodes = [new OnnxNode { OpType = op, Inputs = [.. inputs], Outputs = [name], Attributes = [.. attributes] }],
            Outputs = [new OnnxValue { Name = name, ElementType = OnnxElementType.Float, Dimensions = [4] }],
        };
        OnnxGraph innermost = Branch("innermost", "Mul", [x, "deep"]);
        OnnxGraph other = Branch("other", "Mul", [x, "deep"]);
        OnnxGraph nested = Branch("nested", "If", [positive], OnnxAttribute.Of("then_branch", innermost), OnnxAttribute.Of("else_branch", other));
        string chosen = graph.Node("If", [positive], "chosen",
            OnnxAttribute.Of("then_branch", Branch("inside", "Identity", [doubled])), OnnxAttribute.Of("else_branch", nested));
        return graph.Output(graph.Node("Add", [chosen, graph.Initializer("one", [1f], 1)], "y"), OnnxElementType.Float, 4).Build();
    }

    private static float[] Values(int count)
    {
        var random = new Random(count);
        return [.. Enumerable.Range(0, count).Select(_ => 2 * random.NextSingle() - 1)];
    }

    private static OnnxValue Untyped(string name) => new() { Name = name, IsRankKnown = false };
}
