using System.Numerics.Tensors;

namespace MLTransfer.Backbones;

/// <summary>Arithmetic of <see cref="Pooling"/> and normalisation: token vectors in, one vector out.</summary>
internal static class Pooler
{
    // torch.nn.functional.normalize divides by max(‖x‖, 1e-12); so do we, so that a zero vector stays zero.
    private const double SmallestNorm = 1e-12;

    /// <summary>Pools one row.</summary>
    /// <param name="tokens">tokenCount × dimension numbers, the unmasked tokens only.</param>
    /// <param name="tokenCount">n; 0 gives a zero vector.</param>
    /// <param name="pooling">Not <see cref="Pooling.None"/> or <see cref="Pooling.Graph"/>, which do not pool.</param>
    /// <param name="destination">dimension numbers; may be shorter than a token vector, then only its first coordinates are pooled.</param>
    /// <param name="dimension">Numbers of one token.</param>
    public static void Pool(ReadOnlySpan<float> tokens, int tokenCount, int dimension, Pooling pooling, Span<float> destination)
    {
        if (tokenCount == 0)
        {
            destination.Clear();
            return;
        }
        int width = destination.Length;
        switch (pooling)
        {
            case Pooling.Cls:
                tokens[..width].CopyTo(destination);
                break;
            case Pooling.Last:
                tokens.Slice((tokenCount - 1) * dimension, width).CopyTo(destination);
                break;
            case Pooling.Max:
                tokens[..width].CopyTo(destination);
                for (int i = 1; i < tokenCount; i++)
                    TensorPrimitives.Max(destination, tokens.Slice(i * dimension, width), destination);
                break;
            case Pooling.Mean:
                tokens[..width].CopyTo(destination);
                for (int i = 1; i < tokenCount; i++)
                    TensorPrimitives.Add(destination, tokens.Slice(i * dimension, width), destination);
                TensorPrimitives.Divide(destination, tokenCount, destination);
                break;
            case Pooling.WeightedMean:
                tokens[..width].CopyTo(destination);
                for (int i = 1; i < tokenCount; i++)
                    TensorPrimitives.MultiplyAdd(tokens.Slice(i * dimension, width), i + 1f, destination, destination);
                TensorPrimitives.Divide(destination, (float)(tokenCount * (tokenCount + 1.0) / 2.0), destination);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(pooling), pooling, "Only Cls, Mean, Max, Last and WeightedMean pool.");
        }
    }

    /// <summary>Divides by the Euclidean norm: x / max(‖x‖₂, 1e-12).</summary>
    public static void Normalize(Span<float> vector)
    {
        double norm = Math.Sqrt(TensorPrimitives.SumOfSquares<float>(vector));
        TensorPrimitives.Divide(vector, (float)Math.Max(norm, SmallestNorm), vector);
    }
}
