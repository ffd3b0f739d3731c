using System.Collections.Immutable;
using System.Numerics.Tensors;
using MLTransfer.Heads;
using MLTransfer.Heads.Network;
using MLTransfer.Internal;

namespace MLTransfer.Distillation;

/// <summary>A teacher's features as targets of a student's features, which have the same size.</summary>
/// <param name="step">Who learns, for messages.</param>
/// <param name="features">n × D, of the rows of the data.</param>
/// <param name="width">D.</param>
/// <param name="losses">Terms on features.</param>
/// <param name="seed">Not used while both have one size.</param>
internal sealed class FeatureLesson(string step, float[] features, int width, ImmutableArray<DistillationLoss> losses, int seed) : HeadLabels
{
    private readonly RowPlaces _places = new();

    public override LabelColumn Column => _places;

    public override HeadOutput Output { get; } = new NoOutput();

    public override HeadTargets ToTargets(double[] rowWeights)
    {
        float[] taken = new float[_places.Places.Count * width];
        int known = features.Length / width;
        if (_places.Places.Count > 0 && _places.Places[^1] >= known)
            throw Throw.TeacherRowsChanged(step, known, _places.Places[^1] + 1);
        for (int i = 0; i < _places.Places.Count; i++)
            features.AsSpan(_places.Places[i] * width, width).CopyTo(taken.AsSpan(i * width));
        var match = new FeatureMatch(width, width, losses, seed);
        var targets = new DistilledTargets(losses, rowWeights.Length);
        targets.Add(_ => true, width, taken);
        int predicted = match.Width;
        return new HeadTargets
        {
            Values = targets.Values((_, _) => 1),
            TargetWidth = targets.Width,
            Weights = rowWeights,
            Loss = targets.Loss(0, null, false, match),
            Match = match,
            Output = Output,
            MetricName = "mean cosine to the teacher",
            Metric = (rows, predictions) => MeanCosine(rows, predictions, predicted, taken, rowWeights),
        };
    }

    private double MeanCosine(int[] rows, float[] predictions, int stride, float[] truth, double[] weights)
    {
        double sum = 0, total = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            ReadOnlySpan<float> made = predictions.AsSpan(i * stride, width), wanted = truth.AsSpan(rows[i] * width, width);
            double lengths = Math.Sqrt((double)TensorPrimitives.SumOfSquares(made) * TensorPrimitives.SumOfSquares(wanted));
            total += weights[rows[i]];
            sum += lengths > 0 ? weights[rows[i]] * TensorPrimitives.Dot(made, wanted) / lengths : 0;
        }
        return total > 0 ? sum / total : 0;
    }
}
