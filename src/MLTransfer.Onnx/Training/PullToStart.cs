using System.Numerics;
using System.Runtime.InteropServices;

namespace MLTransfer.Onnx.Training;

/// <summary>
/// L2-SP (Li, Grandvalet and Davoine 2018): the gradient λ · (θ − θ₀) of the penalty λ/2 · ‖θ − θ₀‖² over the pretrained tensors, part of the gradient before it is clipped.
/// </summary>
internal static class PullToStart
{
    /// <summary>Adds the gradient of the penalty for the tensors trained in this epoch.</summary>
    public static void Add(ParameterLayout layout, int epoch, double strength, ReadOnlySpan<float> parameters, ReadOnlySpan<float> start, Span<float> gradient)
    {
        foreach (TrainedTensor tensor in layout.Tensors)
        {
            if (tensor.IsPretrained && tensor.FirstEpoch <= epoch)
            {
                Add((float)strength, parameters.Slice(tensor.Offset, tensor.Count), start.Slice(tensor.Offset, tensor.Count), gradient.Slice(tensor.Offset, tensor.Count));
            }
        }
    }

    private static void Add(float strength, ReadOnlySpan<float> parameters, ReadOnlySpan<float> start, Span<float> gradient)
    {
        Span<Vector<float>> gradients = MemoryMarshal.Cast<float, Vector<float>>(gradient);
        ReadOnlySpan<Vector<float>> thetas = MemoryMarshal.Cast<float, Vector<float>>(parameters)[..gradients.Length];
        ReadOnlySpan<Vector<float>> starts = MemoryMarshal.Cast<float, Vector<float>>(start)[..gradients.Length];
        for (int i = 0; i < gradients.Length; i++)
            gradients[i] += (thetas[i] - starts[i]) * strength;
        for (int i = gradients.Length * Vector<float>.Count; i < gradient.Length; i++)
            gradient[i] += (parameters[i] - start[i]) * strength;
    }
}
