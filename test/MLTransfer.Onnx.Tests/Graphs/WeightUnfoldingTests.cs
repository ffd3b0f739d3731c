using Microsoft.ML.OnnxRuntime;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Testing;

namespace MLTransfer.Onnx.Tests.Graphs;

internal sealed class WeightUnfoldingTests
{
    [Test]
    public void Unfold_OneScale_IsTheDequantisedInitializer()
    {
        var graph = new GraphBuilder();
        graph.Initializer("q", new byte[] { 128, 130, 0, 255 }, 2, 2);
        graph.Initializer("s", [0.5f]);
        graph.Initializer("z", new byte[] { 128 });
        graph.Node("DequantizeLinear", ["q", "s", "z"], "w");
        Check(Product(graph, "w"), "w", [0f, 1, -64, 63.5f], 2, 2);
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(-1)]
    public void Unfold_ScalePerAxis_FollowsTheAxis(long axis)
    {
        var graph = new GraphBuilder();
        graph.Initializer("q", new sbyte[] { 1, 2, 3, 4 }, 2, 2);
        graph.Initializer("s", [1f, 10], 2);
        graph.Initializer("z", new sbyte[] { 0, 1 }, 2);
        graph.Node("DequantizeLinear", ["q", "s", "z"], "w", OnnxAttribute.Of("axis", axis));
        Check(Product(graph, "w"), "w", axis == 0 ? [1f, 2, 20, 30] : [1f, 10, 3, 30], 2, 2);
    }

    [Test]
    public void Unfold_Int32WithoutZeroPoint_IsTheProductWithTheScale()
    {
        var graph = new GraphBuilder();
        graph.Initializer(OnnxTensor.Of("q", OnnxElementType.Int32, (ReadOnlySpan<int>)[-3, 70000, 5, 0], 2, 2));
        graph.Initializer("s", [0.25f]);
        graph.Node("DequantizeLinear", ["q", "s"], "w");
        Check(Product(graph, "w"), "w", [-0.75f, 17500, 1.25f, 0], 2, 2);
    }

    [Test]
    public void Unfold_Chain_LeavesTheLastValueOnly()
    {
        var graph = new GraphBuilder();
        graph.Initializer("q", new sbyte[] { 1, 2, 3, 4, 5, 6 }, 3, 2, 1);
        graph.Initializer("s", [2f]);
        graph.Initializer("shape", [0L, -1], 2);
        graph.Node("Transpose", ["q"], "t", OnnxAttribute.Of("perm", [1, 0, 2]));
        graph.Node("Identity", ["t"], "i");
        graph.Node("DequantizeLinear", ["i", "s"], "d");
        graph.Node("Cast", ["d"], "c", OnnxAttribute.Of("to", (long)OnnxElementType.Float));
        graph.Node("Reshape", ["c", "shape"], "w");
        Check(Product(graph, "w"), "w", [2f, 6, 10, 4, 8, 12], 2, 3);
    }

    [Test]
    public void Unfold_HalfPrecision_IsFloat()
    {
        var graph = new GraphBuilder();
        graph.Initializer("h", new[] { (Half)1, (Half)0.5f, (Half)(-2), (Half)3 }, 2, 2);
        graph.Node("Cast", ["h"], "w", OnnxAttribute.Of("to", (long)OnnxElementType.Float));
        Check(Product(graph, "w"), "w", [1f, 0.5f, -2, 3], 2, 2);
    }

    [Test]
    public void Unfold_ConstantNode_IsAnInitializer()
    {
        var graph = new GraphBuilder();
        graph.Node("Constant", [], "w", OnnxAttribute.Of("value", OnnxTensor.Of("", [1f, 2, 3, 4], 2, 2)));
        Check(Product(graph, "w"), "w", [1f, 2, 3, 4], 2, 2);
    }

    [Test]
    public void Unfold_RowsOfAQuantisedTable_ComeFromAFloatTable()
    {
        var graph = new GraphBuilder();
        graph.Input("x", OnnxElementType.Int64, "n");
        graph.Initializer("table", new byte[] { 1, 2, 3, 4 }, 2, 2);
        graph.Initializer("s", [0.5f]);
        graph.Initializer("z", new byte[] { 1 });
        graph.Node("Gather", ["table", "x"], "g");
        graph.Node("DequantizeLinear", ["g", "s", "z"], "y");
        OnnxModel unfolded = WeightUnfolding.Unfold(graph.Output("y", OnnxElementType.Float, "n", 2).Build());
        Assert.That(unfolded.Graph.Nodes.Select(n => n.OpType), Is.EqualTo(["Gather"]));
        Assert.That(unfolded.Graph.Initializers.Single().ToFloats(), Is.EqualTo([0f, 0.5f, 1, 1.5f]));
        Assert.That(Run(unfolded, OrtValue.CreateTensorValueFromMemory([1L, 0, 1], [3])), Is.EqualTo([1f, 1.5f, 0, 0.5f, 1, 1.5f]));
    }

