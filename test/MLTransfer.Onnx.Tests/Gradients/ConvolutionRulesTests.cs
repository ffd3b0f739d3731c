using MLTransfer.Onnx.Graphs;
using static MLTransfer.Onnx.Tests.Gradients.CheckedInput;

namespace MLTransfer.Onnx.Tests.Gradients;

internal sealed class ConvolutionRulesTests
{
    [Test]
    public void Conv_OneTwoAndThreeAxes_AgreesWithFiniteDifferences()
    {
        Conv([Real(2, 3, 6), Real(4, 3, 3), Real(4)]);
        Conv([Real(2, 3, 5, 6), Real(4, 3, 3, 2), Real(4)]);
        Conv([Real(2, 2, 3, 4, 5), Real(3, 2, 2, 2, 3), Real(3)]);
    }

    [TestCase(1, 1)]
    [TestCase(2, 1)]
    [TestCase(3, 1)]
    [TestCase(1, 2)]
    [TestCase(2, 2)]
    public void Conv_StridesAndDilations_AgreesWithFiniteDifferences(long stride, long dilation)
    {
        foreach (long channels in (long[])[2, 9])
        {
            // 8 places leave a rest behind the last window at stride 3; 9 channels take the way for many.
            Conv([Real(2, channels, 8), Real(2, channels, 3), Real(2)], Ints("strides", stride), Ints("dilations", dilation));
            Conv([Real(2, channels, 8), Real(2, channels, 3)], Ints("strides", stride), Ints("dilations", dilation), Ints("pads", 1, 2));
            Conv([Real(2, channels, 8), Real(2, channels, 1)], Ints("strides", stride));
        }
        Conv([Real(1, 2, 6, 7), Real(2, 2, 2, 3)], Ints("strides", stride, 1), Ints("dilations", 1, dilation), Ints("pads", 1, 0, 0, 1));
    }

    [TestCase("SAME_UPPER")]
    [TestCase("SAME_LOWER")]
    [TestCase("VALID")]
    [TestCase("NOTSET")]
    public void Conv_AutoPad_AgreesWithFiniteDifferences(string padding)
    {
        Conv([Real(2, 2, 7), Real(2, 2, 4), Real(2)], OnnxAttribute.Of("auto_pad", padding));
        GradientCheck.Node("Conv", [Real(2, 2, 7), Real(2, 2, 4)], [OnnxAttribute.Of("auto_pad", padding), Ints("strides", 2)], open: false, type: OnnxElementType.Float);
        GradientCheck.Node("Conv", [Real(2, 2, 6), Real(2, 2, 3)], [OnnxAttribute.Of("auto_pad", padding), Ints("strides", 2)], open: false, type: OnnxElementType.Float);
    }

    [Test]
    public void Conv_AutoPadAtStrideOverOpenSize_SaysWhatToFix()
    {
        NotSupportedException? e = Assert.Throws<NotSupportedException>(() =>
            Conv([Real(2, 2, 7), Real(2, 2, 3)], OnnxAttribute.Of("auto_pad", "SAME_UPPER"), Ints("strides", 2)));
        Assert.That(e!.Message, Does.Contain("auto_pad=SAME_UPPER").And.Contain("'x0'").And.Contain("size fixed"));
    }

    [TestCase(1)]
    [TestCase(2)]
    public void Conv_Groups_AgreesWithFiniteDifferences(long stride)
    {
        // Depthwise, depthwise with two outputs each, and three groups of two.
        Conv([Real(2, 3, 7), Real(3, 1, 3), Real(3)], Ints("strides", stride), Ints("pads", 1, 1), OnnxAttribute.Of("group", 3));
        Conv([Real(2, 3, 5, 4), Real(3, 1, 3, 2)], Ints("strides", stride, stride), Ints("pads", 1, 0, 1, 1), OnnxAttribute.Of("group", 3));
        Conv([Real(1, 2, 3, 4, 3), Real(2, 1, 2, 2, 2)], Ints("strides", stride, stride, 1), OnnxAttribute.Of("group", 2));
        Conv([Real(2, 3, 7), Real(6, 1, 3)], Ints("strides", stride), OnnxAttribute.Of("group", 3));
        Conv([Real(2, 6, 5), Real(9, 2, 2), Real(9)], Ints("strides", stride), Ints("pads", 1, 1), OnnxAttribute.Of("group", 3));
    }

