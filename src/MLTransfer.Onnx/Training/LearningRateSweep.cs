namespace MLTransfer;

/// <summary>What a sweep over learning rates found (Smith 2017, "Cyclical learning rates for training neural networks").</summary>
/// <param name="Suggestion">The rate at which the loss falls most steeply.</param>
/// <param name="Rates">Rates tried, rising, up to where the loss exploded.</param>
/// <param name="Losses">Smoothed loss at each.</param>
public sealed record LearningRateSweep(double Suggestion, IReadOnlyList<double> Rates, IReadOnlyList<double> Losses);