    [Test]
    public void Unfold_NothingComputedFromConstants_IsTheSameModel()
    {
        var graph = new GraphBuilder();
        graph.Initializer("w", [1f, 2, 3, 4], 2, 2);
        OnnxModel model = Product(graph, "w");
        Assert.That(WeightUnfolding.Unfold(model), Is.SameAs(model));
    }

    [TestCase("all-minilm-l6-v2-q8")]
    [TestCase("resnet50-v1-w8")]
    [TestCase("mobilenetv2-1.0-224")]
    [TestCase("yamnet-w8")]
    public void Unfold_RealFile_HasOnlyFloatWeights(string name)
    {
        string file = Directory.EnumerateFiles(RealAssets.Model(name), "*.onnx", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Last();
        using OnnxModel model = ModelSource.FromFile(file).Read();
        OnnxModel unfolded = WeightUnfolding.Unfold(Int8ToFloat.Rewrite(model));
        OnnxTensor[] narrow = [.. unfolded.Graph.Initializers.Where(t => t.ElementType is OnnxElementType.Int8 or OnnxElementType.UInt8 && t.ElementCount > 1)];
        Assert.That(narrow.Select(t => t.Name), Is.Empty);
        Assert.That(unfolded.Graph.Nodes.Select(n => n.OpType), Has.None.EqualTo("DequantizeLinear").And.None.EqualTo("MatMulInteger"));
    }

    [Test]
    public void Unfold_RealFile_ScoresTheSame()
    {
        string file = Directory.EnumerateFiles(RealAssets.Model("mobilenetv1-0.25-128"), "*.onnx", SearchOption.AllDirectories).Single();
        using OnnxModel model = ModelSource.FromFile(file).Read();
        long[] shape = [.. model.Graph.Inputs[0].Dimensions.Select(d => d.Value ?? 1)];
        float[] pixels = [.. Enumerable.Range(0, (int)shape.Aggregate(1L, (a, b) => a * b)).Select(i => MathF.Sin(i))];
        float[] before = Run(model, OrtValue.CreateTensorValueFromMemory(pixels, shape));
        Assert.That(Run(WeightUnfolding.Unfold(model), OrtValue.CreateTensorValueFromMemory(pixels, shape)), Is.EqualTo(before).Within(1e-5f), "the same sums in single precision");
    }

    /// <summary>y = x · w, checked for its score before and after, and for w.</summary>
    private static void Check(OnnxModel model, string name, float[] weights, params long[] shape)
    {
        OnnxModel unfolded = WeightUnfolding.Unfold(model);
        Assert.That(unfolded.Graph.Nodes.Select(n => n.OpType), Is.EqualTo(["MatMul"]));
        OnnxTensor made = unfolded.Graph.Initializers.Single();
        Assert.That(made.Name, Is.EqualTo(name));
        Assert.That(made.ToFloats(), Is.EqualTo(weights));
        Assert.That(made.Dimensions, Is.EqualTo(shape));
        float[] before = Run(model, OrtValue.CreateTensorValueFromMemory([1f, -2], [1, 2]));
        Assert.That(Run(unfolded, OrtValue.CreateTensorValueFromMemory([1f, -2], [1, 2])), Is.EqualTo(before));
    }

    private static OnnxModel Product(GraphBuilder graph, string weights)
    {
        graph.Input("x", OnnxElementType.Float, "n", 2);
        return graph.Output(graph.Node("MatMul", ["x", weights], "y"), OnnxElementType.Float, "n", "m").Build();
    }

    private static float[] Run(OnnxModel model, OrtValue input)
    {
        using (input)
        {
            // ONNX Runtime's optimiser makes an 8-bit product of DequantizeLinear and MatMul, which rounds x as well.
            using var plain = new SessionOptions { GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL };
            using var session = new InferenceSession(model.ToBytes(), plain);
            using var options = new RunOptions();
            using IDisposableReadOnlyCollection<OrtValue> made = session.Run(options, [model.Graph.Inputs[0].Name], [input], [model.Graph.Outputs[0].Name]);
            return made[0].GetTensorDataAsSpan<float>().ToArray();
        }
    }
}
