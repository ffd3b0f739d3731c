using MLTransfer.Onnx.Graphs;
using static MLTransfer.Onnx.Tests.Gradients.CheckedInput;

namespace MLTransfer.Onnx.Tests.Gradients;

internal sealed class EinsumRuleTests
{
    [TestCase("ab,bc->ac")]
    [TestCase("ab, bc")]
    [TestCase("ab,bc->cab")]
    public void TwoMatrices_AgreesWithFiniteDifferences(string equation) => GradientCheck.Node("Einsum", [Real(2, 3), Real(3, 4)], [Equation(equation)]);

    [Test]
    public void Attention_AgreesWithFiniteDifferences()
    {
        GradientCheck.Node("Einsum", [Real(2, 3, 5, 4), Real(2, 3, 6, 4)], [Equation("bhqd,bhkd->bhqk")]);
        GradientCheck.Node("Einsum", [Real(2, 3, 4), Real(1, 4, 5)], [Equation("bqd,bdk->bqk")]);
        GradientCheck.Node("Einsum", [Real(2, 3), Real(3, 4), Real(4, 5)], [Equation("ab,bc,cd->ad")]);
        GradientCheck.Node("Einsum", [Real(2, 3)], [Equation("ab->ba")]);
    }

    [TestCase("aa,ab->b", "takes a diagonal")]
    [TestCase("ab,bc->b", "summed over in one operand alone")]
    [TestCase("...b,bc->...c", "axes without letters")]
    public void OtherEquations_AreRefused(string equation, string reason)
    {
        var error = Assert.Throws<NotSupportedException>(() => GradientCheck.Node("Einsum", [Real(3, 3), Real(3, 4)], [Equation(equation)]));
        Assert.That(error.Message, Does.Contain(reason));
    }

    private static OnnxAttribute Equation(string equation) => OnnxAttribute.Of("equation", equation);
}
