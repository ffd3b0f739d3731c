namespace MLTransfer.Onnx.Training;

/// <summary>What one step gave.</summary>
/// <param name="Loss">Weighted mean loss of its rows before the update, without penalties.</param>
/// <param name="Weight">Sum of their weights.</param>
internal readonly record struct StepOutcome(double Loss, double Weight);
