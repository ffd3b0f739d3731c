namespace MLTransfer;

/// <summary>What was measured on rows of one of several classes each, by scikit-learn's definitions with <c>zero_division=0</c>.</summary>
/// <remarks>
/// TP, FP and FN of a class are the rows rightly predicted as it, wrongly predicted as it, and of it but predicted as another; of several equal scores the first counts.
/// Precision = TP / (TP + FP), recall = TP / (TP + FN), F1 = 2·TP / (2·TP + FP + FN), each 0 where its denominator is. Macro: the mean over the classes that occur as label or
/// prediction; micro: over the sums of TP, FP and FN, which for one label a row all equal the accuracy.
/// Log-loss = −mean ln p(label), with each probability clipped to [ε, 1 − ε], ε = 2⁻²³ (that of float32), and the row divided by its sum.
/// Brier score = mean Σ_k (p_k − y_k)², y_k 1 for the label and else 0 (Brier 1950, without the half).
/// Calibration by 15 bins of equal width over the confidence c = max_k p_k, bin m holding (m − 1)/15 &lt; c ≤ m/15: expected calibration error = Σ_m n_m/n · |accuracy_m − mean c_m|,
/// maximum calibration error = max_m of the same difference (Guo et al. 2017, equations 3 and 5).
/// </remarks>
public sealed record ComparisonMetrics
{
    internal ComparisonMetrics()
    {
    }

    /// <summary>Rows measured.</summary>
    public required long RowCount { get; init; }

    /// <summary>Right rows / rows, 0 to 1.</summary>
    public required double Accuracy { get; init; }

    /// <summary>0 to 1.</summary>
    public required double MacroPrecision { get; init; }

    /// <summary>0 to 1.</summary>
    public required double MacroRecall { get; init; }

    /// <summary>0 to 1.</summary>
    public required double MacroF1 { get; init; }

    /// <summary>0 to 1.</summary>
    public required double MicroPrecision { get; init; }

    /// <summary>0 to 1.</summary>
    public required double MicroRecall { get; init; }

    /// <summary>0 to 1.</summary>
    public required double MicroF1 { get; init; }

    /// <summary>In nats; NaN where the Score is no probability (outside 0 to 1, or not of sum 1).</summary>
    public required double LogLoss { get; init; }

    /// <summary>0 to 2; NaN where the Score is no probability.</summary>
    public required double BrierScore { get; init; }

    /// <summary>0 to 1; NaN where the Score is no probability.</summary>
    public required double ExpectedCalibrationError { get; init; }

    /// <summary>0 to 1; NaN where the Score is no probability.</summary>
    public required double MaximumCalibrationError { get; init; }

    /// <summary>Each class by itself, in the order of the scores.</summary>
    public required IReadOnlyList<ClassMetrics> Classes { get; init; }

    /// <summary>How often each class was predicted for each label.</summary>
    public required ConfusionMatrix Confusion { get; init; }

    /// <summary>The 15 bins of confidence, ascending; empty where the Score is no probability.</summary>
    public required IReadOnlyList<ReliabilityBin> Reliability { get; init; }
}
