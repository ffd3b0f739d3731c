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

    [TestCase("Neg")]
    [TestCase("Identity")]
    public void Unary_AgreesWithFiniteDifferences(string opType) => GradientCheck.Node(opType, [Real(2, 3)]);
}
