using MLTransfer.Cli.Data;
using MLTransfer.Cli.Rendering;
using MLTransfer.Cli.Training;
using MLTransfer.Evaluation;

namespace MLTransfer.Cli.Tests;

public sealed class TrainReportTests
{
    [TestCase(0, 0, 1)]
    // 2 · (1 + 6) / 2⁶
    [TestCase(5, 1, 0.21875)]
    [TestCase(1, 5, 0.21875)]
    // 2 / 2¹⁰
    [TestCase(10, 0, 0.001953125)]
    // 2 · Σ_{i ≤ 950} C(2000, i) / 2²⁰⁰⁰, with whole numbers of any size; scipy.stats.binomtest gives the same.
    [TestCase(950, 1050, 0.026824146)]
    public void ChanceProbability_IsThatOfTheSignTest(int first, int second, double expected) =>
        Assert.That(new PairedResult(first, second).ChanceProbability, Is.EqualTo(expected).Within(1e-9));

    [Test]
    public void Write_FineTuningLost_SaysSoAndWhatToKeep()
    {
        string text = Write(right: [.. Enumerable.Repeat(false, 20), true], frozenRight: [.. Enumerable.Repeat(true, 20), true]);

        Assert.That(text, Does.StartWith("Fine-tuning lost: accuracy 0.048 against 1.000").And.Contain("0 that it alone got right, 20 that the other alone did"));
        Assert.That(text, Does.Contain("Keep the frozen backbone with a linear head").And.Not.Contain("chance"));
    }

    [Test]
    public void Write_SmallDifference_SaysThatItMayBeChance()
    {
        Assert.That(Write([true, true, false], [true, false, false]), Does.StartWith("Fine-tuning helped").And.Contain("may be chance (sign test: p = 1)"));
        Assert.That(Write([true, false, false], [true, true, false]), Does.StartWith("Fine-tuning lost").And.Contain("may be chance").And.Contain("nothing here speaks against the frozen backbone"));
        Assert.That(Write([true, false], [false, true]), Does.StartWith("Fine-tuning made no difference").And.Not.Contain("chance"));
    }

    [Test]
    public void Write_ClearGain_IsSaidPlainly() =>
        Assert.That(Write([.. Enumerable.Repeat(true, 9)], [.. Enumerable.Repeat(false, 9)]), Does.StartWith("Fine-tuning helped: accuracy 1.000 against 0.000").And.Not.Contain("chance"));

    private static string Write(bool[] right, bool[] frozenRight)
    {
        HeldOutMeasure trained = Measure(right);
        var report = new TrainReport
        {
            Data = "data.tsv",
            Modality = BackboneModality.Text,
            Classes = [new ClassCount("a", 1), new ClassCount("b", 1)],
            LeftOut = [],
            TrainingRowCount = 100,
            HeldOutRowCount = right.Length,
            Seed = 0,
            Backbone = "encoder",
            Head = HeadKind.Linear,
            HeadParameterCount = 2,
            FineTuned = new TrainedParts("last 2 blocks", [1, 2], 3, 10, 20),
            HeldOut = trained.Metrics,
            LargestClassShare = 0.5,
            Frozen = FrozenComparison.Of(trained, Measure(frozenRight)),
            Seconds = 1,
            Model = new WrittenFile("model.zip", 1000),
            InputColumn = "Text",
            Export = null,
        };
        using var writer = new StringWriter();
        TrainReportText.Write(Consoles.Over(writer), report);
        return writer.ToString();
    }

    private static HeldOutMeasure Measure(bool[] right) => new(MulticlassMetrics.Compute(new int[right.Length], [.. right.SelectMany(r => r ? new[] { .75f, .25f } : [.25f, .75f])], ["a", "b"]), right);
}
