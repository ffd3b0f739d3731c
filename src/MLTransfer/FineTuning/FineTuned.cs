using MLTransfer.Heads.Network;
using MLTransfer.Onnx.Training;

namespace MLTransfer.FineTuning;

/// <summary>What fine-tuning gave.</summary>
/// <param name="Backbone">The backbone with its trained weights.</param>
/// <param name="Head">The head on its feature; null where none was trained.</param>
/// <param name="Output">What the head's logits mean.</param>
/// <param name="Training">How the training went.</param>
internal sealed record FineTuned(Backbone Backbone, HeadNetwork? Head, HeadOutput Output, TrainingResult Training);
