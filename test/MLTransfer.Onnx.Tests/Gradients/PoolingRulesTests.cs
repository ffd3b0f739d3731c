using MLTransfer.Onnx.Graphs;
using static MLTransfer.Onnx.Tests.Gradients.CheckedInput;

namespace MLTransfer.Onnx.Tests.Gradients;

internal sealed class PoolingRulesTests
{
    [TestCase("MaxPool")]
    [TestCase("AveragePool")]
    public void Pool_OneTwoAndThreeAxes_AgreesWithFiniteDifferences(string opType)
    {
        Check(opType, Real(2, 3, 6), Ints("kernel_shape", 2));
        Check(opType, Real(2, 3, 5, 7), Ints("kernel_shape", 3, 2));
        Check(opType, Real(2, 1, 4, 3, 5), Ints("kernel_shape", 2, 2, 3));
    }

    [TestCase("MaxPool")]
    [TestCase("AveragePool")]
    public void Pool_OverlappingStridedPaddedWindows_AgreesWithFiniteDifferences(string opType)
    {
        foreach (long stride in (long[])[1, 2, 3])
        {
            foreach (long ceiling in (long[])[0, 1])
            {
                // Where rounding up would put a whole window into the padding (8 places at stride 3), ONNX Runtime's shapes and its kernels disagree about the count.
                foreach (long size in (stride, ceiling) == (3, 1) ? [6, 7, 9] : (long[])[6, 7, 8, 9])
                    Check(opType, Real(2, 3, size), Ints("kernel_shape", 3), Ints("strides", stride), Ints("pads", 1, 1), OnnxAttribute.Of("ceil_mode", ceiling));
                Check(opType, Real(2, 3, 5, 7), Ints("kernel_shape", 3, 3), Ints("strides", stride, 2), OnnxAttribute.Of("ceil_mode", ceiling));
            }
        }
    }

    [TestCase(0)]
    [TestCase(1)]
    public void AveragePool_PaddingCounted_AgreesWithFiniteDifferences(long counted)
    {
        OnnxAttribute count = OnnxAttribute.Of("count_include_pad", counted);
        Check("AveragePool", Real(2, 3, 7), Ints("kernel_shape", 3), Ints("strides", 2), Ints("pads", 1, 1), count);
        Check("AveragePool", Real(2, 3, 6), Ints("kernel_shape", 3), Ints("strides", 2), Ints("pads", 1, 1), OnnxAttribute.Of("ceil_mode", 1), count);
        Check("AveragePool", Real(2, 3, 5, 4), Ints("kernel_shape", 2, 3), Ints("pads", 1, 0, 0, 2), count);
        Check("AveragePool", Real(2, 3, 7), Ints("kernel_shape", 4), OnnxAttribute.Of("auto_pad", "SAME_LOWER"), count);
    }

    [Test]
    public void MaxPool_Dilated_AgreesWithFiniteDifferences() => Check("MaxPool", Real(2, 3, 9), Ints("kernel_shape", 3), Ints("dilations", 2), Ints("pads", 1, 1));

    [Test]
    public void AveragePool_Dilated_AgreesWithFiniteDifferences() => GradientCheck.Node("AveragePool",
        [Real(2, 3, 9).OpenAt(0, 2)], [Ints("kernel_shape", 3), Ints("dilations", 2), Ints("pads", 1, 1)], type: OnnxElementType.Float, opset: 19);

    [TestCase("GlobalAveragePool")]
    [TestCase("GlobalMaxPool")]
    public void GlobalPool_AgreesWithFiniteDifferences(string opType)
    {
        Check(opType, Real(2, 3, 6));
        Check(opType, Real(2, 3, 5, 4));
    }

    [TestCase("MaxPool")]
    [TestCase("GlobalMaxPool")]
    public void Max_Ties_GoToTheFirst(string opType)
    {
        OnnxAttribute[] attributes = opType == "MaxPool" ? [Ints("kernel_shape", 4)] : [];
        Assert.That(GradientCheck.Gradients(opType, [Of([1, 2, 2, 2], 1, 1, 4)], attributes, OnnxElementType.Float)[0], Is.EqualTo([0d, 1, 0, 0]));
    }

    /// <summary>With all sizes fixed, then with open rows and places.</summary>
    private static void Check(string opType, CheckedInput x, params OnnxAttribute[] attributes)
    {
        int[] open = [.. Enumerable.Range(0, x.Shape.Length).Where(axis => axis != 1)];
        // MaxPool has a kink where two places of a window are nearer than the step of float differences.
        OnnxElementType type = opType == "MaxPool" ? OnnxElementType.Double : OnnxElementType.Float;
        GradientCheck.Node(opType, [x.OpenAt(open)], attributes, type: type);
    }

    private static OnnxAttribute Ints(string name, params long[] values) => OnnxAttribute.Of(name, [.. values]);
}
