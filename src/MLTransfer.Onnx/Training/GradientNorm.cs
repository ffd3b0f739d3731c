using System.Numerics;
using System.Runtime.InteropServices;

namespace MLTransfer.Onnx.Training;

/// <summary>The norm of the gradient over all tensors trained in an epoch, clipping by it, and whether the gradient is finite.</summary>
internal static class GradientNorm
{
    // PyTorch's clip_grad_norm_ adds this to the norm before it divides.
    private const double Guard = 1e-6;

    /// <summary>√Σ g² over the tensors trained in this epoch, summed in double, so that it is finite exactly where every number is.</summary>
    public static double Measure(ParameterLayout layout, int epoch, ReadOnlySpan<float> gradient) => Math.Sqrt(SumOfSquares(layout, epoch, gradient, 0, layout.Length));

    /// <summary>Σ g² over a part of the vector.</summary>
    public static double SumOfSquares(ParameterLayout layout, int epoch, ReadOnlySpan<float> gradient, int start, int end)
    {
        double sum = 0;
        foreach (TrainedTensor tensor in layout.Tensors)
        {
            if (tensor.FirstEpoch <= epoch)
                sum += SumOfSquares(Within(gradient, tensor, start, end));
        }
        return sum;
    }

    /// <summary>Whether every number of a part of the vector is finite that belongs to a tensor trained in this epoch.</summary>
    public static bool IsFinite(ParameterLayout layout, int epoch, ReadOnlySpan<float> gradient, int start, int end)
    {
        foreach (TrainedTensor tensor in layout.Tensors)
        {
            if (tensor.FirstEpoch <= epoch && !IsFinite(Within(gradient, tensor, start, end)))
                return false;
        }
        return true;
    }

    /// <summary>The factor that brings a norm down to its limit, as PyTorch defines it: min(1, limit / (norm + 10⁻⁶)).</summary>
    public static double ClipFactor(double norm, double limit) => Math.Min(1, limit / (norm + Guard));

    /// <summary>The first tensor trained in this epoch whose gradient holds a number that is not finite, or null.</summary>
    public static TrainedTensor? FirstNonFinite(ParameterLayout layout, int epoch, ReadOnlySpan<float> gradient)
    {
        foreach (TrainedTensor tensor in layout.Tensors)
        {
            if (tensor.FirstEpoch <= epoch && !IsFinite(gradient.Slice(tensor.Offset, tensor.Count)))
                return tensor;
        }
        return null;
    }

    /// <summary>Whether no number is infinite or NaN: 0 · x is 0 for finite x and NaN for every other, and a sum keeps a NaN.</summary>
    public static bool IsFinite(ReadOnlySpan<float> values)
    {
        ReadOnlySpan<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        Vector<float> first = Vector<float>.Zero;
        Vector<float> second = Vector<float>.Zero;
        int i = 0;
        for (; i + 1 < vectors.Length; i += 2)
        {
            first += vectors[i] * 0f;
            second += vectors[i + 1] * 0f;
        }
        if (i < vectors.Length)
            first += vectors[i] * 0f;
        float sum = Vector.Sum(first + second);
        for (int j = vectors.Length * Vector<float>.Count; j < values.Length; j++)
            sum += values[j] * 0f;
        return sum == 0;
    }

    private static ReadOnlySpan<float> Within(ReadOnlySpan<float> values, TrainedTensor tensor, int start, int end)
    {
        int first = Math.Max(tensor.Offset, start);
        return values.Slice(first, Math.Max(Math.Min(tensor.Offset + tensor.Count, end) - first, 0));
    }

    private static double SumOfSquares(ReadOnlySpan<float> values)
    {
        ReadOnlySpan<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        Vector<double> lows = Vector<double>.Zero;
        Vector<double> highs = Vector<double>.Zero;
        foreach (Vector<float> vector in vectors)
        {
            Vector.Widen(vector, out Vector<double> low, out Vector<double> high);
            lows += low * low;
            highs += high * high;
        }
        double sum = Vector.Sum(lows + highs);
        for (int i = vectors.Length * Vector<float>.Count; i < values.Length; i++)
            sum += (double)values[i] * values[i];
        return sum;
    }
}
