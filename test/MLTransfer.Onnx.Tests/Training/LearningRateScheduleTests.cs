namespace MLTransfer.Onnx.Tests.Training;

internal sealed class LearningRateScheduleTests
{
    private static LearningRateSchedule[] All(double warmup) =>
        [LearningRateSchedule.Constant(warmup), LearningRateSchedule.Linear(warmup), LearningRateSchedule.Cosine(warmup), LearningRateSchedule.OneCycle(warmup)];

    [Test]
    public void Factor_AnyStepCount_StaysFromZeroToOneAndReachesThePeak([Values(1, 2, 3, 7, 100)] long steps, [Values(0, 0.1, 0.5, 0.99)] double warmup)
    {
        foreach (LearningRateSchedule schedule in All(warmup))
        {
            double[] factors = [.. Enumerable.Range(0, (int)steps).Select(s => schedule.Factor(s, steps))];
            Assert.That(factors, Is.All.InRange(0, 1), $"{schedule} over {steps}");
            // As in PyTorch the peak of one cycle may lie between two steps, which shows where there are few.
            if (steps >= 7 || !schedule.ToString().StartsWith("OneCycle", StringComparison.Ordinal))
                Assert.That(factors.Max(), Is.GreaterThan(0.75), $"{schedule} over {steps}");
            Assert.That(factors[0], Is.GreaterThan(0), "no step is wasted");
        }
    }

    [Test]
    public void Factor_HandCases()
    {
        Assert.That(LearningRateSchedule.Constant(0.5).Factor(0, 8), Is.EqualTo(0.25));
        Assert.That(LearningRateSchedule.Constant(0.5).Factor(7, 8), Is.EqualTo(1));
        Assert.That(LearningRateSchedule.Linear(0.5).Factor(6, 8), Is.EqualTo(0.5));
        Assert.That(LearningRateSchedule.Cosine(0).Factor(4, 8), Is.EqualTo(0.5).Within(1e-15));
        Assert.That(LearningRateSchedule.OneCycle(0.25).Factor(0, 8), Is.EqualTo(0.04).Within(1e-15));
        Assert.That(LearningRateSchedule.OneCycle(0.25).Factor(1, 8), Is.EqualTo(1).Within(1e-15));
        Assert.That(LearningRateSchedule.OneCycle(0.25).Factor(7, 8), Is.EqualTo(4e-6).Within(1e-15));
    }

    [TestCase(-0.1)]
    [TestCase(1)]
    [TestCase(double.NaN)]
    public void Warmup_OutsideItsRange_IsRefused(double warmup) =>
        Assert.That(() => LearningRateSchedule.Cosine(warmup), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("warmupFraction"));
}
