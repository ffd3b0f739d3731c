using MLTransfer.Onnx.Graphs;
using static MLTransfer.Onnx.Tests.Gradients.CheckedInput;

namespace MLTransfer.Onnx.Tests.Gradients;

internal sealed class IndexRulesTests
{
    [Test]
    public void Gather_TableOfEmbeddings_RepeatedIndicesAdd()
    {
        GradientCheck.Node("Gather", [Real(7, 4), Constant([3L, 0, 3, 3, -7, 6], 2, 3)], held: [7]);
        double[] found = GradientCheck.Gradients("Gather", [Real(4, 2), Constant([1L, 1, -3, 0], 4)])[0];
        Assert.That(found, Is.EqualTo([1.0, 1, 3, 3, 0, 0, 0, 0]));
    }

    [Test]
    public void Gather_AnyAxisAndIndexRank_AgreesWithFiniteDifferences()
    {
        GradientCheck.Node("Gather", [Real(2, 7, 4), Constant([1L, -1, 1], 3)], [OnnxAttribute.Of("axis", 1)], held: [7]);
        GradientCheck.Node("Gather", [Real(2, 5, 4), Constant([3L, 0, 3, 2], 2, 2)], [OnnxAttribute.Of("axis", -1)], held: [4]);
        GradientCheck.Node("Gather", [Real(7, 4), Constant([2L, 1], 1, 1, 2)], held: [7]);
    }

    [Test]
    public void Gather_OneIndex_AgreesWithFiniteDifferences()
    {
        foreach (long[] held in new long[][] { [], [5] })
        {
            GradientCheck.Node("Gather", [Real(2, 5, 4), Constant([0L])], [OnnxAttribute.Of("axis", 1)], held: held);
            GradientCheck.Node("Gather", [Real(2, 5, 4), Constant([-2L], 1)], [OnnxAttribute.Of("axis", 1)], held: held);
            GradientCheck.Node("Gather", [Real(2, 5, 4), Constant([1L], 1, 1)], [OnnxAttribute.Of("axis", 1)], held: held);
        }
    }

    [Test]
    public void GatherElements_RepeatedIndices_AgreesWithFiniteDifferences()
    {
        GradientCheck.Node("GatherElements", [Real(4, 3), Constant([0L, 3, 3, 0, -1, 1], 2, 3)], held: [4]);
        GradientCheck.Node("GatherElements", [Real(2, 4), Constant([0L, 3, 3, 0, 0, 1], 2, 3)], [OnnxAttribute.Of("axis", 1)], held: [4]);
    }

    [Test]
    public void GatherND_RepeatedIndicesAndRows_AgreesWithFiniteDifferences()
    {
        GradientCheck.Node("GatherND", [Real(3, 4), Constant([0L, 1, 2, -1, 0, 1], 3, 2)], held: [4]);
        GradientCheck.Node("GatherND", [Real(4, 5), Constant([0L, 3, 3], 3, 1)], held: [4]);
        GradientCheck.Node("GatherND", [Real(2, 4, 5), Constant([0L, 3], 2, 1)], [OnnxAttribute.Of("batch_dims", 1)], held: [4]);
    }

    [TestCase("none")]
    [TestCase("add")]
    public void Scatter_BothOperands_AgreesWithFiniteDifferences(string reduction)
    {
        OnnxAttribute kind = OnnxAttribute.Of("reduction", reduction);
        GradientCheck.Node("ScatterElements", [Real(4, 3), Constant([0L, 3, 3, 1, -4, 1], 2, 3), Real(2, 3)], [kind, OnnxAttribute.Of("axis", 0)], open: false);
        GradientCheck.Node("ScatterND", [Real(4, 3), Constant([3L, 0], 2, 1), Real(2, 3)], [kind], open: false);
    }

    [Test]
    public void Scatter_OtherReduction_IsRefused()
    {
        var error = Assert.Throws<NotSupportedException>(() =>
            GradientCheck.Node("ScatterND", [Real(4, 3), Constant([3L, 0], 2, 1), Real(2, 3)], [OnnxAttribute.Of("reduction", "mul")]));
        Assert.That(error.Message, Does.Contain("its reduction is 'mul'"));
    }

    [Test]
    public void TopK_Values_AgreesWithFiniteDifferences()
    {
        GradientCheck.Node("TopK", [Real(3, 4), Constant([2L], 1)], outputs: 2, used: [0]);
        GradientCheck.Node("TopK", [Real(4, 3), Constant([2L], 1)], [OnnxAttribute.Of("axis", 0), OnnxAttribute.Of("largest", 0)], outputs: 2, used: [0]);
    }
}
