using Microsoft.ML.OnnxRuntime;
using MLTransfer.FineTuning;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Training.Graphs;

namespace MLTransfer.Tests.FineTuning;

internal sealed class RowPartTests
{
    [Test]
    public void Keep_PaddedRows_KeepsEachAtItsOwnLength()
    {
        float[] values = [.. Enumerable.Range(0, 2 * 5 * 3).Select(i => (float)i)];
        using var part = new RowPart(Port(OnnxElementType.Float, "rows", "tokens", 3), new MemoryBudget(1 << 20));
        part.Store.Reserve(2);
        using (OrtValue tensor = OrtValue.CreateTensorValueFromMemory(values, [2, 5, 3]))
            part.Keep([1, 0], [2, 5], tensor);
        Assert.That(Row(part, 1), Is.EqualTo(values[..6]));
        Assert.That(Row(part, 0), Is.EqualTo(values[15..]));
    }

    [Test]
    public void Keep_TheOpenAxisBehindAnother_CutsInsideIt()
    {
        float[] values = [.. Enumerable.Range(0, 2 * 4).Select(i => (float)i)];
        using var part = new RowPart(Port(OnnxElementType.Float, "rows", 2, "frames"), new MemoryBudget(1 << 20));
        part.Store.Reserve(1);
        using (OrtValue tensor = OrtValue.CreateTensorValueFromMemory(values, [1, 2, 4]))
            part.Keep([0], [3], tensor);
        Assert.That(Row(part, 0), Is.EqualTo(new float[] { 0, 1, 2, 4, 5, 6 }));
    }

    [Test]
    public void Keep_Integers_KeepsTheirValues()
    {
        using var part = new RowPart(Port(OnnxElementType.Int64, "rows", "tokens"), new MemoryBudget(1 << 20));
        part.Store.Reserve(1);
        using (OrtValue tensor = OrtValue.CreateTensorValueFromMemory(new[] { 101L, 30_521, 0 }, [1, 3]))
            part.Keep([0], [2], tensor);
        Assert.That(Row(part, 0), Is.EqualTo(new float[] { 101, 30_521 }));
    }

    private static OnnxValue Port(OnnxElementType type, params OnnxDimension[] axes) => new() { Name = "x", ElementType = type, Dimensions = [.. axes] };

    private static float[] Row(RowPart part, int row)
    {
        float[] values = new float[part.Store.CountOf(row)];
        part.Store.CopyTo(row, values);
        return values;
    }
}
