using MLTransfer.Onnx.Graphs;
using static MLTransfer.Onnx.Tests.Gradients.CheckedInput;

namespace MLTransfer.Onnx.Tests.Gradients;

internal sealed class MatrixRulesTests
{
    [Test]
    public void MatMul_MatricesVectorsAndStacks_AgreesWithFiniteDifferences()
    {
        GradientCheck.Node("MatMul", [Real(2, 3), Real(3, 4)]);
        GradientCheck.Node("MatMul", [Real(2, 5, 3), Real(3, 4)]);
        GradientCheck.Node("MatMul", [Real(2, 5, 3), Real(2, 3, 4)]);
        GradientCheck.Node("MatMul", [Real(2, 1, 5, 3), Real(6, 3, 4)]);
        GradientCheck.Node("MatMul", [Real(1, 5, 3), Real(2, 3, 4)]);
        GradientCheck.Node("MatMul", [Real(3), Real(3, 4)]);
        GradientCheck.Node("MatMul", [Real(2, 3), Real(3)]);
        GradientCheck.Node("MatMul", [Real(2, 5, 3), Real(3)]);
        GradientCheck.Node("MatMul", [Real(3), Real(2, 3, 4)]);
        GradientCheck.Node("MatMul", [Real(3), Real(3)]);
        GradientCheck.Node("MatMul", [Real(5, 3), Real(2, 3, 4)]);
    }

    [TestCase(0, 0)]
    [TestCase(1, 0)]
    [TestCase(0, 1)]
    [TestCase(1, 1)]
    public void Gemm_AnyTranspose_AgreesWithFiniteDifferences(int transA, int transB)
    {
        CheckedInput a = transA == 0 ? Real(2, 3) : Real(3, 2), b = transB == 0 ? Real(3, 4) : Real(4, 3);
        OnnxAttribute[] attributes = [OnnxAttribute.Of("transA", transA), OnnxAttribute.Of("transB", transB)];
        GradientCheck.Node("Gemm", [a, b, Real(4)], attributes);
        GradientCheck.Node("Gemm", [a, b, Real(2, 1)], [.. attributes, OnnxAttribute.Of("alpha", 0.5f), OnnxAttribute.Of("beta", 2f)]);
        GradientCheck.Node("Gemm", [a, b], attributes);
        GradientCheck.Node("Gemm", [a, b, Real(1)], attributes);
    }
}
