using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MLTransfer.Onnx.Gradients;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Tests.Graphs;
using static MLTransfer.Onnx.Tests.Gradients.CheckedInput;

namespace MLTransfer.Onnx.Tests.Gradients;

internal sealed class ShapeRulesTests
{
    [Test]
    public void Reshape_AndItsKin_AgreesWithFiniteDifferences()
    {
        GradientCheck.Node("Reshape", [Real(2, 3, 4), Constant([0L, -1], 2)]);
        GradientCheck.Node("Reshape", [Real(2, 3), Constant([6L], 1)], open: false);
        GradientCheck.Node("Flatten", [Real(2, 3, 4)], [OnnxAttribute.Of("axis", -2)]);
        GradientCheck.Node("Flatten", [Real(2, 3, 4)]);
        GradientCheck.Node("Squeeze", [Real(2, 1, 3, 1), Constant([1L, -1], 2)]);
        GradientCheck.Node("Squeeze", [Real(1, 2, 1, 3)]);
        GradientCheck.Node("Unsqueeze", [Real(2, 3), Constant([0L, -1], 2)]);
    }

    [Test]
    public void Transpose_AnyOrder_AgreesWithFiniteDifferences()
    {
        GradientCheck.Node("Transpose", [Real(2, 3, 4)], [OnnxAttribute.Of("perm", [2L, 0, 1])]);
        GradientCheck.Node("Transpose", [Real(2, 3, 4)]);
        GradientCheck.Node("Transpose", [Real(2, 3)]);
    }

    [Test]
    public void Concat_AnyAxis_AgreesWithFiniteDifferences()
    {
        GradientCheck.Node("Concat", [Real(2, 3), Real(2, 1), Real(2, 4)], [OnnxAttribute.Of("axis", -1)]);
        GradientCheck.Node("Concat", [Real(2, 3), Constant([1.0, 2, 3], 1, 3), Real(5, 3)], [OnnxAttribute.Of("axis", 0)]);
        GradientCheck.Node("Concat", [Real(2, 3)], [OnnxAttribute.Of("axis", 0)]);
    }

    [Test]
    public void Split_SizesOrEqualParts_AgreesWithFiniteDifferences()
    {
        GradientCheck.Node("Split", [Real(2, 6)], [OnnxAttribute.Of("axis", -1)], outputs: 3, open: false);
        GradientCheck.Node("Split", [Real(3, 4), Constant([1L, 3], 2)], [OnnxAttribute.Of("axis", 1)], outputs: 2, open: false);
        GradientCheck.Node("Split", [Real(2, 5), Constant([2L], 1)], held: [2]);
        GradientCheck.Node("Split", [Real(5, 4), Constant([1L, 1, 2], 3)], [OnnxAttribute.Of("axis", 1)], outputs: 3, used: [1], open: false);
        GradientCheck.Node("Split", [Real(5, 4)], [OnnxAttribute.Of("axis", 1), OnnxAttribute.Of("num_outputs", 2)], outputs: 2, used: [0], open: false, opset: 18);
    }

    [Test]
    public void Slice_AnyStartEndAndStep_AgreesWithFiniteDifferences()
    {
        GradientCheck.Node("Slice", [Real(4, 3), Constant([1L], 1), Constant([3L], 1)]);
        GradientCheck.Node("Slice", [Real(4, 5, 3), Constant([1L, -2], 2), Constant([100L, -1], 2), Constant([1L, -1], 2)]);
        GradientCheck.Node("Slice", [Real(4, 5), Constant([-100L], 1), Constant([3L], 1), Constant([-1L], 1)]);
        GradientCheck.Node("Slice", [Real(4, 5), Constant([0L], 1), Constant([long.MaxValue], 1), Constant([1L], 1), Constant([2L], 1)]);
        GradientCheck.Node("Slice", [Real(4, 5), Constant([-1L], 1), Constant([long.MinValue], 1), Constant([1L], 1), Constant([-2L], 1)]);
        GradientCheck.Node("Slice", [Real(4, 5), Constant([1], 1), Constant([4], 1), Constant([0], 1), Constant([1], 1)]);
    }

