namespace MLTransfer.Onnx.Training;

/// <summary>Quality on rows held out.</summary>
/// <param name="Loss">Mean loss; lower is better.</param>
/// <param name="Metric">What the trainer measures (accuracy, R², …), higher is better; null where it measures nothing but the loss.</param>
internal readonly record struct HeldOut(double Loss, double? Metric = null);
