using MLTransfer.Onnx.Gradients;
using MLTransfer.Onnx.Graphs;
using static MLTransfer.Onnx.Tests.Gradients.CheckedInput;

namespace MLTransfer.Onnx.Tests.Gradients;

internal sealed class NormalizationRulesTests
{
    [Test]
    public void BatchNormalization_InferenceForm_AgreesWithFiniteDifferences()
    {
        CheckedInput mean = Constant([0.3, -0.2, 0.1], 3), variance = Constant([0.5, 2, 1], 3);
        OnnxAttribute epsilon = OnnxAttribute.Of("epsilon", 1e-3f);
        foreach (long[] shape in (long[][])[[2, 3], [2, 3, 4], [2, 3, 4, 5]])
        {
            int[] open = [.. Enumerable.Range(0, shape.Length).Where(axis => axis != 1)];
            GradientCheck.Node("BatchNormalization", [Real(shape).OpenAt(open), Real(3).OpenAt(), Real(0.5, 2.0, 3).OpenAt(), mean, variance], [epsilon]);
        }
    }

    [Test]
    public void BatchNormalization_TrainingMode_SaysToExportInEvaluationMode()
    {
        var graph = new GraphBuilder("training", OpsetUpgrade.Version);
        graph.Input("x", OnnxElementType.Float, 2, 3);
        string[] statistics = [.. new[] { "scale", "bias", "mean", "variance" }.Select(name => graph.Initializer(name, [1f, 1f, 1f], 3))];
        graph.Node("BatchNormalization", ["x", .. statistics], ["y", "newMean", "newVariance"], OnnxAttribute.Of("training_mode", 1));
        graph.Node("ReduceSum", ["y"], "L", OnnxAttribute.Of("keepdims", 0));
        OnnxModel model = graph.Output("L", OnnxElementType.Float).Build();
        NotSupportedException? e = Assert.Throws<NotSupportedException>(() => GradientGraph.Of(model, "L", ["scale"], ProbedShapes.Of(model, "training"), "training"));
        Assert.That(e!.Message, Does.Contain("training mode").And.Contain("model.eval()").And.Contain("BatchNormalization 'y'"));
    }

    [Test]
    public void LayerNormalization_AnyAxis_AgreesWithFiniteDifferences()
    {
        foreach (long axis in (long[])[-1, 1, 2])
        {
            long[] last = axis == 1 ? [3, 4] : [4];
            int[] open = axis == 1 ? [0] : [0, 1];
            foreach (OnnxElementType type in (OnnxElementType[])[OnnxElementType.Float, OnnxElementType.Double])
            {
                GradientCheck.Node("LayerNormalization", [Real(2, 3, 4).OpenAt(open), Real(last).OpenAt(), Real(0, 2, last).OpenAt()], [OnnxAttribute.Of("axis", axis)], type: type);
                GradientCheck.Node("LayerNormalization", [Real(2, 3, 4).OpenAt(open), Real(last).OpenAt()],
                    [OnnxAttribute.Of("axis", axis), OnnxAttribute.Of("epsilon", 0.1f)], type: type);
            }
        }
    }

    [Test]
    public void InstanceNormalization_AgreesWithFiniteDifferences()
    {
        GradientCheck.Node("InstanceNormalization", [Real(2, 3, 5).OpenAt(0, 2), Real(3).OpenAt(), Real(0.1, 2.0, 3).OpenAt()], type: OnnxElementType.Float);
        GradientCheck.Node("InstanceNormalization", [Real(2, 3, 5, 4).OpenAt(0, 2, 3), Real(3).OpenAt(), Real(0.1, 2.0, 3).OpenAt()], type: OnnxElementType.Float);
    }

    [Test]
    public void GroupNormalization_AgreesWithFiniteDifferences()
    {
        OnnxAttribute[] attributes = [OnnxAttribute.Of("num_groups", 2), OnnxAttribute.Of("epsilon", 1e-3f)];
        GradientCheck.Node("GroupNormalization", [Real(2, 4, 3).OpenAt(0, 2), Real(4).OpenAt(), Real(0.1, 2.0, 4).OpenAt()], attributes, type: OnnxElementType.Float, opset: 21);
        GradientCheck.Node("GroupNormalization", [Real(2, 4, 3, 5).OpenAt(0, 2, 3), Real(4).OpenAt(), Real(0.1, 2.0, 4).OpenAt()], attributes, type: OnnxElementType.Float, opset: 21);
    }

    [Test]
    public void MeanVarianceNormalization_AgreesWithFiniteDifferences()
    {
        GradientCheck.Node("MeanVarianceNormalization", [Real(2, 3, 4, 5)], type: OnnxElementType.Float);
        GradientCheck.Node("MeanVarianceNormalization", [Real(2, 3, 4, 5)], [OnnxAttribute.Of("axes", [0, 1, 2, 3])], type: OnnxElementType.Float);
    }

    [TestCase(1)]
    [TestCase(2)]
    public void LpNormalization_AgreesWithFiniteDifferences(long p)
    {
        GradientCheck.Node("LpNormalization", [Real(2, 3, 4)], [OnnxAttribute.Of("p", p)]);
        GradientCheck.Node("LpNormalization", [Real(2, 3, 4)], [OnnxAttribute.Of("p", p), OnnxAttribute.Of("axis", 1)]);
    }

    [Test]
    public void LpNormalization_OnlyZeros_HasNoGradient() =>
        Assert.That(GradientCheck.Gradients("LpNormalization", [Of([0, 0, 0], 1, 3)])[0], Is.EqualTo([0d, 0, 0]));

    [Test]
    public void Normalization_NewerOperatorSet_AgreesWithFiniteDifferences()
    {
        GradientCheck.Node("LayerNormalization", [Real(2, 4).OpenAt(0), Real(4).OpenAt()], opset: 18);
        GradientCheck.Node("InstanceNormalization", [Real(2, 3, 5).OpenAt(0, 2), Real(3).OpenAt(), Real(0.1, 2.0, 3).OpenAt()], type: OnnxElementType.Float, opset: 21);
        GradientCheck.Node("LpNormalization", [Real(2, 3)], opset: 18);
        GradientCheck.Node("MeanVarianceNormalization", [Real(2, 3, 4, 5)], type: OnnxElementType.Float, opset: 18);
    }

    [TestCase(1)]
    [TestCase(3)]
    [TestCase(5)]
    public void LocalResponse_AgreesWithFiniteDifferences(long size) => GradientCheck.Node("LRN", [Real(2, 5, 3, 4).OpenAt(0, 2, 3)],
        [OnnxAttribute.Of("size", size), OnnxAttribute.Of("alpha", 0.5f), OnnxAttribute.Of("beta", 0.6f), OnnxAttribute.Of("bias", 1.5f)], type: OnnxElementType.Float);
}
