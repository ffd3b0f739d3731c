namespace MLTransfer.Onnx.Training;

/// <summary>What a sweep over learning rates found.</summary>
/// <param name="Suggestion">The rate at which the loss falls most steeply.</param>
/// <param name="Rates">Rates tried, rising, up to where the loss exploded.</param>
/// <param name="Losses">Smoothed loss at each.</param>
internal sealed record LearningRateSweep(double Suggestion, IReadOnlyList<double> Rates, IReadOnlyList<double> Losses);
