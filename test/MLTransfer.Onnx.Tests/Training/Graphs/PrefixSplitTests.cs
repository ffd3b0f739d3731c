using Microsoft.ML.OnnxRuntime;
using MLTransfer.Onnx.Gradients;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Training.Graphs;
using MLTransfer.Onnx.Training.Parts;

namespace MLTransfer.Onnx.Tests.Training.Graphs;

internal sealed class PrefixSplitTests
{
    // The same kernels run on both sides of the cut.
    private const float Tolerance = 1e-6f;

    [TestCase("bert-11", 1)]
    [TestCase("bert-17", 1)]
    [TestCase("bert-17", 2)]
    [TestCase("vit-11", 1)]
    [TestCase("vit-17", 2)]
    [TestCase("vit-17", 3)]
    [TestCase("resnet18-bn-11", 1)]
    [TestCase("resnet18-folded-17", 3)]
    [TestCase("mobilenetv2-folded-11", 2)]
    [TestCase("squeezenet-11", 2)]
    public void Of_LastBlocks_BothPartsTogetherAreTheWhole(string name, int count)
    {
        using PreparedModel model = PreparedModel.Golden(name);
        PrefixSplit split = Split(model, model.Parameters().Where(p => p.Block >= model.Blocks.Count - count));
        Assert.That(split.Prefix, Is.Not.Null);
        AssertWhole(model, split);
    }

    [Test]
    public void Of_ABert_KeepsTheMaskAndNothingOfThePrefix()
    {
        using PreparedModel model = PreparedModel.Golden("bert-17");
        ModelParameter[] last = [.. model.Parameters().Where(p => p.Block == 2)];
        PrefixSplit split = Split(model, last);
        Assert.That(split.Border.Select(b => b.Name), Is.EqualTo(new[] { model.Blocks.Ends[1] }));
        Assert.That(split.Trained.Graph.Inputs.Select(i => i.Name), Is.EquivalentTo(new[] { "attention_mask", model.Blocks.Ends[1] }));
        Assert.That(split.Border[0].Dimensions.Select(d => d.ToString()), Is.EqualTo(model.Graph.Inputs[0].Dimensions.Select(d => d.ToString()).Append("32")), "axes bear the names of the inputs'");
        string[] weights = [.. split.Trained.Graph.Initializers.Select(t => t.Name)];
        Assert.That(weights, Is.SupersetOf(last.Select(p => p.Name)));
        Assert.That(model.Parameters().Where(p => p.Block < 2).Select(p => p.Name), Is.All.Not.AnyOf(weights));
        Assert.That(split.Trained.Graph.Nodes, Has.Length.LessThan(model.Graph.Nodes.Length / 2 + 10));
    }

    [Test]
    public void Of_TheInnerLayerOfAResidual_HandsOverTwoValues()
    {
        using PreparedModel model = PreparedModel.Golden("resnet18-folded-17");
        // The second convolution of the last unit: the shortcut goes past it.
        ModelParameter[] inner = [.. model.Parameters().Where(p => p.Block == 8).Skip(2)];
        Assert.That(inner, Has.Length.EqualTo(2));
        PrefixSplit split = Split(model, inner);
        Assert.That(split.Border, Has.Length.EqualTo(2));
        AssertWhole(model, split);
    }

    [Test]
    public void Of_PositionsWithoutRows_AreNotKeptForEachRowButMadeAgain()
    {
        var graph = new GraphBuilder("positions");
        string ids = graph.Input("ids", OnnxElementType.Int64, "rows", "tokens");
        string words = graph.Node("Gather", [graph.Initializer("word_table", new float[12], 3, 4), ids], "words");
        string length = graph.Node("Gather", [graph.Node("Shape", [ids], "shape"), graph.Initializer("one", [1L])], "length");
        string places = graph.Node("Range", [graph.Initializer("zero", [0L]), length, graph.Initializer("step", [1L])], "places");
        string positions = graph.Node("Gather", [graph.Initializer("position_table", new float[256], 64, 4), places], "positions");
        string scaled = graph.Node("Mul", [words, graph.Initializer("scale", [1f, 2, 3, 4], 4)], "scaled");
        OnnxModel model = graph.Output(graph.Node("Add", [scaled, positions], "y"), OnnxElementType.Float, "rows", "tokens", 4).Build();
        PrefixSplit split = PrefixSplit.Of(model, ["y"], ["scale"], ProbedShapes.Of(model, "positions"));
        Assert.That(split.Border.Select(b => b.Name), Is.EqualTo(new[] { "words" }));
        Assert.That(split.Trained.Graph.Nodes.Select(n => n.Outputs[0]), Has.Member("positions"));
    }