    [Test]
    public void Conv_PaddingBeyondTheKernel_AgreesWithFiniteDifferences() => Conv([Real(2, 2, 4), Real(2, 2, 2)], Ints("pads", 2, 3));

    [Test]
    public void Conv_LargeKernelOverManyChannels_AgreesWithFiniteDifferences() => Conv([Real(1, 8, 9, 9), Real(1, 8, 9, 8)], Ints("pads", 1, 0, 0, 0));

    [TestCase(1, 1)]
    [TestCase(2, 1)]
    [TestCase(3, 2)]
    public void ConvTranspose_AgreesWithFiniteDifferences(long stride, long dilation)
    {
        OnnxAttribute[] spaced = [Ints("strides", stride), Ints("dilations", dilation)];
        Transposed([Real(2, 2, 4), Real(2, 3, 3), Real(3)], spaced);
        Transposed([Real(2, 9, 4), Real(9, 2, 3), Real(2)], [.. spaced, Ints("pads", 1, 1)]);
        Transposed([Real(2, 4, 3), Real(4, 2, 3), Real(4)], [.. spaced, OnnxAttribute.Of("group", 2)]);
        Transposed([Real(2, 3, 3), Real(3, 1, 3)], [.. spaced, Ints("pads", 1, 0), OnnxAttribute.Of("group", 3)]);
        Transposed([Real(1, 2, 3, 2), Real(2, 2, 2, 3)], [Ints("strides", stride, stride), Ints("dilations", dilation, 1)]);
        if (stride > 1)
            Transposed([Real(2, 2, 4), Real(2, 3, 3), Real(3)], [.. spaced, Ints("pads", 1, 1), Ints("output_padding", stride - 1)]);
    }

    [TestCase("SAME_UPPER")]
    [TestCase("SAME_LOWER")]
    public void ConvTranspose_AutoPad_AgreesWithFiniteDifferences(string padding)
    {
        Transposed([Real(2, 2, 4), Real(2, 3, 4)], [OnnxAttribute.Of("auto_pad", padding), Ints("strides", 2)]);
        Transposed([Real(2, 2, 4), Real(2, 3, 4)], [OnnxAttribute.Of("auto_pad", padding), Ints("strides", 1)]);
        GradientCheck.Node("ConvTranspose", [Real(2, 2, 4), Real(2, 3, 4)], [OnnxAttribute.Of("auto_pad", padding), Ints("strides", 2), Ints("output_shape", 7)],
            open: false, type: OnnxElementType.Float);
    }

    private static void Conv(CheckedInput[] inputs, params OnnxAttribute[] attributes) => Check("Conv", inputs, attributes);

    private static void Transposed(CheckedInput[] inputs, OnnxAttribute[] attributes) => Check("ConvTranspose", inputs, attributes);

    /// <summary>With all sizes fixed, then with open rows and places; the weights have one size always.</summary>
    private static void Check(string opType, CheckedInput[] inputs, OnnxAttribute[] attributes)
    {
        int[] open = [.. Enumerable.Range(0, inputs[0].Shape.Length).Where(axis => axis != 1)];
        GradientCheck.Node(opType, [inputs[0].OpenAt(open), .. inputs[1..].Select(w => w.OpenAt())], attributes, type: OnnxElementType.Float);
    }

    private static OnnxAttribute Ints(string name, params long[] values) => OnnxAttribute.Of(name, [.. values]);
}