    [Test]
    public void Slice_PartOfFewerNumbersThanItStartsAt_IsZeros()
    {
        // Of 4 rows none is behind the sixth.
        GradientCheck.Node("Slice", [Real(4, 3), Constant([0L, 6], 2), Constant([2L, 9], 2), Constant([1L, 0], 2)], open: false);
    }

    [Test]
    public void Slice_ComputedEnd_WritesBackWhatWasTaken()
    {
        var graph = new GraphBuilder("computed");
        graph.Input("x", OnnxElementType.Float, "rows", 2);
        graph.Node("Sub", [graph.Node("Shape", ["x"], "shape", OnnxAttribute.Of("end", 1)), graph.Initializer("one", [1L])], "end");
        graph.Node("Slice", ["x", graph.Initializer("zero", [0L], 1), "end"], "y");
        OnnxModel model = graph.Output(graph.Node("ReduceSum", ["y"], "L", OnnxAttribute.Of("keepdims", 0)), OnnxElementType.Float).Build();
        GradientModel gradients = GradientGraph.Of(model, "L", ["x"], ProbedShapes.Of(model, "computed"), "computed");
        using InferenceSession session = Scoring.Open(gradients.Model.ToBytes());
        using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> made =
            session.Run([NamedOnnxValue.CreateFromTensor("x", new DenseTensor<float>(new float[10], [5, 2]))], [gradients.Gradients["x"]]);
        Assert.That(made[0].AsEnumerable<float>().ToArray(), Is.EqualTo([1f, 1, 1, 1, 1, 1, 1, 1, 0, 0]));
    }

    [Test]
    public void Pad_AnyBorders_AgreesWithFiniteDifferences()
    {
        GradientCheck.Node("Pad", [Real(2, 3), Constant([0L, 1, 2, 0], 4)]);
        GradientCheck.Node("Pad", [Real(2, 3), Constant([0L, -1, 2, 3], 4), Constant([7.0])]);
        GradientCheck.Node("Pad", [Real(2, 3), Constant([1L, 2], 2), Absent, Constant([-1L], 1)], opset: 18);
    }

    [Test]
    public void Pad_Reflected_IsRefused()
    {
        var error = Assert.Throws<NotSupportedException>(() => GradientCheck.Node("Pad", [Real(2, 3), Constant([0L, 1, 0, 1], 4)], [OnnxAttribute.Of("mode", "reflect")]));
        Assert.That(error.Message, Does.Contain("pads in mode 'reflect'"));
    }

    [Test]
    public void Expand_AnyBroadcast_AgreesWithFiniteDifferences()
    {
        GradientCheck.Node("Expand", [Real(3, 1), Constant([2L, 1, 4], 3)]);
        GradientCheck.Node("Expand", [Real(3, 4), Constant([1L, 1], 2)]);
    }

    [Test]
    public void Tile_AgreesWithFiniteDifferences() => GradientCheck.Node("Tile", [Real(3, 4), Constant([2L, 3], 2)]);

    [TestCase("DCR")]
    [TestCase("CRD")]
    public void DepthToSpace_BothModes_AgreesWithFiniteDifferences(string mode)
    {
        // The depth must be divisible by 4.
        GradientCheck.Node("DepthToSpace", [Real(2, 8, 3, 5)], [OnnxAttribute.Of("blocksize", 2), OnnxAttribute.Of("mode", mode)], held: [8]);
    }

    [Test]
    public void SpaceToDepth_AgreesWithFiniteDifferences() =>
        GradientCheck.Node("SpaceToDepth", [Real(2, 3, 4, 6)], [OnnxAttribute.Of("blocksize", 2)], held: [4, 6]);
}
