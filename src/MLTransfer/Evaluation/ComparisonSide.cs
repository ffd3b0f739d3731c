namespace MLTransfer;

/// <summary>One side of a comparison over several seeds: each measure of <see cref="ComparisonMetrics"/> summed up, and all test rows of all seeds together.</summary>
public sealed record ComparisonSide
{
    internal ComparisonSide()
    {
    }

    /// <summary>Accuracy over the seeds.</summary>
    public required MetricSummary Accuracy { get; init; }

    /// <summary>Macro precision over the seeds.</summary>
    public required MetricSummary MacroPrecision { get; init; }

    /// <summary>Macro recall over the seeds.</summary>
    public required MetricSummary MacroRecall { get; init; }

    /// <summary>Macro F1 over the seeds.</summary>
    public required MetricSummary MacroF1 { get; init; }

    /// <summary>Micro precision over the seeds.</summary>
    public required MetricSummary MicroPrecision { get; init; }

    /// <summary>Micro recall over the seeds.</summary>
    public required MetricSummary MicroRecall { get; init; }

    /// <summary>Micro F1 over the seeds.</summary>
    public required MetricSummary MicroF1 { get; init; }

    /// <summary>Log-loss over the seeds, in nats.</summary>
    public required MetricSummary LogLoss { get; init; }

    /// <summary>Brier score over the seeds.</summary>
    public required MetricSummary BrierScore { get; init; }

    /// <summary>Expected calibration error over the seeds.</summary>
    public required MetricSummary ExpectedCalibrationError { get; init; }

    /// <summary>Maximum calibration error over the seeds.</summary>
    public required MetricSummary MaximumCalibrationError { get; init; }

    /// <summary>The sum of the seeds' matrices: a row that several seeds are measured on counts several times.</summary>
    public required ConfusionMatrix Confusion { get; init; }

    /// <summary>Each class by itself, of <see cref="Confusion"/>.</summary>
    public required IReadOnlyList<ClassMetrics> Classes { get; init; }

    /// <summary>The rows of all seeds in bins of confidence; empty where a seed's Score is no probability.</summary>
    public required IReadOnlyList<ReliabilityBin> Reliability { get; init; }

    internal static ComparisonSide Of(IReadOnlyCollection<ComparisonMetrics> runs)
    {
        var confusion = ConfusionMatrix.Sum([.. runs.Select(r => r.Confusion)]);
        return new ComparisonSide
        {
            Accuracy = Summary(runs, r => r.Accuracy),
            MacroPrecision = Summary(runs, r => r.MacroPrecision),
            MacroRecall = Summary(runs, r => r.MacroRecall),
            MacroF1 = Summary(runs, r => r.MacroF1),
            MicroPrecision = Summary(runs, r => r.MicroPrecision),
            MicroRecall = Summary(runs, r => r.MicroRecall),
            MicroF1 = Summary(runs, r => r.MicroF1),
            LogLoss = Summary(runs, r => r.LogLoss),
            BrierScore = Summary(runs, r => r.BrierScore),
            ExpectedCalibrationError = Summary(runs, r => r.ExpectedCalibrationError),
            MaximumCalibrationError = Summary(runs, r => r.MaximumCalibrationError),
            Confusion = confusion,
            Classes = ClassMetrics.Of(confusion),
            Reliability = Evaluation.Reliability.Sum([.. runs.Select(r => r.Reliability)]),
        };
    }

    private static MetricSummary Summary(IEnumerable<ComparisonMetrics> runs, Func<ComparisonMetrics, double> measure) => MetricSummary.Of(runs.Select(measure));
}
