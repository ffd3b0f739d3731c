using MLTransfer.Onnx.Training;

namespace MLTransfer.Onnx.Tests.Training;

/// <summary>The small pieces around a step.</summary>
internal sealed class ArithmeticTests
{
    [Test]
    public void Layout_OddSizes_AlignsEachTensorToSixteenNumbers()
    {
        ParameterLayout layout = new([new TrainedTensor("scalar", []), new TrainedTensor("empty", [0, 3]), new TrainedTensor("odd", [17]), new TrainedTensor("whole", [4, 4])]);
        Assert.That(layout.Tensors.Select(t => t.Offset), Is.EqualTo(new[] { 0, 16, 16, 48 }));
        Assert.That(layout.Tensors.Select(t => t.Count), Is.EqualTo(new[] { 1, 0, 17, 16 }));
        Assert.That(layout.Length, Is.EqualTo(64));
        Assert.That(layout.ParameterCount, Is.EqualTo(34));
    }

    [TestCase(1)]
    [TestCase(3)]
    [TestCase(8)]
    public void Layout_Parts_HoldEveryNumberOnce(int count)
    {
        ParameterLayout layout = new([new TrainedTensor("w", [75])]);
        (int Start, int End)[] parts = [.. Enumerable.Range(0, count).Select(part => layout.Part(part, count))];
        Assert.That(parts[0].Start, Is.Zero);
        Assert.That(parts[^1].End, Is.EqualTo(layout.Length));
        Assert.That(parts.Skip(1).Select(p => p.Start), Is.EqualTo(parts.SkipLast(1).Select(p => p.End)));
        Assert.That(parts.Select(p => p.Start % ParameterLayout.Alignment), Is.All.Zero);
    }

    [Test]
    public void Layout_NameTwice_NamesIt() =>
        Assert.That(() => new ParameterLayout([new TrainedTensor("w", [1]), new TrainedTensor("w", [2])]), Throws.ArgumentException.With.Message.Contains("'w'"));

