using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLTransfer.Tests.Evaluation;

internal sealed class MultilabelMetricsTests
{
    private sealed class Row
    {
        [VectorType(3)]
        public float[] Label { get; set; } = [];

        [VectorType(3)]
        public bool[] PredictedLabel { get; set; } = [];
    }

    [Test]
    public void EvaluateMultilabel_HandCase_HasScikitLearnsNumbers()
    {
        // By the definitions of sklearn.metrics.f1_score and its kin, worked out by hand.
        var ml = new MLContext(0);
        Row[] rows =
        [
            new() { Label = [1, 1, 0], PredictedLabel = [true, true, false] },
            new() { Label = [0, 1, 0], PredictedLabel = [true, true, false] },
            new() { Label = [1, 0, 0], PredictedLabel = [false, true, false] },
            new() { Label = [float.NaN, 1, 0], PredictedLabel = [true, true, true] },
        ];
        List<string> warnings = [];
        ml.Log += (_, e) => warnings.Add(e.Message);
        MultilabelMetrics metrics = ml.Transfer().EvaluateMultilabel(ml.Data.LoadFromEnumerable(rows));
        Assert.That(metrics.RowCount, Is.EqualTo(3));
        // Label 0: TP 1, FP 1, FN 1; label 1: TP 2, FP 1, FN 0.
        Assert.That(metrics.Labels.Select(l => l.F1), Is.EqualTo(new[] { 0.5, 0.8, 0 }).Within(1e-12));
        Assert.That(metrics.Labels[1], Has.Property("Precision").EqualTo(2 / 3.0).And.Property("Recall").EqualTo(1).And.Property("Count").EqualTo(2).And.Property("Name").EqualTo("1"));
        Assert.That(metrics.MicroF1, Is.EqualTo(6 / 9.0).Within(1e-12));
        Assert.That(metrics.MacroF1, Is.EqualTo(0.65).Within(1e-12), "the label that never occurs has no F1");
        Assert.That(metrics.SubsetAccuracy, Is.EqualTo(1 / 3.0).Within(1e-12));
        Assert.That(metrics.HammingLoss, Is.EqualTo(3 / 9.0).Within(1e-12));
        Assert.That(warnings, Has.Some.Contains("left out 1 rows"));
    }

    [Test]
    public void EvaluateMultilabel_Cancelled_Throws()
    {
        var ml = new MLContext(0);
        using CancellationTokenSource source = new();
        IEnumerable<Row> Endless()
        {
            for (int i = 0; ; i++)
            {
                if (i == 100)
                    source.Cancel();
                yield return new Row { Label = [1, 1, 0], PredictedLabel = [true, true, false] };
            }
        }
        Assert.That(() => ml.Transfer().EvaluateMultilabel(ml.Data.LoadFromEnumerable(Endless()), cancellationToken: source.Token), Throws.InstanceOf<OperationCanceledException>());
    }
}
