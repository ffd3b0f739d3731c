using System.Numerics.Tensors;

namespace MLTransfer.Audio;

/// <summary>
/// The orthonormal cosine transform (DCT-II) and the lifter of cepstral coefficients: cᵢ = (1 + L / 2 · sin(πi / L)) · s · Σₙ xₙ cos(πi (n + ½) / N), with s = √(1 / N) for i = 0,
/// else √(2 / N). Immutable.
/// </summary>
internal sealed class CosineTransform
{
    private readonly float[] _rows;
    private readonly int _length;

    public CosineTransform(int length, int count, double lifter)
    {
        Count = count;
        _length = length;
        _rows = new float[count * length];
        for (int i = 0; i < count; i++)
        {
            double gain = Math.Sqrt((i == 0 ? 1.0 : 2.0) / length) * (lifter == 0 ? 1 : 1 + lifter / 2 * Math.Sin(Math.PI * i / lifter));
            for (int n = 0; n < length; n++)
                _rows[i * length + n] = (float)(gain * Math.Cos(Math.PI * i * (n + 0.5) / length));
        }
    }

    /// <summary>How many coefficients are kept.</summary>
    public int Count { get; }

    /// <summary>Transforms one frame.</summary>
    public void Transform(ReadOnlySpan<float> values, Span<float> coefficients)
    {
        for (int i = 0; i < Count; i++)
            coefficients[i] = TensorPrimitives.Dot(_rows.AsSpan(i * _length, _length), values);
    }
}
