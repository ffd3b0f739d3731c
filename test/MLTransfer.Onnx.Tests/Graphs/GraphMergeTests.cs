using Microsoft.ML.OnnxRuntime;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Tests.Graphs;

internal sealed class GraphMergeTests
{
    [Test]
    public void Join_ModelsOfTheSameNames_ComputesOneBehindTheOther()
    {
        // Both call everything alike: x, w, product, y.
        OnnxModel joined = GraphMerge.Join(Product(2), Product(5), Link("x", "y"));
        using InferenceSession session = Scoring.Open(joined.ToBytes());
        Assert.That(Scoring.RunFloats(session, "x", [1, -3], 1, 2), Is.EqualTo([10f, -30]));
        Assert.That(joined.Graph.Inputs.Select(i => i.Name), Is.EqualTo(["x"]));
        Assert.That(joined.Graph.Outputs.Select(o => o.Name), Is.EqualTo(["y"]), "the second's output keeps its name, the first's gives way");
        Assert.That(joined.Graph.Nodes.Select(n => n.Name).Distinct().Count(), Is.EqualTo(joined.Graph.Nodes.Length), "ONNX Runtime wants other names for nodes too");
    }

    [Test]
    public void Join_KeptValue_IsAnOutputToo()
    {
        var first = new GraphBuilder();
        string x = first.Input("x", OnnxElementType.Float, "n", 2);
        first.Node("Neg", [x], "middle");
        OnnxModel model = first.Output(first.Node("Abs", ["middle"], "end"), OnnxElementType.Float, "n", 2).Build();
        OnnxModel joined = GraphMerge.Join(model, Product(5), Link("x", "end"), "middle");
        Assert.That(joined.Graph.Outputs.Select(o => o.Name), Is.EqualTo(["y", "middle"]));
        using InferenceSession session = Scoring.Open(joined.ToBytes());
        Assert.That(Scoring.Run(session, batch: 1).Keys, Is.EquivalentTo(["y", "middle"]));
    }

    [Test]
    public void Join_InputThatNothingFeeds_StaysAnInput()
    {
        Assert.That(GraphMerge.Join(Product(2), Sum("b"), Link("a", "y")).Graph.Inputs.Select(i => i.Name), Is.EqualTo(["x", "b"]));
        // The caller's second input is called as an inner value of the first: that one gives way.
        OnnxModel clash = GraphMerge.Join(Product(2), Sum("product"), Link("a", "y"));
        Assert.That(clash.Graph.Inputs.Select(i => i.Name), Is.EqualTo(["x", "product"]));
        using InferenceSession session = Scoring.Open(clash.ToBytes());
        Assert.That(session.OutputMetadata.Keys, Is.EqualTo(["sum"]));
    }

    [Test]
    public void Join_NamesInsideSubGraphs_AreChangedWithThoseAround()
    {
        // The branch reads 'product' of its outer graph, a name that the first model has as well.
        var second = new GraphBuilder();
        string x = second.Input("x", OnnxElementType.Float, "n", 2);
        string product = second.Node("Mul", [x, second.Initializer("w", [3f], 1)], "product");
        OnnxGraph Branch(string name, string op) => new()
        {
            Name = name,
            Nodes = [new OnnxNode { OpType = op, Inputs = [product], Outputs = [name] }],
            Outputs = [new OnnxValue { Name = name, ElementType = OnnxElementType.Float, Dimensions = ["n", 2] }],
        };
        string yes = second.Initializer(OnnxTensor.Of<byte>("yes", OnnxElementType.Bool, [1]));
        second.Node("If", [yes], "y", OnnxAttribute.Of("then_branch", Branch("inside", "Neg")), OnnxAttribute.Of("else_branch", Branch("outside", "Abs")));
        OnnxModel model = second.Output("y", OnnxElementType.Float, "n", 2).Build();
        using InferenceSession session = Scoring.Open(GraphMerge.Join(Product(2), model, Link("x", "y")).ToBytes());
        Assert.That(Scoring.RunFloats(session, "x", [1, -2], 1, 2), Is.EqualTo([-6f, 12]));
    }

