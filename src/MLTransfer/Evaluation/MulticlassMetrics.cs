using System.Numerics.Tensors;

namespace MLTransfer.Evaluation;

/// <summary>Arithmetic of <see cref="ComparisonMetrics"/>, by scikit-learn's definitions.</summary>
internal static class MulticlassMetrics
{
    // numpy.finfo(float32).eps, with which sklearn.metrics.log_loss clips float32 probabilities.
    private const double Epsilon = 1.0 / (1 << 23);

    // Rounding of a softmax in float32 over hundreds of classes stays well below this.
    private const double SumTolerance = 1e-3;

    /// <summary>Measures scores.</summary>
    /// <param name="labels">The class of each row; at least one row.</param>
    /// <param name="scores">rows × K, row after row.</param>
    /// <param name="classNames">The names of the K classes.</param>
    public static ComparisonMetrics Compute(ReadOnlySpan<int> labels, ReadOnlySpan<float> scores, IReadOnlyList<string> classNames)
    {
        int classCount = classNames.Count;
        var counts = new long[classCount * classCount];
        var reliability = new Reliability();
        bool isProbability = true;
        double loss = 0;
        double brier = 0;
        for (int row = 0; row < labels.Length; row++)
        {
            ReadOnlySpan<float> score = scores.Slice(row * classCount, classCount);
            int label = labels[row];
            int prediction = TensorPrimitives.IndexOfMax(score);
            counts[label * classCount + prediction]++;
            isProbability &= IsProbability(score);
            if (!isProbability)
                continue;
            loss += Loss(score, label);
            brier += Brier(score, label);
            reliability.Add(score[prediction], prediction == label);
        }
        var confusion = new ConfusionMatrix(classNames, counts);
        IReadOnlyList<ReliabilityBin> bins = isProbability ? reliability.ToBins() : new ValueList<ReliabilityBin>([]);
        IReadOnlyList<ClassMetrics> classes = ClassMetrics.Of(confusion);
        // A class that neither occurs nor is predicted has no part in a mean.
        ClassMetrics[] seen = [.. classes.Where((c, k) => c.Support > 0 || confusion.PredictionCount(k) > 0)];
        long right = Enumerable.Range(0, classCount).Sum(k => confusion[k, k]);
        // Of one label a row each wrong row is one FP and one FN.
        double micro = (double)right / labels.Length;
        return new ComparisonMetrics
        {
            RowCount = labels.Length,
            Accuracy = micro,
            MacroPrecision = seen.Average(c => c.Precision),
            MacroRecall = seen.Average(c => c.Recall),
            MacroF1 = seen.Average(c => c.F1),
            MicroPrecision = micro,
            MicroRecall = micro,
            MicroF1 = micro,
            LogLoss = isProbability ? loss / labels.Length : double.NaN,
            BrierScore = isProbability ? brier / labels.Length : double.NaN,
            ExpectedCalibrationError = Reliability.ExpectedError(bins),
            MaximumCalibrationError = Reliability.MaximumError(bins),
            Classes = classes,
            Confusion = confusion,
            Reliability = bins,
        };
    }

    private static bool IsProbability(ReadOnlySpan<float> score)
    {
        double sum = 0;
        foreach (float p in score)
        {
            if (p is not (>= 0 and <= 1))
                return false;
            sum += p;
        }
        return Math.Abs(sum - 1) <= SumTolerance;
    }

    private static double Loss(ReadOnlySpan<float> score, int label)
    {
        double sum = 0;
        foreach (float p in score)
            sum += Clip(p);
        return -Math.Log(Clip(score[label]) / sum);
    }

    private static double Brier(ReadOnlySpan<float> score, int label)
    {
        double sum = 0;
        for (int k = 0; k < score.Length; k++)
        {
            double difference = score[k] - (k == label ? 1.0 : 0);
            sum += difference * difference;
        }
        return sum;
    }

    private static double Clip(double probability) => Math.Clamp(probability, Epsilon, 1 - Epsilon);
}
