using MLTransfer.Onnx.Graphs;
using static MLTransfer.Onnx.Tests.Gradients.CheckedInput;

namespace MLTransfer.Onnx.Tests.Gradients;

internal sealed class ElementwiseRulesTests
{
    [TestCase("Add")]
    [TestCase("Sub")]
    [TestCase("Mul")]
    [TestCase("Div")]
    public void Binary_AnyBroadcast_AgreesWithFiniteDifferences(string opType)
    {
        GradientCheck.Node(opType, [Real(2, 3), Real(2, 3)]);
        GradientCheck.Node(opType, [Real(2, 3), Real(3)]);
        GradientCheck.Node(opType, [Real(3), Real(2, 3)]);
        GradientCheck.Node(opType, [Real(2, 1, 4), Real(3, 1)]);
        GradientCheck.Node(opType, [Real(2, 3), Real()]);
        GradientCheck.Node(opType, [Real(1, 1, 3), Real(2, 1, 3)]);
    }

    [Test]
    public void Sum_ThreeOperands_AgreesWithFiniteDifferences() => GradientCheck.Node("Sum", [Real(2, 3), Real(3), Real(2, 1)]);

    [Test]
    public void Mean_ThreeOperands_AgreesWithFiniteDifferences() => GradientCheck.Node("Mean", [Real(2, 3), Real(3), Real(2, 1)], type: OnnxElementType.Float);

    [TestCase("Neg")]
    [TestCase("Identity")]
    [TestCase("Exp")]
    [TestCase("Reciprocal")]
    [TestCase("Abs")]
    [TestCase("Sin")]
    [TestCase("Cos")]
    public void Unary_AgreesWithFiniteDifferences(string opType) => GradientCheck.Node(opType, [Real(2, 3)]);

    [TestCase("Log")]
    [TestCase("Sqrt")]
    public void Unary_PositiveNumbers_AgreesWithFiniteDifferences(string opType) => GradientCheck.Node(opType, [Real(0.2, 2, 2, 3)]);

    [TestCase("Max")]
    [TestCase("Min")]
    public void Extremes_AnyBroadcast_AgreesWithFiniteDifferences(string opType)
    {
        GradientCheck.Node(opType, [Real(2, 3), Real(-0.6, 0.7, 2, 3)]);
        GradientCheck.Node(opType, [Real(2, 3), Real(-0.6, 0.7, 3), Real(-0.5, 0.4, 2, 1)]);
        GradientCheck.Node(opType, [Real(2, 3), Constant([0.01])]);
        GradientCheck.Node(opType, [Real(2, 3)]);
    }

    // torch.maximum([1, 2], [1, 3]).sum().backward() gives [0.5, 0] and [0.5, 1].
    [TestCase("Max", 0.5, 0, 0.5, 1)]
    [TestCase("Min", 0.5, 1, 0.5, 0)]
    public void Extremes_EqualOperands_EachGetsHalf(string opType, double a0, double a1, double b0, double b1)
    {
        double[][] found = GradientCheck.Gradients(opType, [Of([1, 2], 2), Of([1, 3], 2)]);
        Assert.That(found[0], Is.EqualTo([a0, a1]));
        Assert.That(found[1], Is.EqualTo([b0, b1]));
    }

    [Test]
    public void Max_ThreeEqualOperands_EachGetsAThird()
    {
        double[][] found = GradientCheck.Gradients("Max", [Of([1], 1), Of([1], 1), Of([1], 1)]);
        Assert.That(found.SelectMany(g => g), Is.EqualTo([1.0 / 3, 1.0 / 3, 1.0 / 3]).Within(1e-15));
    }

    [Test]
    public void Where_AnyBroadcast_AgreesWithFiniteDifferences()
    {
        GradientCheck.Node("Where", [Constant([true, false, true], 3), Real(2, 3), Real(2, 1)]);
        GradientCheck.Node("Where", [Constant([true, false], 2, 1), Real(3), Real()]);
    }

    [Test]
    public void Pow_ConstantExponent_AgreesWithFiniteDifferences()
    {
        GradientCheck.Node("Pow", [Real(2, 3), Constant([2.0])]);
        GradientCheck.Node("Pow", [Real(2, 3), Constant([3L])]);
        GradientCheck.Node("Pow", [Real(0.2, 2, 2, 3), Constant([0.5])]);
        GradientCheck.Node("Pow", [Real(2, 1), Constant([1.0, 2, 3], 3)]);
        GradientCheck.Node("Pow", [Real(2, 3), Constant([-1L, 0, 2], 3)]);
    }

    [Test]
    public void Pow_TrainedExponent_AgreesWithFiniteDifferences() => GradientCheck.Node("Pow", [Real(0.2, 2, 2, 3), Real(3)]);

    // torch.pow gives these, where the formula alone would say 0 · ∞.
    [Test]
    public void Pow_ZeroBase_GivesTheLimit()
    {
        double[][] found = GradientCheck.Gradients("Pow", [Of([0, 0, 0], 3), Of([0, 1, 2], 3)]);
        Assert.That(found[0], Is.EqualTo([0.0, 1, 0]));
        Assert.That(found[1], Is.EqualTo([0.0, 0, 0]));
    }

    [Test]
    public void Abs_Zero_HasNoSlope() => Assert.That(GradientCheck.Gradients("Abs", [Of([0, -2], 2)])[0], Is.EqualTo([0.0, -1]));
}