    [Test]
    public void Join_FunctionsOfOneNameAndOtherBodies_AreBothThere()
    {
        OnnxModel negating = Calling("Neg");
        using InferenceSession session = Scoring.Open(GraphMerge.Join(negating, Calling("Abs"), Link("x", "y")).ToBytes());
        Assert.That(Scoring.RunFloats(session, "x", [1, -2], 1, 2), Is.EqualTo([1f, 2]), "|−x|");
        Assert.That(GraphMerge.Join(negating, Calling("Neg"), Link("x", "y")).Functions, Has.Length.EqualTo(1), "the same function is there once");
    }

    [Test]
    public void Join_OldFileThatListsItsWeightsAsInputs_HasOnlyTheCallersInputs()
    {
        OnnxModel old = Product(2);
        old = old with { IrVersion = 3, Graph = old.Graph with { Inputs = [.. old.Graph.Inputs, new OnnxValue { Name = "w", ElementType = OnnxElementType.Float, Dimensions = [1] }] } };
        OnnxModel joined = GraphMerge.Join(old, Product(5), Link("x", "y"));
        Assert.That(joined.Graph.Inputs.Select(i => i.Name), Is.EqualTo(["x"]));
        Assert.That(joined.IrVersion, Is.GreaterThan(3));
        using InferenceSession session = Scoring.Open(joined.ToBytes());
        Assert.That(Scoring.RunFloats(session, "x", [1, 2], 1, 2), Is.EqualTo([10f, 20]));
    }

    [Test]
    public void Join_ModelsThatWereRead_KeepTheBytesOfTheirWeights()
    {
        OnnxModel first = OnnxModel.FromBytes(Product(2).ToBytes(), "first");
        OnnxModel joined = GraphMerge.Join(first, OnnxModel.FromBytes(Product(5, "z", "v").ToBytes(), "second"), Link("x", "y"));
        Assert.That(joined.Graph.Initializers.Select(t => t.Wire), Has.None.Null, "no weight was copied");
    }

    [Test]
    public void Join_OperatorSets_AreThoseOfBoth()
    {
        OnnxModel joined = GraphMerge.Join(Product(2), Calling("Abs"), Link("x", "y"));
        Assert.That(joined.Opsets.Select(o => $"{o.Domain}:{o.Version}"), Is.EqualTo([":17", "own:1"]));
        OnnxModel other = new GraphBuilder(opset: 13).Build();
        Assert.That(() => GraphMerge.Join(Product(2), other, new Dictionary<string, string>()), Throws.TypeOf<NotSupportedException>().With.Message.Contains("17").And.Message.Contains("13"));
    }

    [Test]
    public void Join_MetadataOfBoth_TheSecondsWhereBothStateAKey()
    {
        OnnxModel first = Product(2) with { Metadata = [new("a", "1"), new("b", "1")] };
        OnnxModel second = Product(2) with { Metadata = [new("b", "2"), new("c", "2")] };
        Assert.That(GraphMerge.Join(first, second, Link("x", "y")).Metadata.Select(m => $"{m.Key}{m.Value}"), Is.EquivalentTo(["a1", "b2", "c2"]));
    }

    [TestCase("q", "y", "no input 'q'")]
    [TestCase("x", "nothing", "'nothing'")]
    public void Join_UnknownNames_AreNamed(string input, string value, string words) =>
        Assert.That(() => GraphMerge.Join(Product(2), Product(5), Link(input, value)), Throws.ArgumentException.With.Message.Contains(words));

    [Test]
    public void Join_TwoPortsOfOneName_IsRefused()
    {
        // Nothing feeds the second's x, and the first has an input x.
        Assert.That(() => GraphMerge.Join(Product(2), Product(5), new Dictionary<string, string>()), Throws.ArgumentException.With.Message.Contains("'x'"));
        Assert.That(() => GraphMerge.Join(Product(2), Product(5), Link("x", "y"), "y"), Throws.ArgumentException.With.Message.Contains("'y'"));
        OnnxModel through = new GraphBuilder().Build() with { Graph = new OnnxGraph { Inputs = [Port("q")], Outputs = [Port("q")] } };
        Assert.That(() => GraphMerge.Join(Product(2), through, Link("q", "y")), Throws.ArgumentException.With.Message.Contains("Identity"));
    }

