namespace MLTransfer;

/// <summary>What was measured on the test rows, defined as scikit-learn does.</summary>
/// <remarks>
/// Formula: accuracy = correct rows / rows; of several equal scores the first counts. Macro F1 = mean over the classes that occur as label or prediction of
/// 2·TP / (2·TP + FP + FN). Log-loss = −mean ln p(label), with each probability clipped to [ε, 1 − ε], ε = 2⁻²³ (that of float32), and the row divided by its sum.
/// </remarks>
/// <param name="Accuracy">0 to 1.</param>
/// <param name="MacroF1">0 to 1.</param>
/// <param name="LogLoss">In nats; NaN where the trainer's Score is no probability (outside 0 to 1, or not of sum 1).</param>
public sealed record ComparisonMetrics(double Accuracy, double MacroF1, double LogLoss);
