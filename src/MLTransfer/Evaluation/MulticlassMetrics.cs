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
    /// <param name="labels">The class of each row.</param>
    /// <param name="scores">rows × classCount, row after row.</param>
    /// <param name="classCount">K.</param>
    public static ComparisonMetrics Compute(ReadOnlySpan<int> labels, ReadOnlySpan<float> scores, int classCount)
    {
        var truePositives = new int[classCount];
        var predicted = new int[classCount];
        var actual = new int[classCount];
        int correct = 0;
        double loss = 0;
        for (int row = 0; row < labels.Length; row++)
        {
            ReadOnlySpan<float> score = scores.Slice(row * classCount, classCount);
            int label = labels[row];
            int prediction = TensorPrimitives.IndexOfMax(score);
            actual[label]++;
            predicted[prediction]++;
            if (prediction == label)
            {
                correct++;
                truePositives[label]++;
            }
            loss += RowLoss(score, label);
        }
        return new ComparisonMetrics((double)correct / labels.Length, MacroF1(truePositives, predicted, actual), loss / labels.Length);
    }

    private static double RowLoss(ReadOnlySpan<float> score, int label)
    {
        double rawSum = 0;
        double sum = 0;
        foreach (float p in score)
        {
            if (p is not (>= 0 and <= 1))
                return double.NaN;
            rawSum += p;
            sum += Clip(p);
        }
        return Math.Abs(rawSum - 1) <= SumTolerance ? -Math.Log(Clip(score[label]) / sum) : double.NaN;
    }

    private static double Clip(double probability) => Math.Clamp(probability, Epsilon, 1 - Epsilon);

    private static double MacroF1(int[] truePositives, int[] predicted, int[] actual)
    {
        double sum = 0;
        int classes = 0;
        for (int k = 0; k < actual.Length; k++)
        {
            // 2·TP + FP + FN; a class that neither occurs nor is predicted has no F1.
            int denominator = predicted[k] + actual[k];
            if (denominator == 0)
                continue;
            sum += 2.0 * truePositives[k] / denominator;
            classes++;
        }
        return sum / classes;
    }
}
