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
        ComparisonMetrics found = MulticlassMetrics.Compute(golden.Labels, golden.Scores, golden.Classes);

        Assert.That(found.Accuracy, Is.EqualTo(golden.Accuracy).Within(1e-12));
        Assert.That(found.MacroF1, Is.EqualTo(golden.MacroF1).Within(1e-12));
        // scikit-learn sums float32 probabilities in float32.
        Assert.That(found.LogLoss, Is.EqualTo(golden.LogLoss).Within(1e-5).Percent.Or.EqualTo(golden.LogLoss).Within(1e-6));
    }

    [Test]
    public void Compute_ByHand_CountsEachClass()
    {
        // Predicted 0, 1, 1; true 0, 0, 1: F1 of both classes is 2/3.
        ComparisonMetrics found = MulticlassMetrics.Compute([0, 0, 1], [.75f, .25f, .25f, .75f, .5f - .25f, .75f], 2);

        Assert.That(found.Accuracy, Is.EqualTo(2.0 / 3));
        Assert.That(found.MacroF1, Is.EqualTo(2.0 / 3).Within(1e-15));
        Assert.That(found.LogLoss, Is.EqualTo(-(Math.Log(.75) + Math.Log(.25) + Math.Log(.75)) / 3).Within(1e-12));
    }

    [Test]
    public void Compute_LabelOfProbabilityZero_LosesAFiniteAmount()
    {
        ComparisonMetrics found = MulticlassMetrics.Compute([1], [1f, 0f], 2);

        Assert.That(found.LogLoss, Is.EqualTo(23 * Math.Log(2)).Within(1e-6));
    }

    [TestCase(2f, -1f)]
    [TestCase(.9f, .9f)]
    [TestCase(float.NaN, .5f)]
    public void Compute_ScoresAreNoProbabilities_LogLossIsNaN(float first, float second)
    {
        Assert.That(MulticlassMetrics.Compute([0], [first, second], 2).LogLoss, Is.NaN);
    }

    public sealed record GoldenCase(string Name, int Classes, int[] Labels, float[] Scores, double Accuracy, double MacroF1, double LogLoss);
}