    [Test]
    public void WithoutExternalData_OfAModelWithData_IsOneFileThatRunsTheSame()
    {
        string folder = Directory.CreateTempSubdirectory("merge").FullName;
        try
        {
            File.WriteAllBytes(Path.Combine(folder, "weights.bin"), BitConverter.GetBytes(7f));
            OnnxModel model = Product(1);
            OnnxTensor external = model.Graph.Initializers[0] with { RawData = null, External = new ExternalData("weights.bin", 0, 4) };
            File.WriteAllBytes(Path.Combine(folder, "model.onnx"), model.WithGraph(model.Graph with { Initializers = [external] }).ToBytes());
            using OnnxModel read = ModelSource.FromFile(Path.Combine(folder, "model.onnx")).Read();
            using InferenceSession session = Scoring.Open(TensorRewrite.WithoutExternalData(read).ToBytes());
            Assert.That(Scoring.RunFloats(session, "x", [1, 2], 1, 2), Is.EqualTo([7f, 14]));
            Assert.That(TensorRewrite.WithoutExternalData(model), Is.SameAs(model), "a model without external data stays as it is");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public void Fix_AnOpenAxis_FixesAllOfItsName()
    {
        var graph = new GraphBuilder();
        string a = graph.Input("a", OnnxElementType.Float, "n", "steps", 2);
        string b = graph.Input("b", OnnxElementType.Float, "n", "steps", 2);
        OnnxModel model = graph.Output(graph.Node("Add", [a, b], "sum"), OnnxElementType.Float, "n", "steps", 2).Build();
        OnnxModel fixedModel = AxisSize.Fix(model, new Dictionary<string, int> { ["a"] = 1 }, 4);
        Assert.That(fixedModel.Graph.Inputs.Concat(fixedModel.Graph.Outputs).Select(v => v.Dimensions[1].Value), Is.All.EqualTo(4));
        Assert.That(fixedModel.Graph.Inputs.Select(v => v.Dimensions[0].Symbol), Is.All.EqualTo("n"));
    }

    private static Dictionary<string, string> Link(string input, string value) => new() { [input] = value };

    private static OnnxValue Port(string name) => new() { Name = name, ElementType = OnnxElementType.Float, Dimensions = ["n", 2] };

    private static OnnxModel Sum(string other)
    {
        var graph = new GraphBuilder("sum");
        string a = graph.Input("a", OnnxElementType.Float, "n", 2);
        string b = graph.Input(other, OnnxElementType.Float, "n", 2);
        return graph.Output(graph.Node("Add", [a, b], "sum"), OnnxElementType.Float, "n", 2).Build();
    }

    /// <summary>x [n, 2] → y = factor · x, through a value called product.</summary>
    private static OnnxModel Product(float factor, string weight = "w", string product = "product")
    {
        var graph = new GraphBuilder("product");
        string x = graph.Input("x", OnnxElementType.Float, "n", 2);
        graph.Node("Mul", [x, graph.Initializer(weight, [factor], 1)], product);
        return graph.Output(graph.Node("Identity", [product], "y"), OnnxElementType.Float, "n", 2).Build();
    }

    /// <summary>x → y through the function own.Step, which is the given operator.</summary>
    private static OnnxModel Calling(string operation)
    {
        var graph = new GraphBuilder().Import("own", 1);
        string x = graph.Input("x", OnnxElementType.Float, "n", 2);
        graph.Add(new OnnxNode { OpType = "Step", Domain = "own", Inputs = [x], Outputs = ["y"] });
        return graph.Output("y", OnnxElementType.Float, "n", 2).Build() with
        {
            Functions =
            [
                new OnnxFunction
                {
                    Name = "Step",
                    Domain = "own",
                    Inputs = ["a"],
                    Outputs = ["b"],
                    Nodes = [new OnnxNode { OpType = operation, Inputs = ["a"], Outputs = ["b"] }],
                    // opset_import of ONNX's operators: field 9.
                    OtherFields = [new byte[] { 0x4A, 0x04, 0x0A, 0x00, 0x10, 0x11 }],
                },
            ],
        };
    }
}
