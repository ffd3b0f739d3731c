using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Tests.Graphs;

internal sealed class RowIndependenceTests
{
    [Test]
    public void Analyse_FloatProduct_IsIndependent() => Assert.That(RowIndependence.Analyse(TinyGraphs.Linear().Build()).RowsInterfere, Is.False);

    [Test]
    public void Analyse_NodesWithoutTheirInputsAndOutputs_DoesNotCrash()
    {
        foreach (string op in (string[])["Constant", "Gather", "Where", "Reshape", "Unsqueeze", "Transpose", "CumSum", "ReduceMean", "Concat", "If"])
        {
            foreach (string[] inputs in (string[][])[[], ["x"]])
            {
                var graph = new GraphBuilder();
                graph.Input("x", OnnxElementType.Float, "batch", 2);
                graph.Add(new OnnxNode { OpType = op, Inputs = [.. inputs], Attributes = [OnnxAttribute.Of("value", OnnxTensor.Of("c", [1f], 1))] });
                Assert.That(() => RowIndependence.Analyse(graph.Build()), Throws.Nothing, $"{op} of {inputs.Length}");
            }
        }
    }

    [Test]
    public void Analyse_ShapeTooLongToBeOne_IsNotLoaded()
    {
        var graph = new GraphBuilder();
        string x = graph.Input("x", OnnxElementType.Float, "batch", 2);
        string shape = graph.Initializer("shape", new long[100_000], 100_000);
        for (int i = 0; i < 100; i++)
            graph.Node("Reshape", [x, shape], $"y{i}");
        OnnxModel model = graph.Output("y0", OnnxElementType.Float).Build();
        long before = GC.GetAllocatedBytesForCurrentThread();
        RowIndependence.Analyse(model);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1 << 20), "one copy would take 800 KB, and each node would make one");
    }

    [Test]
    public void Analyse_DynamicInt8Product_NamesTheNode()
    {
        RowIndependence found = RowIndependence.Analyse(Int8Product());
        Assert.That(found.RowsInterfere, Is.True);
        Assert.That(found.Reason, Is.EqualTo("DynamicQuantizeLinear 'xq' scales by the largest value of the whole batch"));
    }

    [Test]
    public void Analyse_QuantizerOfAConstant_IsIndependent()
    {
        var graph = new GraphBuilder();
        graph.Input("x", OnnxElementType.Float, "batch", 2);
        graph.Node("DynamicQuantizeLinear", [graph.Initializer("w", [1f, 2], 2)], ["q", "s", "z"]);
        Assert.That(RowIndependence.Analyse(graph.Output("q", OnnxElementType.UInt8, 2).Build()).RowsInterfere, Is.False);
    }

    [Test]
    public void Analyse_QuantizerInABranch_IsFound()
    {
        var branch = new GraphBuilder("then");
        branch.Add(new OnnxNode { OpType = "DynamicQuantizeLinear", Name = "inner", Inputs = ["x"], Outputs = ["q", "s", "z"] });
        branch.Output("s", OnnxElementType.Float);
        var graph = new GraphBuilder();
        graph.Input("x", OnnxElementType.Float, "batch", 2);
        graph.Initializer(OnnxTensor.Of<byte>("on", OnnxElementType.Bool, [1]));
        graph.Node("If", ["on"], "y", OnnxAttribute.Of("then_branch", branch.BuildGraph()), OnnxAttribute.Of("else_branch", branch.BuildGraph()));
        RowIndependence found = RowIndependence.Analyse(graph.Output("y", OnnxElementType.Float).Build());
        Assert.That(found.Reason, Does.StartWith("DynamicQuantizeLinear 'inner' scales").And.EndsWith("and 1 more"));
    }

    [Test]
    public void Analyse_QuantizerInAFunction_IsFoundOnceAndNamesTheFunction()
    {
        var function = new OnnxFunction
        {
            Name = "Quantized",
            Domain = "local",
            Inputs = ["a"],
            Outputs = ["s"],
            Nodes = [new OnnxNode { OpType = "DynamicQuantizeLinear", Name = "inner", Inputs = ["a"], Outputs = ["q", "s", "z"] }],
        };
        var graph = new GraphBuilder().Import("local", 1);
        graph.Input("x", OnnxElementType.Float, "batch", 2);
        graph.Add(new OnnxNode { OpType = "Quantized", Domain = "local", Inputs = ["x"], Outputs = ["y"] });
        OnnxModel model = graph.Output("y", OnnxElementType.Float).Build() with { Functions = [function] };
        Assert.That(RowIndependence.Analyse(model).Reason, Does.Contain("'inner'").And.Contain("in function Quantized"));
    }

    [Test]
    public void Analyse_FunctionsThatCallThemselvesOrNestWithoutEnd_AreNoHazard()
    {
        OnnxFunction Calling(int i, string other) => new()
        {
            Name = $"F{i}",
            Domain = "local",
            Inputs = ["a"],
            Outputs = ["b"],
            Nodes = [new OnnxNode { OpType = other, Domain = "local", Inputs = ["a"], Outputs = ["b"] }],
        };
        var graph = new GraphBuilder().Import("local", 1);
        graph.Input("x", OnnxElementType.Float, "batch", 2);
        graph.Add(new OnnxNode { OpType = "F0", Domain = "local", Inputs = ["x"], Outputs = ["y"] });
        OnnxModel model = graph.Output("y", OnnxElementType.Float).Build();
        Assert.That(RowIndependence.Analyse(model with { Functions = [Calling(0, "F0")] }).RowsInterfere, Is.False);
        Assert.That(() => RowIndependence.Analyse(model with { Functions = [.. Enumerable.Range(0, 10_000).Select(i => Calling(i, $"F{i + 1}"))] }),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains("functions that call each other"));
    }

    private static readonly TestCaseData[] Single =
    [
        new TestCaseData(TinyGraphs.Between("ReduceMax"), true).SetArgDisplayNames("maximum of everything"),
        new TestCaseData(TinyGraphs.Between("ReduceMean", OnnxAttribute.Of("axes", [0L])), true).SetArgDisplayNames("mean over the rows"),
        new TestCaseData(TinyGraphs.Between("ReduceMean", OnnxAttribute.Of("axes", [1L])), false).SetArgDisplayNames("mean of each row"),
        new TestCaseData(TinyGraphs.Between("ReduceMean", OnnxAttribute.Of("axes", [-1L])), false).SetArgDisplayNames("mean of each row from the end"),
        new TestCaseData(TinyGraphs.Between("Softmax", OnnxAttribute.Of("axis", 0L)), true).SetArgDisplayNames("softmax over the rows"),
        new TestCaseData(TinyGraphs.Between("Softmax"), false).SetArgDisplayNames("softmax of each row"),
        new TestCaseData(TinyGraphs.Between("MeanVarianceNormalization"), true).SetArgDisplayNames("normalisation over the rows"),
        new TestCaseData(TinyGraphs.Between("BatchNormalization", OnnxAttribute.Of("training_mode", 1L)), true).SetArgDisplayNames("batch normalisation in training"),
        new TestCaseData(TinyGraphs.Between("BatchNormalization"), false).SetArgDisplayNames("batch normalisation"),
    ];

    [TestCaseSource(nameof(Single))]
    public void Analyse_OneOperator_IsKnown(OnnxModel model, bool interferes) => Assert.That(RowIndependence.Analyse(model).RowsInterfere, Is.EqualTo(interferes));

    [Test]
    public void Analyse_ReductionBehindATranspose_FollowsTheRows()
    {
        var graph = new GraphBuilder(opset: 13);
        string x = graph.Input("x", OnnxElementType.Float, "batch", 4, 5);
        string t = graph.Node("Transpose", [x], "t", OnnxAttribute.Of("perm", [1L, 0, 2]));
        graph.Node("ReduceMean", [t], "harmless", OnnxAttribute.Of("axes", [0L]));
        graph.Node("ReduceMean", [t], "mixing", OnnxAttribute.Of("axes", [1L]));
        Assert.That(RowIndependence.Analyse(graph.Output("mixing", OnnxElementType.Float).Build()).Reason, Is.EqualTo("ReduceMean 'mixing' reduces over axis 1, where the rows are"));
    }

    [Test]
    public void Analyse_ReductionsOfShapesAndIntegers_DoNotCount()
    {
        var graph = new GraphBuilder(opset: 13);
        string x = graph.Input("x", OnnxElementType.Float, "batch", 4);
        string ids = graph.Input("ids", OnnxElementType.Int64, "batch", 4);
        graph.Node("ReduceProd", [graph.Node("Shape", [x], "shape")], "size");
        graph.Node("Cast", ["size"], "real", OnnxAttribute.Of("to", 1L));
        graph.Node("ReduceMax", ["real"], "longest");
        graph.Node("ReduceMax", [ids], "largest");
        Assert.That(RowIndependence.Analyse(graph.Output("largest", OnnxElementType.Int64).Build()).RowsInterfere, Is.False);
    }

    private static OnnxModel Int8Product() => TinyGraphs.Int8Product(g =>
    {
        g.Initializer("w", new sbyte[6], 3, 2);
        g.Initializer("s", [0.5f]);
        g.Initializer("z", new sbyte[1]);
    }).Build();
}
