using MLTransfer.Backbones;
using MLTransfer.Internal;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Audio;

/// <summary>An input that carries a recurrent graph's state from one window of a clip to the next.</summary>
/// <param name="Port">The graph's input.</param>
/// <param name="Output">The output that is the next window's state.</param>
internal sealed record AudioStatePlan(OnnxValue Port, string Output)
{
    public static AudioStatePlan Of(string backbone, OnnxValue port, string output)
    {
        if (!port.ElementType.IsReal() || port.Dimensions.Count(d => d.Value is null) > 1)
            throw Throw.AudioStateShape(backbone, CardInference.Describe(port));
        return new AudioStatePlan(port, output);
    }

    /// <summary>The shape for a run: the open axis, wherever it is, is the batch's.</summary>
    public long[] Shape(int rows) => [.. Port.Dimensions.Select(d => d.Value ?? rows)];
}
