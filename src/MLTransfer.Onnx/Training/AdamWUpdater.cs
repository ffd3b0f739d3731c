using System.Numerics;
using System.Runtime.InteropServices;

namespace MLTransfer.Onnx.Training;

/// <summary>
/// AdamW in PyTorch's order of operations: decay, both means, step. The bias corrections are scalars (η / (1 − β₁ᵗ) and 1 / √(1 − β₂ᵗ)), computed in double. One pass over memory. The
/// tail that fills no vector is computed by the same operations, so how numbers are cut into vectors never shows.
/// </summary>
internal sealed class AdamWUpdater(Optimizer optimizer, ParameterLayout layout) : ParameterUpdater(layout, momentCount: 2)
{
    protected override void Update(Span<float> parameters, ReadOnlySpan<float> gradient, int offset, long step, double learningRate, double weightDecay, float scale)
    {
        Span<float> mean = Moments[0].AsSpan(offset, parameters.Length);
        Span<float> square = Moments[1].AsSpan(offset, parameters.Length);
        float keep = (float)(1 - learningRate * weightDecay);
        float beta1 = (float)optimizer.Beta1;
        float beta2 = (float)optimizer.Beta2;
        float fresh1 = (float)(1 - optimizer.Beta1);
        float fresh2 = (float)(1 - optimizer.Beta2);
        float epsilon = (float)optimizer.Epsilon;
        float stepSize = (float)(learningRate / (1 - Math.Pow(optimizer.Beta1, step)));
        float rootFactor = (float)(1 / Math.Sqrt(1 - Math.Pow(optimizer.Beta2, step)));

        Span<Vector<float>> thetas = MemoryMarshal.Cast<float, Vector<float>>(parameters);
        ReadOnlySpan<Vector<float>> gradients = MemoryMarshal.Cast<float, Vector<float>>(gradient)[..thetas.Length];
        Span<Vector<float>> means = MemoryMarshal.Cast<float, Vector<float>>(mean)[..thetas.Length];
        Span<Vector<float>> squares = MemoryMarshal.Cast<float, Vector<float>>(square)[..thetas.Length];
        Vector<float> epsilons = new(epsilon);
        for (int i = 0; i < thetas.Length; i++)
        {
            Vector<float> g = gradients[i] * scale;
            Vector<float> m = means[i] * beta1 + g * fresh1;
            Vector<float> v = squares[i] * beta2 + g * fresh2 * g;
            Vector<float> theta = thetas[i] * keep;
            means[i] = m;
            squares[i] = v;
            thetas[i] = theta - m * stepSize / (Vector.SquareRoot(v) * rootFactor + epsilons);
        }
        for (int i = thetas.Length * Vector<float>.Count; i < parameters.Length; i++)
        {
            float g = gradient[i] * scale;
            float m = mean[i] * beta1 + g * fresh1;
            float v = square[i] * beta2 + g * fresh2 * g;
            mean[i] = m;
            square[i] = v;
            parameters[i] = parameters[i] * keep - m * stepSize / (MathF.Sqrt(v) * rootFactor + epsilon);
        }
    }
}
