namespace MLTransfer.Evaluation;

/// <summary>A number of <see cref="ComparisonMetrics"/> as reports write it.</summary>
/// <param name="Key">Its name in JSON.</param>
/// <param name="Heading">Its name for people.</param>
/// <param name="IsHigherBetter">Whether more is better.</param>
/// <param name="Of">Reads it of one run.</param>
/// <param name="Over">Reads it of one side over the seeds.</param>
internal sealed record Measure(string Key, string Heading, bool IsHigherBetter, Func<ComparisonMetrics, double> Of, Func<ComparisonSide, MetricSummary> Over)
{
    /// <summary>All measures, in the order of reports.</summary>
    public static IReadOnlyList<Measure> All { get; } =
    [
        new("accuracy", "accuracy", true, m => m.Accuracy, s => s.Accuracy),
        new("macroPrecision", "macro precision", true, m => m.MacroPrecision, s => s.MacroPrecision),
        new("macroRecall", "macro recall", true, m => m.MacroRecall, s => s.MacroRecall),
        new("macroF1", "macro F1", true, m => m.MacroF1, s => s.MacroF1),
        new("microPrecision", "micro precision", true, m => m.MicroPrecision, s => s.MicroPrecision),
        new("microRecall", "micro recall", true, m => m.MicroRecall, s => s.MicroRecall),
        new("microF1", "micro F1", true, m => m.MicroF1, s => s.MicroF1),
        new("logLoss", "log-loss", false, m => m.LogLoss, s => s.LogLoss),
        new("brierScore", "Brier score", false, m => m.BrierScore, s => s.BrierScore),
        new("expectedCalibrationError", "expected calibration error", false, m => m.ExpectedCalibrationError, s => s.ExpectedCalibrationError),
        new("maximumCalibrationError", "maximum calibration error", false, m => m.MaximumCalibrationError, s => s.MaximumCalibrationError),
    ];
}