    [Test]
    public void Of_BiasesOnly_TrainsFromTheFirstBias()
    {
        using PreparedModel model = PreparedModel.Golden("resnet18-folded-17");
        PrefixSplit split = Split(model, model.Parameters().Where(p => p.Kind == ParameterKind.Bias));
        Assert.That(split.Prefix, Is.Null, "the first convolution has a bias");
        using PreparedModel bert = PreparedModel.Golden("bert-17");
        PrefixSplit ofBert = Split(bert, bert.Parameters().Where(p => p.Kind == ParameterKind.Bias));
        Assert.That(ofBert.Border.Select(b => b.Name), Has.Member(bert.Blocks.Ends[0]), "tables have no bias");
        AssertWhole(bert, ofBert);
    }

    [TestCase("bert-17")]
    [TestCase("vit-17")]
    [TestCase("squeezenet-11")]
    public void Of_Everything_HasNoPrefix(string name)
    {
        using PreparedModel model = PreparedModel.Golden(name);
        PrefixSplit split = Split(model, model.Parameters());
        Assert.That(split.Prefix, Is.Null);
        Assert.That(split.Border, Is.Empty);
        Assert.That(split.Trained.Graph.Inputs.Select(i => i.Name), Is.EquivalentTo(InputReach.Entries(model.Graph).Select(i => i.Name)));
        AssertWhole(model, split);
    }

    [Test]
    public void Of_RealMiniLm_LastTwoLayers_BothPartsTogetherAreTheWhole()
    {
        using PreparedModel model = PreparedModel.Real("all-minilm-l6-v2", "onnx/model.onnx");
        PrefixSplit split = Split(model, model.Parameters().Where(p => p.Block >= 5));
        Assert.That(split.Border.Select(b => b.Name), Is.EqualTo(new[] { "/encoder/layer.3/output/LayerNorm/Add_1_output_0" }));
        AssertWhole(model, split, 1e-5f);
    }

    private static PrefixSplit Split(PreparedModel model, IEnumerable<ModelParameter> parameters) =>
        PrefixSplit.Of(model.Model, [model.Output], [.. parameters.Select(p => p.Name)], ProbedShapes.Of(model.Model, model.Name));

    /// <summary>On other sizes than the split was made at.</summary>
    private static void AssertWhole(PreparedModel model, PrefixSplit split, float tolerance = Tolerance)
    {
        Dictionary<string, OrtValue> inputs = Inputs(model.Graph);
        try
        {
            OnnxModel whole = model.Model.WithGraph(model.Graph with { Outputs = [model.Graph.Outputs[0]] });
            (long[] shape, float[] expected) = GraphRun.Run(whole, inputs, model.Output)[model.Output];
            Dictionary<string, OrtValue> given = new(inputs);
            if (split.Prefix is not null)
            {
                foreach ((string name, (long[] Shape, float[] Values) value) in GraphRun.Run(split.Prefix, inputs, [.. split.Border.Select(b => b.Name)]))
                    inputs[name] = given[name] = GraphRun.Floats(value.Values, value.Shape);
            }
            (long[] Shape, float[] Values) found = GraphRun.Run(split.Trained, given, model.Output)[model.Output];
            Assert.That(found.Shape, Is.EqualTo(shape));
            Assert.That(found.Values, Is.EqualTo(expected).Within(tolerance));
            Assert.That(expected.Distinct().Count(), Is.GreaterThan(10), "the values are too much alike to show anything");
        }
        finally
        {
            foreach (OrtValue value in inputs.Values)
                value.Dispose();
        }
    }

    private static Dictionary<string, OrtValue> Inputs(OnnxGraph graph)
    {
        var inputs = new Dictionary<string, OrtValue>(StringComparer.Ordinal);
        foreach (OnnxValue input in InputReach.Entries(graph))
        {
            // Four rows of nine tokens, or pictures of their size.
            long[] shape = [.. input.Dimensions.Select((d, i) => d.Value ?? (i == 0 ? 4 : 9))];
            int count = (int)shape.Aggregate(1L, (a, b) => a * b);
            var random = new Random(count);
            inputs[input.Name] = input.ElementType == OnnxElementType.Float ? GraphRun.Floats(GraphRun.Random(count, 5), shape)
                : GraphRun.Integers([.. Enumerable.Range(0, count).Select(i => (long)(input.Name.Contains("mask", StringComparison.Ordinal) ? (i % 9 < 5 + i / 9 ? 1 : 0)
                    : input.Name.Contains("type", StringComparison.Ordinal) ? 0 : random.Next(1, 100)))], shape);
        }
        return inputs;
    }
}
