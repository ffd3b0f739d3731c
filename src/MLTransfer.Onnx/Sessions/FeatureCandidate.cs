using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Sessions;

/// <summary>A value of a graph that can be a feature.</summary>
/// <param name="Value">Its name, and its type and shape as ONNX Runtime infers them.</param>
/// <param name="Operator">What makes it; with the domain in front where that is not ONNX's own.</param>
/// <param name="IsOutput">Whether it is an output of the graph as it is.</param>
/// <param name="IsPenultimate">Whether it goes into the layer that makes an output, see <see cref="PenultimateLayer"/>.</param>
internal sealed record FeatureCandidate(OnnxValue Value, string Operator, bool IsOutput, bool IsPenultimate);
