using System.Numerics;
using System.Runtime.InteropServices;

namespace MLTransfer.Onnx.Training;

/// <summary>
/// Exponential moving average of the weights, begun at the start weights. After step t (from 0) average ← average + (1 − dₜ) · (θ − average) with dₜ = min(d, (1 + t) / (10 + t)), the
/// warm-up of TensorFlow's ExponentialMovingAverage (num_updates).
/// </summary>
internal sealed class WeightAverage
{
    private readonly double _decay;

    public WeightAverage(ParameterLayout layout, ReadOnlySpan<float> start, double decay)
    {
        _decay = decay;
        Values = layout.Allocate();
        start.CopyTo(Values);
    }

    /// <summary>The average, in the layout of the parameters.</summary>
    public float[] Values { get; }

    /// <summary>The decay of step t, from 0.</summary>
    public static double DecayOf(double decay, long step) => Math.Min(decay, (1.0 + step) / (10.0 + step));

    public void Update(ReadOnlySpan<float> parameters, long step)
    {
        float share = (float)(1 - DecayOf(_decay, step));
        Span<Vector<float>> averages = MemoryMarshal.Cast<float, Vector<float>>(Values.AsSpan());
        ReadOnlySpan<Vector<float>> thetas = MemoryMarshal.Cast<float, Vector<float>>(parameters)[..averages.Length];
        for (int i = 0; i < averages.Length; i++)
            averages[i] += (thetas[i] - averages[i]) * share;
        for (int i = averages.Length * Vector<float>.Count; i < Values.Length; i++)
            Values[i] += (parameters[i] - Values[i]) * share;
    }
}
