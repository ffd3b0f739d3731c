using MLTransfer.Onnx.Gradients;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Training.Parts;

namespace MLTransfer.Onnx.Tests.Training.Parts;

internal sealed class ModelParametersTests
{
    // bert-11 and -13 write normalisation out as Sub, Pow, Mul, Add; bert-17 has the operator.
    [TestCase("bert-11")]
    [TestCase("bert-17")]
    public void Of_ABert_TellsWeightsBiasesNormsAndTables(string name)
    {
        using PreparedModel bert = PreparedModel.Golden(name);
        IReadOnlyList<ModelParameter> parameters = bert.Parameters();
        Assert.That(Counts(parameters, 0), Is.EqualTo((0, 0, 2, 3)), "words, positions, types and their normalisation");
        Assert.That(Counts(parameters, 1), Is.EqualTo((6, 6, 4, 0)));
        Assert.That(Counts(parameters, 2), Is.EqualTo((6, 6, 4, 0)), "without the pooler, which the output does not need");
        Assert.That(parameters, Has.All.Property(nameof(ModelParameter.IsTrainable)).True);
        Assert.That(Numbers(parameters, 1), Is.EqualTo(4 * (32 * 32 + 32) + 2 * 32 * 64 + 64 + 32 + 4 * 32), "no number of a formula is among them");
    }

    [Test]
    public void Of_AVisionTransformer_CountsClassTokenAndPositionsAsTables()
    {
        using PreparedModel vit = PreparedModel.Golden("vit-17");
        IReadOnlyList<ModelParameter> parameters = vit.Parameters();
        Assert.That(Counts(parameters, 0), Is.EqualTo((1, 1, 0, 2)));
        Assert.That(Counts(parameters, 2), Is.EqualTo((4, 4, 6, 0)), "the last normalisation goes with the last layer");
        Assert.That(parameters.Where(p => p.Kind == ParameterKind.Embedding).Select(p => p.Shape.Aggregate(1L, (a, b) => a * b)), Is.EquivalentTo(new[] { 32, 17 * 32 }));
    }

    [Test]
    public void Of_AResNetWithBatchNormalization_HasItsScalesAndShifts_NotItsStatistics()
    {
        using PreparedModel resnet = PreparedModel.Golden("resnet18-bn-11");
        IReadOnlyList<ModelParameter> parameters = resnet.Parameters();
        Assert.That(Counts(parameters, 1), Is.EqualTo((2, 0, 4, 0)));
        OnnxNode[] norms = [.. resnet.Graph.Nodes.Where(n => n.OpType == "BatchNormalization")];
        Assert.That(norms, Has.Length.EqualTo(20));
        string[] names = [.. parameters.Select(p => p.Name)];
        Assert.That(norms.SelectMany(n => n.Inputs.Skip(3)), Is.All.Not.AnyOf(names));
        Assert.That(norms.SelectMany(n => n.Inputs.Skip(1).Take(2)), Is.SubsetOf(names));
    }

    [Test]
    public void Of_AllParameters_AreThoseThatPyTorchTrains()
    {
        foreach (string name in (string[])["resnet18-folded-17", "squeezenet-11", "mobilenetv2-folded-11", "vit-17"])
        {
            using PreparedModel model = PreparedModel.Golden(name);
            string[] expected = [.. Gradients.GoldenGradients.Read(name).Parameters.Select(p => p.Value)];
            Assert.That(model.Parameters().Select(p => p.Name), Is.EquivalentTo(expected), name);
        }
    }

    [Test]
    public void Of_RealMiniLm_TellsKindsOfEachLayer()
    {
        using PreparedModel bert = PreparedModel.Real("all-minilm-l6-v2", "onnx/model.onnx");
        IReadOnlyList<ModelParameter> parameters = bert.Parameters();
        Assert.That(Enumerable.Range(1, 6).Select(b => Counts(parameters, b)), Is.All.EqualTo((6, 6, 4, 0)));
        Assert.That(Numbers(parameters, 6), Is.EqualTo(1_774_464));
    }

