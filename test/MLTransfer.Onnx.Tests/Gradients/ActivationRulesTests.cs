using MLTransfer.Onnx.Graphs;
using static MLTransfer.Onnx.Tests.Gradients.CheckedInput;

namespace MLTransfer.Onnx.Tests.Gradients;

internal sealed class ActivationRulesTests
{
    [TestCase("Relu")]
    [TestCase("Sigmoid")]
    [TestCase("Tanh")]
    [TestCase("LeakyRelu")]
    public void Unary_AgreesWithFiniteDifferences(string opType) => GradientCheck.Node(opType, [Real(2, 3)]);

    // ONNX Runtime has no double kernels of these.
    [TestCase("Elu")]
    [TestCase("Selu")]
    [TestCase("Celu")]
    [TestCase("HardSigmoid")]
    [TestCase("Erf")]
    [TestCase("Softplus")]
    [TestCase("Softsign")]
    [TestCase("HardSwish")]
    public void Unary_SinglePrecision_AgreesWithFiniteDifferences(string opType) => GradientCheck.Node(opType, [Real(2, 3)], type: OnnxElementType.Float);

    [TestCase("LeakyRelu")]
    [TestCase("Elu")]
    [TestCase("Selu")]
    [TestCase("Celu")]
    [TestCase("HardSigmoid")]
    [TestCase("ThresholdedRelu")]
    public void Unary_StatedAlpha_AgreesWithFiniteDifferences(string opType) =>
        GradientCheck.Node(opType, [Real(2, 3)], [OnnxAttribute.Of("alpha", 0.45f)], type: OnnxElementType.Float);

    [TestCase("Selu", "gamma")]
    [TestCase("HardSigmoid", "beta")]
    public void Unary_StatedSecondSetting_AgreesWithFiniteDifferences(string opType, string setting) =>
        GradientCheck.Node(opType, [Real(2, 3)], [OnnxAttribute.Of(setting, 0.7f)], type: OnnxElementType.Float);

    [Test]
    public void HardSwish_BeyondItsEdges_AgreesWithFiniteDifferences() => GradientCheck.Node("HardSwish", [Of([-5, -3.2, -1, 2.8, 3.3, 7], 6)], type: OnnxElementType.Float);

    [Test]
    public void Mish_AgreesWithFiniteDifferences() => GradientCheck.Node("Mish", [Real(-3.0, 3.0, 2, 3)], opset: 18, type: OnnxElementType.Float);

    [TestCase("none")]
    [TestCase("tanh")]
    public void Gelu_BothForms_AgreesWithFiniteDifferences(string form) =>
        GradientCheck.Node("Gelu", [Real(-2.0, 2.0, 2, 3)], [OnnxAttribute.Of("approximate", form)], opset: 20, type: OnnxElementType.Float);

    [Test]
    public void PRelu_SlopeForAllForChannelsAndForEach_AgreesWithFiniteDifferences()
    {
        GradientCheck.Node("PRelu", [Real(2, 3, 2), Real(3, 1)]);
        GradientCheck.Node("PRelu", [Real(2, 3), Real(1)]);
        GradientCheck.Node("PRelu", [Real(2, 3), Real(2, 3)]);
    }

    [Test]
    public void Clip_AnyBounds_AgreesWithFiniteDifferences()
    {
        GradientCheck.Node("Clip", [Real(2, 3), Constant([-0.4]), Constant([0.61])]);
        GradientCheck.Node("Clip", [Real(2, 3), Constant([-0.4])]);
        GradientCheck.Node("Clip", [Real(2, 3), Absent, Constant([0.4])]);
        GradientCheck.Node("Clip", [Real(2, 3)]);
    }

    // torch.nn.functional.relu6([0, 3, 6, 7]) has slopes 0, 1, 0, 0; torch.clamp(x, min=0) has 1 at 0.
    [Test]
    public void Clip_AtItsEdges_IsRelu6WithTwoBoundsAndClampWithOne()
    {
        CheckedInput x = Of([0, 3, 6, 7], 4);
        Assert.That(GradientCheck.Gradients("Clip", [x, Constant([0.0]), Constant([6.0])])[0], Is.EqualTo([0.0, 1, 0, 0]));
        Assert.That(GradientCheck.Gradients("Clip", [x, Constant([0.0])])[0], Is.EqualTo([1.0, 1, 1, 1]));
        Assert.That(GradientCheck.Gradients("Clip", [x, Absent, Constant([6.0])])[0], Is.EqualTo([1.0, 1, 1, 0]));
    }

    [TestCase("Relu", 0)]
    [TestCase("LeakyRelu", 0.01)]
    [TestCase("Elu", 1)]
    public void Kink_HasTheSlopeFromTheLeft(string opType, double slope) =>
        Assert.That(GradientCheck.Gradients(opType, [Of([0], 1)], type: OnnxElementType.Float)[0], Is.EqualTo([slope]).Within(1e-7));

    [TestCase("Softmax")]
    [TestCase("LogSoftmax")]
    public void Softmax_AnyAxis_AgreesWithFiniteDifferences(string opType)
    {
        GradientCheck.Node(opType, [Real(2, 3)]);
        GradientCheck.Node(opType, [Real(2, 3, 4)], [OnnxAttribute.Of("axis", 1)]);
        GradientCheck.Node(opType, [Real(2, 3, 4)], [OnnxAttribute.Of("axis", -3)]);
    }

    [Test]
    public void Dropout_Inference_IsTheIdentity()
    {
        GradientCheck.Node("Dropout", [Real(2, 3)]);
        GradientCheck.Node("Dropout", [Real(2, 3), Constant([0.5]), Constant([false])]);
        GradientCheck.Node("Dropout", [Real(2, 3)], outputs: 2, used: [0]);
    }

    [Test]
    public void Dropout_Training_IsRefused()
    {
        var error = Assert.Throws<NotSupportedException>(() => GradientCheck.Node("Dropout", [Real(2, 3), Constant([0.5]), Constant([true])]));
        Assert.That(error.Message, Does.Contain("Dropout 'y0'").And.Contain("training_mode is set"));
    }

    [TestCase(0)]
    [TestCase(1)]
    public void Trilu_AnyDiagonal_AgreesWithFiniteDifferences(int upper)
    {
        GradientCheck.Node("Trilu", [Real(2, 3, 4)], [OnnxAttribute.Of("upper", upper)]);
        GradientCheck.Node("Trilu", [Real(3, 3), Constant([-1L])], [OnnxAttribute.Of("upper", upper)]);
        GradientCheck.Node("Trilu", [Real(3, 3)]);
    }

    [Test]
    public void CumSum_AnyAxisAndForm_AgreesWithFiniteDifferences()
    {
        GradientCheck.Node("CumSum", [Real(2, 3), Constant([1L])]);
        GradientCheck.Node("CumSum", [Real(2, 3, 2), Constant([-2L])], [OnnxAttribute.Of("exclusive", 1)]);
        GradientCheck.Node("CumSum", [Real(2, 3), Constant([0L])], [OnnxAttribute.Of("reverse", 1)]);
    }
}
