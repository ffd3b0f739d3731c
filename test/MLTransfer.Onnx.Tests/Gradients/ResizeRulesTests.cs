using MLTransfer.Onnx.Gradients;
using MLTransfer.Onnx.Graphs;
using static MLTransfer.Onnx.Tests.Gradients.CheckedInput;

namespace MLTransfer.Onnx.Tests.Gradients;

internal sealed class ResizeRulesTests
{
    [Test]
    public void Resize_AnyModeAndScale_AgreesWithFiniteDifferences(
        [Values("nearest", "linear")] string mode, [Values("asymmetric", "half_pixel", "pytorch_half_pixel", "align_corners")] string places)
    {
        OnnxAttribute[] attributes = [OnnxAttribute.Of("mode", mode), OnnxAttribute.Of("coordinate_transformation_mode", places)];
        foreach ((double vertical, double horizontal) in ((double, double)[])[(2, 2), (1.5, 1), (0.5, 0.7), (3, 0.2)])
            Scaled(attributes, vertical, horizontal);
        foreach ((long height, long width) in ((long, long)[])[(8, 10), (7, 3), (4, 5), (1, 11)])
            Sized(attributes, height, width);
    }

    [TestCase("floor")]
    [TestCase("ceil")]
    [TestCase("round_prefer_floor")]
    [TestCase("round_prefer_ceil")]
    public void Resize_NearestMode_AgreesWithFiniteDifferences(string rounding)
    {
        foreach (string places in (string[])["asymmetric", "half_pixel"])
        {
            OnnxAttribute[] attributes = [OnnxAttribute.Of("nearest_mode", rounding), OnnxAttribute.Of("coordinate_transformation_mode", places)];
            Scaled(attributes, 2, 1.5);
            Sized(attributes, 3, 7);
        }
    }

    [Test]
    public void Resize_Volume_AgreesWithFiniteDifferences() => GradientCheck.Node("Resize",
        [Real(2, 1, 2, 3, 4).OpenAt(0), Absent, Scales(1, 1, 2, 1.5, 0.5)], [OnnxAttribute.Of("mode", "linear")], type: OnnxElementType.Float);

    [Test]
    public void Resize_ScalesOfSomeAxes_AgreesWithFiniteDifferences() => GradientCheck.Node("Resize",
        [Real(2, 3, 4, 5).OpenAt(0), Absent, Scales(0.5, 2)], [OnnxAttribute.Of("mode", "linear"), OnnxAttribute.Of("axes", [-1, 2])], type: OnnxElementType.Float, opset: 18);

    [Test]
    public void Resize_OpenSize_SaysWhatToFix()
    {
        NotSupportedException? e = Assert.Throws<NotSupportedException>(() =>
            GradientCheck.Node("Resize", [Real(2, 1, 6, 5).OpenAt(0, 2, 3), Absent, Scales(1, 1, 2, 2)], type: OnnxElementType.Float));
        Assert.That(e!.Message, Does.Contain("Resize 'y0'").And.Contain("axis 2").And.Contain("'x0'"));
    }

    [Test]
    public void Resize_Cubic_NamesTheMode()
    {
        var node = new OnnxNode { OpType = "Resize", Inputs = ["x"], Outputs = ["y"], Attributes = [OnnxAttribute.Of("mode", "cubic")] };
        Assert.That(GradientRules.Find(node, new NodeIndex(new OnnxGraph { Nodes = [node] }), out string? problem), Is.Null);
        Assert.That(problem, Does.Contain("mode=cubic").And.Contain("nearest and linear"));
    }

    private static void Scaled(OnnxAttribute[] attributes, double vertical, double horizontal) =>
        GradientCheck.Node("Resize", [Real(2, 3, 4, 5).OpenAt(0), Absent, Scales(1, 1, vertical, horizontal)], attributes, type: OnnxElementType.Float);

    // Sizes state the rows too, so that these are fixed.
    private static void Sized(OnnxAttribute[] attributes, long height, long width) =>
        GradientCheck.Node("Resize", [Real(2, 3, 4, 5), Absent, Absent, Constant([2L, 3, height, width], 4)], attributes, open: false, type: OnnxElementType.Float);

    private static CheckedInput Scales(params double[] scales) => Constant(scales, scales.Length);
}
