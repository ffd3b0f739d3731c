using MLTransfer.Onnx.Training;

namespace MLTransfer.Distillation.Students;

/// <summary>
/// Start values of a network's tensors, each under its own index in the order in which they are asked for. Uniform, of a given standard deviation: no function whose last bit differs
/// between machines is called, so a seed means the same bytes everywhere.
/// </summary>
internal sealed class StartWeights(int seed)
{
    private int _index;

    /// <summary>Independent numbers, uniform from −√3 σ to √3 σ.</summary>
    /// <param name="count">How many.</param>
    /// <param name="deviation">σ.</param>
    public float[] Uniform(long count, double deviation)
    {
        var random = new CounterRandom(seed, RandomStream.Network, _index++);
        double bound = Math.Sqrt(3) * deviation;
        float[] values = new float[count];
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)(bound * (2 * random.Uniform(i) - 1));
        return values;
    }

    /// <summary>A matrix whose products neither grow nor shrink on the way forth and back (Glorot and Bengio 2010, equation 16): σ² = 2 / (in + out).</summary>
    public float[] Glorot(int inputs, int outputs, double factor = 1) => Uniform((long)inputs * outputs, factor * Math.Sqrt(2.0 / (inputs + outputs)));

    /// <summary>Weights in front of a ReLU (He et al. 2015, equation 10): σ² = 2 / in.</summary>
    public float[] He(int inputs, int outputs) => Uniform((long)inputs * outputs, Math.Sqrt(2.0 / inputs));

    public static float[] Ones(int count)
    {
        float[] ones = new float[count];
        Array.Fill(ones, 1f);
        return ones;
    }
}
