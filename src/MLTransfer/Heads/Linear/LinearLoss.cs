using System.Numerics.Tensors;

namespace MLTransfer.Heads.Linear;

/// <summary>
/// The loss of one row as a function of its scores. Immutable; rows are asked for from several threads.
/// </summary>
internal abstract class LinearLoss
{
    /// <summary>Number of scores of a row.</summary>
    public abstract int OutputCount { get; }

    /// <summary>Number of rows.</summary>
    public abstract int RowCount { get; }

    /// <summary>The loss of a row; turns its scores into the derivatives of the loss by them.</summary>
    /// <param name="row">Which row.</param>
    /// <param name="scores">Scores; overwritten by derivatives.</param>
    /// <param name="curvatures">Receives the second derivatives by each score.</param>
    public abstract double Differentiate(int row, Span<float> scores, Span<float> curvatures);

    /// <summary>Sets the biases that fit best where all weights are zero.</summary>
    public abstract void InitialBiases(ReadOnlySpan<double> weights, Span<double> biases);
}

/// <summary>Cross-entropy of a softmax: −Σ_k t_k · log p_k with p = softmax(scores). Targets are class indices, or rows of probabilities.</summary>
internal sealed class SoftmaxLoss : LinearLoss
{
    private readonly int[]? _classes;
    private readonly float[]? _probabilities;

    public SoftmaxLoss(int[] classes, int classCount)
    {
        _classes = classes;
        OutputCount = classCount;
        RowCount = classes.Length;
    }

    /// <param name="probabilities">rowCount × classCount, row-major; each row sums to 1.</param>
    /// <param name="rowCount">Number of rows.</param>
    /// <param name="classCount">Number of classes.</param>
    public SoftmaxLoss(float[] probabilities, int rowCount, int classCount)
    {
        _probabilities = probabilities;
        OutputCount = classCount;
        RowCount = rowCount;
    }

    public override int OutputCount { get; }

    public override int RowCount { get; }

    public override double Differentiate(int row, Span<float> scores, Span<float> curvatures)
    {
        ReadOnlySpan<float> target = _probabilities is null ? default : _probabilities.AsSpan(row * OutputCount, OutputCount);
        double aim = _classes is null ? TensorPrimitives.Dot(target, scores) : scores[_classes[row]];
        float max = TensorPrimitives.Max(scores);
        TensorPrimitives.Subtract(scores, max, scores);
        TensorPrimitives.Exp(scores, scores);
        float sum = TensorPrimitives.Sum(scores);
        TensorPrimitives.Multiply(scores, 1 / sum, scores);
        TensorPrimitives.Subtract(1f, scores, curvatures);
        TensorPrimitives.Multiply(curvatures, scores, curvatures);
        if (_classes is null)
            TensorPrimitives.Subtract(scores, target, scores);
        else
            scores[_classes[row]] -= 1;
        return Math.Log(sum) + max - aim;
    }

    public override void InitialBiases(ReadOnlySpan<double> weights, Span<double> biases)
    {
        biases.Clear();
        for (int i = 0; i < RowCount; i++)
        {
            if (_classes is not null)
            {
                biases[_classes[i]] += weights[i];
                continue;
            }
            for (int k = 0; k < OutputCount; k++)
                biases[k] += weights[i] * _probabilities![i * OutputCount + k];
        }
        // A class that no row has: its best bias is −∞. Starting at the weight of a thousandth of a row keeps the start finite.
        double total = TensorPrimitives.Sum<double>(biases);
        for (int k = 0; k < OutputCount; k++)
            biases[k] = Math.Log(Math.Max(biases[k] / total, 1e-3 / RowCount));
        TensorPrimitives.Subtract(biases, TensorPrimitives.Average<double>(biases), biases);
    }
}

/// <summary>Cross-entropy of a sigmoid: log(1 + exp(score)) − t · score for a target t between 0 and 1.</summary>
internal sealed class LogisticLoss(float[] targets) : LinearLoss
{
    public override int OutputCount => 1;

    public override int RowCount => targets.Length;

    public override double Differentiate(int row, Span<float> scores, Span<float> curvatures)
    {
        double score = scores[0];
        double tail = Math.Exp(-Math.Abs(score));
        double probability = score >= 0 ? 1 / (1 + tail) : tail / (1 + tail);
        scores[0] = (float)(probability - targets[row]);
        curvatures[0] = (float)(probability * (1 - probability));
        return Math.Max(score, 0) + Math.Log(1 + tail) - targets[row] * score;
    }

    public override void InitialBiases(ReadOnlySpan<double> weights, Span<double> biases)
    {
        double positive = 0, total = 0;
        for (int i = 0; i < targets.Length; i++)
        {
            positive += weights[i] * targets[i];
            total += weights[i];
        }
        double share = Math.Clamp(positive / total, 1e-3 / targets.Length, 1 - 1e-3 / targets.Length);
        biases[0] = Math.Log(share / (1 - share));
    }
}

/// <summary>Half the squared error: (score − t)² / 2.</summary>
internal sealed class SquaredLoss(float[] targets) : LinearLoss
{
    public override int OutputCount => 1;

    public override int RowCount => targets.Length;

    public override double Differentiate(int row, Span<float> scores, Span<float> curvatures)
    {
        double error = (double)scores[0] - targets[row];
        scores[0] = (float)error;
        curvatures[0] = 1;
        return error * error / 2;
    }

    public override void InitialBiases(ReadOnlySpan<double> weights, Span<double> biases)
    {
        double sum = 0, total = 0;
        for (int i = 0; i < targets.Length; i++)
        {
            sum += weights[i] * targets[i];
            total += weights[i];
        }
        biases[0] = sum / total;
    }
}
