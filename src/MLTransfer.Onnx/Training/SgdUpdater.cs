using System.Numerics;
using System.Runtime.InteropServices;

namespace MLTransfer.Onnx.Training;

/// <summary>SGD with momentum, or Nesterov's, in PyTorch's order of operations; the weight decay is part of the gradient.</summary>
internal sealed class SgdUpdater(Optimizer optimizer, ParameterLayout layout) : ParameterUpdater(layout, momentCount: optimizer.Momentum > 0 ? 1 : 0)
{
    protected override void Update(Span<float> parameters, ReadOnlySpan<float> gradient, int offset, long step, double learningRate, double weightDecay, float scale)
    {
        float rate = (float)learningRate;
        float decay = (float)weightDecay;
        float momentum = (float)optimizer.Momentum;
        bool hasMomentum = Moments.Length > 0;
        Span<float> velocity = hasMomentum ? Moments[0].AsSpan(offset, parameters.Length) : default;

        Span<Vector<float>> thetas = MemoryMarshal.Cast<float, Vector<float>>(parameters);
        ReadOnlySpan<Vector<float>> gradients = MemoryMarshal.Cast<float, Vector<float>>(gradient)[..thetas.Length];
        Span<Vector<float>> velocities = MemoryMarshal.Cast<float, Vector<float>>(velocity);
        for (int i = 0; i < thetas.Length; i++)
        {
            Vector<float> theta = thetas[i];
            Vector<float> g = gradients[i] * scale + theta * decay;
            Vector<float> direction = g;
            if (hasMomentum)
            {
                Vector<float> b = velocities[i] * momentum + g;
                velocities[i] = b;
                direction = optimizer.IsNesterov ? g + b * momentum : b;
            }
            thetas[i] = theta - direction * rate;
        }
        for (int i = thetas.Length * Vector<float>.Count; i < parameters.Length; i++)
        {
            float g = gradient[i] * scale + parameters[i] * decay;
            float direction = g;
            if (hasMomentum)
            {
                float b = velocity[i] * momentum + g;
                velocity[i] = b;
                direction = optimizer.IsNesterov ? g + b * momentum : b;
            }
            parameters[i] -= direction * rate;
        }
    }
}
