using System.Collections.Immutable;
using Microsoft.ML.OnnxRuntime;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Training;
using MLTransfer.Onnx.Training.Graphs;

namespace MLTransfer.Onnx.Tests.Training.Graphs;

internal sealed class RowSourceTests
{
    [Test]
    public void Fill_FixedSizes_PutsRowsOneBehindTheOther()
    {
        var store = new MatrixStore([1, 2, 3, 4, 5, 6], 2);
        using RowTensor tensor = new RowSource("x", store, [2]).CreateTensor();
        (long[] shape, float[] values) = Read<float>(tensor.Fill([2, 0], 1, default));
        Assert.That(shape, Is.EqualTo(new[] { 2, 2 }));
        Assert.That(values, Is.EqualTo(new[] { 5, 6, 1, 2 }));
    }

    [Test]
    public void Fill_OpenAxisFirst_PadsAtTheEndOfEachRow()
    {
        // Tokens of two numbers.
        var store = new Store([1, 2], [3, 4, 5, 6]);
        using RowTensor tensor = new RowSource("x", store, [null, 2]).CreateTensor();
        (long[] shape, float[] values) = Read<float>(tensor.Fill([0, 1], 2, default));
        Assert.That(shape, Is.EqualTo(new[] { 2, 2, 2 }));
        Assert.That(values, Is.EqualTo(new[] { 1, 2, 0, 0, 3, 4, 5, 6 }));
    }

    [Test]
    public void Fill_OpenAxisInTheMiddle_PadsWithinEachPart()
    {
        // Two heads, tokens, one number: a head's tokens lie together.
        var store = new Store([1, 2], [3, 4, 5, 6]);
        using RowTensor tensor = new RowSource("x", store, [2, null, 1]).CreateTensor();
        (long[] shape, float[] values) = Read<float>(tensor.Fill([0, 1], 2, default));
        Assert.That(shape, Is.EqualTo(new[] { 2, 2, 2, 1 }));
        Assert.That(values, Is.EqualTo(new[] { 1, 0, 2, 0, 3, 4, 5, 6 }));
    }

    [Test]
    public void Fill_AfterALongerRow_LeavesNothingOfItInThePadding()
    {
        var store = new Store([9, 9, 9, 9], [1], [2, 3]);
        using RowTensor tensor = new RowSource("x", store, [null]).CreateTensor();
        Read<float>(tensor.Fill([0, 1], 4, default));
        Assert.That(Read<float>(tensor.Fill([1, 2], 2, default)).Values, Is.EqualTo(new[] { 1, 0, 2, 3 }));
    }

    [Test]
    public void Fill_SameShapeAgain_IsTheSameTensor()
    {
        var store = new MatrixStore([1, 2, 3, 4], 2);
        using RowTensor tensor = new RowSource("x", store, [2]).CreateTensor();
        OrtValue first = tensor.Fill([0], 1, default);
        Assert.That(tensor.Fill([1], 1, default), Is.SameAs(first));
        Assert.That(tensor.Fill([0, 1], 1, default), Is.Not.SameAs(first));
    }

    [Test]
    public void Integers_OfEachType_KeepTheirValues()
    {
        var store = new Store([101, 0, 16_777_216], [7]);
        Assert.That(Integers<long>(OnnxElementType.Int64, store, [null]), Is.EqualTo(new long[] { 101, 0, 16_777_216, 7, 0, 0 }));
        Assert.That(Integers<int>(OnnxElementType.Int32, store, [null]), Is.EqualTo(new[] { 101, 0, 16_777_216, 7, 0, 0 }));
        Assert.That(Integers<bool>(OnnxElementType.Bool, store, [null]), Is.EqualTo(new[] { true, false, true, true, false, false }));
    }

    [Test]
    public void Integers_OpenAxisBehindAnother_PadWithinEachPart()
    {
        var store = new Store([1, 2], [3, 4, 5, 6]);
        Assert.That(Integers<long>(OnnxElementType.Int64, store, [2, null]), Is.EqualTo(new long[] { 1, 0, 2, 0, 3, 4, 5, 6 }));
        Assert.That(Integers<long>(OnnxElementType.Int64, store, [1, null]), Is.EqualTo(new long[] { 1, 2, 0, 0, 3, 4, 5, 6 }));
        Assert.That(Integers<long>(OnnxElementType.Int64, store, [null, 2]), Is.EqualTo(new long[] { 1, 2, 0, 0, 3, 4, 5, 6 }));
    }

    [Test]
    public void Dropout_DropsTheRate_AndScalesWhatIsLeft()
    {
        const int rows = 200, width = 100;
        const double rate = 0.3;
        float[] factors = Dropped([.. Enumerable.Range(0, rows)], width, rate, epoch: 0);
        Assert.That(factors.Distinct().Order(), Is.EqualTo(new[] { 0f, (float)(1 / 0.7) }));
        // Five standard deviations of a binomial share over 20,000 draws.
        Assert.That(factors.Count(f => f == 0) / (double)(rows * width), Is.EqualTo(rate).Within(5 * Math.Sqrt(rate * (1 - rate) / (rows * width))));
        Assert.That(factors.Average(), Is.EqualTo(1).Within(0.03));
    }

    [Test]
    public void Dropout_OfARow_IsTheSameInAnyBatch_AndDiffersBetweenEpochsLayersAndRows()
    {
        float[] alone = Dropped([7], 64, 0.5, epoch: 3);
        Assert.That(Dropped([2, 7, 9], 64, 0.5, epoch: 3)[64..128], Is.EqualTo(alone));
        Assert.That(Dropped([7], 64, 0.5, epoch: 4), Is.Not.EqualTo(alone));
        Assert.That(Dropped([8], 64, 0.5, epoch: 3), Is.Not.EqualTo(alone));
        Assert.That(Dropped([7], 64, 0.5, epoch: 3, layer: 1), Is.Not.EqualTo(alone));
        Assert.That(Dropped([7], 64, 0.5, epoch: 3, seed: 2), Is.Not.EqualTo(alone));
    }

    [Test]
    public void Dropout_InEvaluation_IsOne()
    {
        using RowTensor tensor = new DropoutSource("d", 4, 0.5, 0, IsTraining: false).CreateTensor();
        Assert.That(Read<float>(tensor.Fill([0, 1], 1, default)).Values, Is.All.EqualTo(1));
    }

    private static float[] Dropped(int[] rows, int width, double rate, int epoch, int layer = 0, int seed = 1)
    {
        using RowTensor tensor = new DropoutSource("d", width, rate, layer, IsTraining: true).CreateTensor();
        return Read<float>(tensor.Fill(rows, 1, new StepInfo(0, epoch, 0, seed, 1))).Values;
    }

    private static T[] Integers<T>(OnnxElementType type, Store store, ImmutableArray<int?> sizes)
        where T : unmanaged
    {
        using RowTensor tensor = new IntegerSource("ids", type, store, sizes).CreateTensor();
        return Read<T>(tensor.Fill([0, 1], 1, default)).Values;
    }

    private static (long[] Shape, T[] Values) Read<T>(OrtValue value)
        where T : unmanaged => (value.GetTensorTypeAndShape().Shape, value.GetTensorDataAsSpan<T>().ToArray());

    private sealed class Store(params float[][] rows) : IRowStore
    {
        public int CountOf(int row) => rows[row].Length;

        public void CopyTo(int row, Span<float> destination) => rows[row].CopyTo(destination);
    }
}
