namespace MLTransfer.Onnx.Tests.Training;

internal sealed class TrainingOptionsTests
{
    private static IEnumerable<TestCaseData> Refused()
    {
        static TestCaseData Case(string option, Func<object> make) => new TestCaseData(option, make).SetArgDisplayNames(option);
        yield return Case("EpochCount", () => new TrainingOptions { EpochCount = 0 });
        yield return Case("BatchSize", () => new TrainingOptions { BatchSize = 0 });
        yield return Case("AccumulationCount", () => new TrainingOptions { AccumulationCount = -1 });
        yield return Case("LearningRate", () => new TrainingOptions { LearningRate = 0 });
        yield return Case("LearningRate", () => new TrainingOptions { LearningRate = double.NaN });
        yield return Case("LearningRate", () => new TrainingOptions { LearningRate = double.PositiveInfinity });
        yield return Case("Optimizer", () => new TrainingOptions { Optimizer = null! });
        yield return Case("Schedule", () => new TrainingOptions { Schedule = null! });
        yield return Case("WeightDecay", () => new TrainingOptions { WeightDecay = -1 });
        yield return Case("GradientClipNorm", () => new TrainingOptions { GradientClipNorm = 0 });
        yield return Case("SelectionCriterion", () => new TrainingOptions { SelectionCriterion = (SelectionCriterion)7 });
        yield return Case("HeldOutFraction", () => new TrainingOptions { HeldOutFraction = 1 });
        yield return Case("WeightAverageDecay", () => new TrainingOptions { WeightAverageDecay = 1 });
        yield return Case("L2Sp", () => new TrainingOptions { L2Sp = -0.1 });
        yield return Case("ThreadCount", () => new TrainingOptions { ThreadCount = 0 });
        yield return Case("CheckpointPath", () => new TrainingOptions { CheckpointPath = " " });
        yield return Case("CheckpointEverySteps", () => new TrainingOptions { CheckpointEverySteps = 0 });
        yield return Case("Patience", () => new EarlyStopping { Patience = 0 });
        yield return Case("MinimumImprovement", () => new EarlyStopping { MinimumImprovement = double.NaN });
        yield return Case("beta1", () => Optimizer.AdamW(beta1: 1));
        yield return Case("beta2", () => Optimizer.AdamW(beta2: -0.1));
        yield return Case("epsilon", () => Optimizer.AdamW(epsilon: 0));
        yield return Case("momentum", () => Optimizer.Sgd(momentum: 1));
        yield return Case("momentum", () => Optimizer.Sgd(momentum: 0, nesterov: true));
    }

    [TestCaseSource(nameof(Refused))]
    public void Option_OutsideItsRange_IsRefusedByName(string option, Func<object> make) =>
        Assert.That(() => make(), Throws.InstanceOf<ArgumentException>().With.Property("ParamName").EqualTo(option));

    [Test]
    public void Text_NamesEverySetting()
    {
        Assert.That(Optimizer.AdamW().ToString(), Is.EqualTo("AdamW(0.9, 0.999, 1E-08)"));
        Assert.That(Optimizer.Sgd(0.5, nesterov: true).ToString(), Is.EqualTo("Sgd(0.5, Nesterov)"));
        Assert.That(LearningRateSchedule.OneCycle().ToString(), Is.EqualTo("OneCycle(0.3)"));
    }

    [Test]
    public void Values_OfTheSameSettings_AreEqual()
    {
        Assert.That(Optimizer.AdamW(), Is.EqualTo(Optimizer.AdamW(0.9)));
        Assert.That(Optimizer.AdamW(), Is.Not.EqualTo(Optimizer.AdamW(0.8)));
        Assert.That(LearningRateSchedule.Cosine(), Is.EqualTo(LearningRateSchedule.Cosine(0.1)));
        Assert.That(LearningRateSchedule.Cosine(), Is.Not.EqualTo(LearningRateSchedule.Linear()));
    }
}
