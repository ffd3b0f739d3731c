using Microsoft.ML.OnnxRuntime;
using MLTransfer.Onnx.Gradients;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Tests.Gradients;

/// <summary>Weights that a file holds in 8 bits, trained as the float values after them.</summary>
internal sealed class QuantisedGradientTests
{
    [Test]
    public void Gradient_WeightBehindDequantizeLinear_IsThatOfTheFloatWeight()
    {
        var graph = new GraphBuilder();
        graph.Input("x", OnnxElementType.Float, "n", 2);
        graph.Initializer("q", new sbyte[] { 1, -2, 3, 4 }, 2, 2);
        graph.Initializer("s", [0.5f]);
        graph.Node("DequantizeLinear", ["q", "s"], "w");
        graph.Node("MatMul", ["x", "w"], "y");
        graph.Node("ReduceSum", ["y"], "L", OnnxAttribute.Of("keepdims", 0));
        // L = Σ x · w: dw = the sums of x's columns.
        Check(graph.Output("L", OnnxElementType.Float).Build(), "w", [4f, 4, -2, -2]);
    }

    [Test]
    public void Gradient_WeightOfADynamicInt8Product_IsThatOfTheFloatProduct()
    {
        var graph = new GraphBuilder();
        graph.Input("x", OnnxElementType.Float, "n", 2);
        graph.Initializer("q", new sbyte[] { 1, -2, 3, 4 }, 2, 2);
        graph.Initializer("s", [0.5f]);
        graph.Node("DynamicQuantizeLinear", ["x"], ["xq", "xs", "xz"]);
        graph.Node("MatMulInteger", ["xq", "q", "xz"], "i");
        graph.Node("Cast", ["i"], "f", OnnxAttribute.Of("to", (long)OnnxElementType.Float));
        graph.Node("Mul", ["xs", "s"], "ss");
        graph.Node("Mul", ["f", "ss"], "y");
        graph.Node("ReduceSum", ["y"], "L", OnnxAttribute.Of("keepdims", 0));
        OnnxModel model = Int8ToFloat.Rewrite(graph.Output("L", OnnxElementType.Float).Build());
        Check(model, model.Graph.Initializers.Single().Name, [4f, 4, -2, -2]);
    }

    [Test]
    public void Gradient_QuantisedMiniLM_ReachesEveryFloatWeight()
    {
        string file = Path.Combine(MLTransfer.Testing.RealAssets.Model("all-minilm-l6-v2-q8"), "onnx", "model_quantized.onnx");
        using OnnxModel read = ModelSource.FromFile(file).Read();
        OnnxModel model = WeightUnfolding.Unfold(OpsetUpgrade.Raise(Int8ToFloat.Rewrite(read), "q8"));
        OnnxValue hidden = model.Graph.Outputs[0];
        OnnxNode sum = new() { OpType = "ReduceSum", Inputs = [hidden.Name], Outputs = ["L"], Attributes = [OnnxAttribute.Of("keepdims", 0)] };
        OnnxModel forward = model.WithGraph(model.Graph with { Nodes = [.. model.Graph.Nodes, sum], Outputs = [new OnnxValue { Name = "L", ElementType = OnnxElementType.Float }] });
        string[] weights = [.. forward.Graph.Initializers.Where(t => t.ElementType == OnnxElementType.Float && t.ElementCount > 1).Select(t => t.Name)];
        GradientModel gradients = GradientGraph.Of(forward, "L", weights, ProbedShapes.Of(forward, "q8"), "q8");
        // 101 tensors, as the float file has.
        Assert.That(gradients.Gradients.Keys, Is.EquivalentTo(weights));
        Assert.That(weights, Has.Length.EqualTo(101));
    }

    private static void Check(OnnxModel model, string weight, float[] expected)
    {
        OnnxModel unfolded = WeightUnfolding.Unfold(model);
        GradientModel gradients = GradientGraph.Of(unfolded, "L", [weight], ProbedShapes.Of(unfolded, "quantised"), "quantised");
        using var session = new InferenceSession(gradients.Model.ToBytes());
        using OrtValue x = OrtValue.CreateTensorValueFromMemory([1f, -2, 3, 0], [2, 2]);
        OnnxTensor start = unfolded.Graph.Initializers.Single(t => t.Name == weight);
        using OrtValue w = OrtValue.CreateTensorValueFromMemory(start.ToFloats(), [.. start.Dimensions]);
        using var options = new RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> made = session.Run(options, ["x", weight], [x, w], [gradients.Gradients[weight]]);
        Assert.That(made[0].GetTensorDataAsSpan<float>().ToArray(), Is.EqualTo(expected));
    }
}