    [Test]
    public void Of_RealBertIn8Bits_SaysWhichNodeIsInTheWay()
    {
        using PreparedModel bert = PreparedModel.Real("all-minilm-l6-v2-q8", "onnx/model_quantized.onnx");
        IReadOnlyList<ModelParameter> parameters = bert.Parameters();
        Assert.That(parameters.Where(p => p.Block == 3), Has.All.Property(nameof(ModelParameter.Problem)).Contains("MatMulInteger"));
        Assert.That(Counts(parameters, 3), Is.EqualTo((6, 6, 4, 0)), "scales of products in 8 bits are numbers of a format");
        Assert.That(Numbers(parameters, 3), Is.EqualTo(1_774_464), "as many as in float");
    }

    [Test]
    public void Of_HalfPrecision_SaysThatFloatIsNeeded()
    {
        var graph = new GraphBuilder("half");
        string x = graph.Input("x", OnnxElementType.Float16, "rows", 2);
        graph.Output(graph.Node("MatMul", [x, graph.Initializer("w", new Half[4], 2, 2)], "y"), OnnxElementType.Float16, "rows", 2);
        ModelParameter only = ModelParameters.Of(graph.Build(), "y").Single();
        Assert.That(only.IsTrainable, Is.False);
        Assert.That(only.Problem, Does.Contain("Float16").And.Contain("float32").And.Contain("MatMul"));
    }

    [Test]
    public void Of_ScaleAndShiftWrittenOut_AreNorms_AndNumbersOfTheFormulaNothing()
    {
        var graph = new GraphBuilder("norm");
        string x = graph.Input("x", OnnxElementType.Float, "rows", 4);
        string w = graph.Node("MatMul", [x, graph.Initializer("w", new float[16], 4, 4)], "product");
        string biased = graph.Node("Add", [w, graph.Initializer("b", new float[4], 4)], "biased");
        string half = graph.Node("Mul", [biased, graph.Initializer("half", [0.5f])], "halved");
        string scaled = graph.Node("Mul", [half, graph.Initializer("scale", new float[4], 4)], "scaled");
        graph.Output(graph.Node("Add", [scaled, graph.Initializer("shift", new float[4], 4)], "y"), OnnxElementType.Float, "rows", 4);
        Assert.That(ModelParameters.Of(graph.Build(), "y").Select(p => $"{p.Name} {p.Kind}"), Is.EqualTo(new[] { "w Weight", "b Bias", "scale Norm", "shift Norm" }));
    }

    [Test]
    public void Of_AWeightUsedTwice_IsOneParameterOfItsFirstBlock()
    {
        var graph = new GraphBuilder("tied");
        string x = graph.Input("x", OnnxElementType.Float, "rows", 2);
        string w = graph.Initializer("w", [1f, 2, 3, 4], 2, 2);
        string h = graph.Node("Tanh", [graph.Node("MatMul", [x, w], "first")], "h");
        graph.Output(graph.Node("MatMul", [h, w], "y"), OnnxElementType.Float, "rows", 2);
        ModelParameter only = ModelParameters.Of(graph.Build(), "y").Single();
        Assert.That((only.Name, only.Block, only.Count), Is.EqualTo(("w", 0, 4L)));
    }

    private static (int Weights, int Biases, int Norms, int Tables) Counts(IEnumerable<ModelParameter> parameters, int block)
    {
        ParameterKind[] kinds = [.. parameters.Where(p => p.Block == block).Select(p => p.Kind)];
        return (kinds.Count(k => k == ParameterKind.Weight), kinds.Count(k => k == ParameterKind.Bias), kinds.Count(k => k == ParameterKind.Norm),
            kinds.Count(k => k == ParameterKind.Embedding));
    }

    private static long Numbers(IEnumerable<ModelParameter> parameters, int block) => parameters.Where(p => p.Block == block).Sum(p => p.Count);
}
