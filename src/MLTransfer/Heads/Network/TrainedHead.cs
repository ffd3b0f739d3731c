using MLTransfer.Onnx.Training;

namespace MLTransfer.Heads.Network;

/// <summary>What a training of a head gave.</summary>
/// <param name="Network">For raw features, giving logits for raw labels.</param>
/// <param name="Output">What the logits mean.</param>
/// <param name="Training">How the training went.</param>
internal sealed record TrainedHead(HeadNetwork Network, HeadOutput Output, TrainingResult Training);
