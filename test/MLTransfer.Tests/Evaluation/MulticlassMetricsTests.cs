using System.Text.Json;
using MLTransfer.Evaluation;
using MLTransfer.Testing;

namespace MLTransfer.Tests.Evaluation;

public sealed class MulticlassMetricsTests
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private static IEnumerable<TestCaseData> Golden() => JsonSerializer
        .Deserialize<GoldenCase[]>(File.ReadAllText(Path.Combine(Assets.RepositoryRoot, "test/MLTransfer.Tests/Evaluation/multiclass_metrics.json")), Json)!
        .Select(c => new TestCaseData(c).SetArgDisplayNames(c.Name));

    [TestCaseSource(nameof(Golden))]
    public void Compute_GoldenScores_AgreesWithScikitLearn(GoldenCase golden)
    {
        ComparisonMetrics found = Compute(golden.Labels, golden.Scores, golden.Classes);

        Assert.That(found.RowCount, Is.EqualTo(golden.Labels.Length));
        Assert.That(found.Accuracy, Is.EqualTo(golden.Accuracy).Within(1e-12));
        Assert.That(found.MacroPrecision, Is.EqualTo(golden.MacroPrecision).Within(1e-12));
        Assert.That(found.MacroRecall, Is.EqualTo(golden.MacroRecall).Within(1e-12));
        Assert.That(found.MacroF1, Is.EqualTo(golden.MacroF1).Within(1e-12));
        Assert.That(found.MicroPrecision, Is.EqualTo(golden.MicroPrecision).Within(1e-12));
        Assert.That(found.MicroRecall, Is.EqualTo(golden.MicroRecall).Within(1e-12));
        Assert.That(found.MicroF1, Is.EqualTo(golden.MicroF1).Within(1e-12));
        // scikit-learn sums float32 probabilities in float32.
        Assert.That(found.LogLoss, Is.EqualTo(golden.LogLoss).Within(1e-5).Percent.Or.EqualTo(golden.LogLoss).Within(1e-6));
        Assert.That(found.BrierScore, Is.EqualTo(golden.BrierScore).Within(1e-12));
        Assert.That(found.ExpectedCalibrationError, Is.EqualTo(golden.ExpectedCalibrationError).Within(1e-12));
        Assert.That(found.MaximumCalibrationError, Is.EqualTo(golden.MaximumCalibrationError).Within(1e-12));
    }

    [TestCaseSource(nameof(Golden))]
    public void Compute_GoldenScores_AgreesWithScikitLearnOnEachClassAndCell(GoldenCase golden)
    {
        ComparisonMetrics found = Compute(golden.Labels, golden.Scores, golden.Classes);

        Assert.That(found.Classes.Select(c => c.Precision), Is.EqualTo(golden.Precision).Within(1e-12));
        Assert.That(found.Classes.Select(c => c.Recall), Is.EqualTo(golden.Recall).Within(1e-12));
        Assert.That(found.Classes.Select(c => c.F1), Is.EqualTo(golden.F1).Within(1e-12));
        Assert.That(found.Classes.Select(c => c.Support), Is.EqualTo(golden.Support));
        for (int label = 0; label < golden.Classes; label++)
            Assert.That(Enumerable.Range(0, golden.Classes).Select(k => found.Confusion[label, k]), Is.EqualTo(golden.Confusion[label]));
        Assert.That(found.Reliability.Select(b => b.RowCount), Is.EqualTo(golden.Reliability.Select(b => b.RowCount)));
        Assert.That(found.Reliability.Select(b => b.MeanConfidence), Is.EqualTo(golden.Reliability.Select(b => b.MeanConfidence ?? double.NaN)).Within(1e-12));
        Assert.That(found.Reliability.Select(b => b.Accuracy), Is.EqualTo(golden.Reliability.Select(b => b.Accuracy ?? double.NaN)).Within(1e-12));
    }

    [TestCaseSource(nameof(Golden))]
    public void Compute_OneLabelARow_MicroAveragesAreTheAccuracyAndCountsAddUp(GoldenCase golden)
    {
        ComparisonMetrics found = Compute(golden.Labels, golden.Scores, golden.Classes);

        Assert.That(found.MicroF1, Is.EqualTo(found.Accuracy));
        Assert.That(found.Classes.Sum(c => c.Support), Is.EqualTo(found.RowCount));
        Assert.That(found.Reliability.Sum(b => b.RowCount), Is.EqualTo(found.RowCount));
        Assert.That(found.ExpectedCalibrationError, Is.LessThanOrEqualTo(found.MaximumCalibrationError));
    }

    [Test]
    public void Compute_ByHand_CountsEachClass()
    {
        // Predicted 0, 1, 1; true 0, 0, 1: F1 of both classes is 2/3.
        ComparisonMetrics found = Compute([0, 0, 1], [.75f, .25f, .25f, .75f, .25f, .75f], 2);

        Assert.That(found.Accuracy, Is.EqualTo(2.0 / 3));
        Assert.That(found.MacroF1, Is.EqualTo(2.0 / 3).Within(1e-15));
        Assert.That(found.Confusion[0, 1], Is.EqualTo(1));
        Assert.That(found.Confusion[1, 0], Is.Zero, "rows are labels");
        Assert.That(found.LogLoss, Is.EqualTo(-(Math.Log(.75) + Math.Log(.25) + Math.Log(.75)) / 3).Within(1e-12));
        // (2·0.25² + 2·0.75² + 2·0.25²) / 3, and all three rows in one bin: |2/3 − 0.75|.
        Assert.That(found.BrierScore, Is.EqualTo((.125 + 1.125 + .125) / 3).Within(1e-12));
        Assert.That(found.ExpectedCalibrationError, Is.EqualTo(.75 - 2.0 / 3).Within(1e-12));
    }

    [Test]
    public void Compute_ConfidenceOnTheEdgeOfABin_BelongsToTheLowerBin()
    {
        // 0.2 as float32 is a little above 3/15; exactly representable edges are 0 and 1.
        ComparisonMetrics found = Compute([0, 1], [1f, 0f, 1f, 0f], 2);

        Assert.That(found.Reliability[^1].RowCount, Is.EqualTo(2));
        Assert.That(found.Reliability[^1].MeanConfidence, Is.EqualTo(1));
        Assert.That(found.ExpectedCalibrationError, Is.EqualTo(.5));
    }

    [Test]
    public void Compute_LabelOfProbabilityZero_LosesAFiniteAmount()
    {
        ComparisonMetrics found = Compute([1], [1f, 0f], 2);

        Assert.That(found.LogLoss, Is.EqualTo(23 * Math.Log(2)).Within(1e-6));
    }

    [TestCase(2f, -1f)]
    [TestCase(.9f, .9f)]
    [TestCase(float.NaN, .5f)]
    public void Compute_ScoresAreNoProbabilities_LeavesOutWhatNeedsThem(float first, float second)
    {
        ComparisonMetrics found = Compute([0, 1], [.5f, .5f, first, second], 2);

        Assert.That(found.LogLoss, Is.NaN);
        Assert.That(found.BrierScore, Is.NaN);
        Assert.That(found.ExpectedCalibrationError, Is.NaN);
        Assert.That(found.MaximumCalibrationError, Is.NaN);
        Assert.That(found.Reliability, Is.Empty);
        Assert.That(found.Accuracy, Is.Not.NaN);
    }

    [Test]
    public void Sum_OfSeveralRuns_IsThatOfAllRowsTogether()
    {
        GoldenCase[] cases = [.. Golden().Select(c => (GoldenCase)c.Arguments[0]!).Where(c => c.Classes == 5)];
        GoldenCase all = cases[0];
        int half = all.Labels.Length / 3;
        ComparisonMetrics first = Compute(all.Labels[..half], all.Scores[..(half * 5)], 5);
        ComparisonMetrics second = Compute(all.Labels[half..], all.Scores[(half * 5)..], 5);

        var sum = ComparisonSide.Of([first, second]);

        ComparisonMetrics whole = Compute(all.Labels, all.Scores, 5);
        Assert.That(sum.Confusion, Is.EqualTo(whole.Confusion));
        Assert.That(sum.Classes, Is.EqualTo(whole.Classes));
        Assert.That(sum.Reliability.Select(b => b.RowCount), Is.EqualTo(whole.Reliability.Select(b => b.RowCount)));
        Assert.That(sum.Reliability.Select(b => b.Accuracy), Is.EqualTo(whole.Reliability.Select(b => b.Accuracy)).Within(1e-12));
        Assert.That(sum.Reliability.Select(b => b.MeanConfidence), Is.EqualTo(whole.Reliability.Select(b => b.MeanConfidence)).Within(1e-12));
        Assert.That(sum.Accuracy.Maximum, Is.EqualTo(Math.Max(first.Accuracy, second.Accuracy)));
    }

    [Test]
    public void Metrics_SameNumbers_AreEqual()
    {
        ComparisonMetrics first = Compute([0, 1], [.75f, .25f, .25f, .75f], 2);

        Assert.That(Compute([0, 1], [.75f, .25f, .25f, .75f], 2), Is.EqualTo(first));
        Assert.That(Compute([0, 0], [.75f, .25f, .25f, .75f], 2), Is.Not.EqualTo(first));
        Assert.That(() => first.Confusion[0, 2], Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    private static ComparisonMetrics Compute(int[] labels, float[] scores, int classCount) =>
        MulticlassMetrics.Compute(labels, scores, [.. Enumerable.Range(0, classCount).Select(k => $"class {k}")]);

    public sealed record GoldenBin(long RowCount, double? MeanConfidence, double? Accuracy);

    public sealed record GoldenCase(
        string Name, int Classes, int[] Labels, float[] Scores, double Accuracy, double MacroPrecision, double MacroRecall, double MacroF1, double MicroPrecision, double MicroRecall,
        double MicroF1, double LogLoss, double BrierScore, double ExpectedCalibrationError, double MaximumCalibrationError, double[] Precision, double[] Recall, double[] F1, long[] Support,
        long[][] Confusion, GoldenBin[] Reliability);
}