    [Test]
    public void Layout_FactorNegative_NamesTheTensor() => Assert.That(
        () => new ParameterLayout([new TrainedTensor("w", [1]) { LearningRateFactor = -1 }]), Throws.ArgumentException.With.Message.Contains("'w'").And.Message.Contains("-1"));

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(15)]
    [TestCase(37)]
    public void Norm_AnySize_IsTheRootOfTheSumOfSquares(int count)
    {
        ParameterLayout layout = new([new TrainedTensor("w", [count])]);
        float[] gradient = layout.Allocate();
        for (int i = 0; i < count; i++)
            gradient[i] = i + 1;
        Assert.That(GradientNorm.Measure(layout, 0, gradient), Is.EqualTo(Math.Sqrt(count * (count + 1.0) * (2 * count + 1) / 6)).Within(1e-12).Percent);
    }

    [Test]
    public void Norm_SquaresBeyondSingle_IsFinite()
    {
        ParameterLayout layout = new([new TrainedTensor("w", [3])]);
        float[] gradient = layout.Allocate();
        gradient[0] = 3e38f;
        Assert.That(GradientNorm.Measure(layout, 0, gradient), Is.EqualTo((double)3e38f).Within(1e-9).Percent);
    }

    [Test]
    public void Norm_FrozenTensor_CountsNowhere()
    {
        ParameterLayout layout = new([new TrainedTensor("frozen", [2]) { FirstEpoch = 2 }, new TrainedTensor("w", [2])]);
        float[] gradient = layout.Allocate();
        gradient[0] = float.NaN;
        gradient[layout.Tensors[1].Offset] = 2;
        Assert.That(GradientNorm.Measure(layout, 1, gradient), Is.EqualTo(2));
        Assert.That(GradientNorm.FirstNonFinite(layout, 1, gradient), Is.Null);
        Assert.That(GradientNorm.FirstNonFinite(layout, 2, gradient)!.Name, Is.EqualTo("frozen"));
    }

    [Test]
    public void IsFinite_BadNumberAnywhere_IsFound([Values(float.NaN, float.PositiveInfinity, float.NegativeInfinity)] float bad, [Values(1, 8, 37)] int count)
    {
        float[] values = new float[count];
        values.AsSpan().Fill(float.MaxValue);
        Assert.That(GradientNorm.IsFinite(values), Is.True);
        for (int i = 0; i < count; i++)
        {
            float[] spoiled = [.. values];
            spoiled[i] = bad;
            Assert.That(GradientNorm.IsFinite(spoiled), Is.False, $"place {i} of {count}");
        }
    }

    [Test]
    public void PullToStart_AddsTheGradientOfThePenalty_ToPretrainedTensorsOnly()
    {
        ParameterLayout layout = new([new TrainedTensor("body", [9]) { IsPretrained = true }, new TrainedTensor("head", [9])]);
        float[] start = layout.Allocate();
        float[] parameters = layout.Allocate();
        float[] gradient = layout.Allocate();
        start.AsSpan().Fill(1);
        parameters.AsSpan().Fill(3);
        gradient.AsSpan().Fill(0.5f);
        PullToStart.Add(layout, 0, 0.25, parameters, start, gradient);
        Assert.That(gradient[..9], Is.All.EqualTo(1f));
        Assert.That(gradient[9..], Is.All.EqualTo(0.5f));
    }

    [Test]
    public void WeightAverage_HandCase_WarmsUp()
    {
        ParameterLayout layout = new([new TrainedTensor("w", [1])]);
        WeightAverage average = new(layout, new float[layout.Length], decay: 0.15);
        float[] parameters = layout.Allocate();
        parameters[0] = 1;
        average.Update(parameters, 0);
        // d₀ = 1/10, so nine tenths of the way.
        Assert.That(average.Values[0], Is.EqualTo(0.9f));
        parameters[0] = 2;
        average.Update(parameters, 1);
        // d₁ = min(0.15, 2/11) = 0.15.
        Assert.That(average.Values[0], Is.EqualTo(0.15f * 0.9f + 0.85f * 2).Within(1e-6f));
        Assert.That(WeightAverage.DecayOf(0.999, 1_000_000), Is.EqualTo(0.999));
    }

    [Test]
    public void CounterRandom_PinnedNumbers_NeverChange()
    {
        CounterRandom random = new(42, RandomStream.RowOrder, 3);
        int[] order = [.. Enumerable.Range(0, 10)];
        random.Shuffle(order.AsSpan());
        // The same formula in whole numbers of Python gives these.
        Assert.That(random.Bits(0), Is.EqualTo(1927902570537253798UL));
        Assert.That(random.Bits(1), Is.EqualTo(10986382108193446342UL));
        Assert.That(order, Is.EqualTo(new[] { 6, 9, 0, 2, 3, 5, 4, 1, 8, 7 }));
    }

    [Test]
    public void CounterRandom_Index_IsEven()
    {
        CounterRandom random = new(-7, RandomStream.Dropout, 0);
        int[] counts = new int[7];
        for (int i = 0; i < 70_000; i++)
            counts[random.Index(i, 7)]++;
        // Five standard deviations of a count are 463.
        Assert.That(counts, Is.All.InRange(9_537, 10_463));
    }

    [Test]
    public void CounterRandom_OtherSeedStreamOrIndex_GivesOtherNumbers()
    {
        ulong[] firsts =
        [
            new CounterRandom(0, RandomStream.RowOrder, 0).Bits(0), new CounterRandom(1, RandomStream.RowOrder, 0).Bits(0), new CounterRandom(-1, RandomStream.RowOrder, 0).Bits(0),
            new CounterRandom(0, RandomStream.HeldOut, 0).Bits(0), new CounterRandom(0, RandomStream.RowOrder, 1).Bits(0), new CounterRandom(0, RandomStream.RowOrder, 0).Bits(1),
        ];
        Assert.That(firsts, Is.Unique);
    }

    [Test]
    public void HeldOutRows_WithClasses_KeepsTheirShares()
    {
        int[] classes = [.. Enumerable.Range(0, 100).Select(i => i < 90 ? 0 : i < 99 ? 1 : 2)];
        (int[] training, int[] heldOut) = HeldOutRows.Divide(100, 0.29, 5, classes);
        Assert.That(training.Concat(heldOut).Order(), Is.EqualTo(Enumerable.Range(0, 100)));
        // 29 % of 90, 9 and 1, rounded down.
        Assert.That(heldOut.GroupBy(r => classes[r]).OrderBy(g => g.Key).Select(g => g.Count()), Is.EqualTo(new[] { 26, 2 }));
        Assert.That(HeldOutRows.Divide(100, 0.29, 5, classes).HeldOut, Is.EqualTo(heldOut));
        Assert.That(HeldOutRows.Divide(100, 0.29, 6, classes).HeldOut, Is.Not.EqualTo(heldOut));
    }

    [TestCase(0, 0.5, 0)]
    [TestCase(1, 0.5, 0)]
    [TestCase(2, 0.01, 1)]
    [TestCase(100, 0.29, 29)]
    [TestCase(100, 0, 0)]
    public void HeldOutRows_WithoutClasses_CountsRows(int rows, double fraction, int expected) =>
        Assert.That(HeldOutRows.Divide(rows, fraction, 1).HeldOut, Has.Length.EqualTo(expected));
}
