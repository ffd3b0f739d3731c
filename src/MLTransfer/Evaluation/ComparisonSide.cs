namespace MLTransfer;

/// <summary>One side of a comparison over several seeds.</summary>
/// <param name="Accuracy">Accuracy over the seeds.</param>
/// <param name="MacroF1">Macro F1 over the seeds.</param>
/// <param name="LogLoss">Log-loss over the seeds.</param>
public sealed record ComparisonSide(MetricSummary Accuracy, MetricSummary MacroF1, MetricSummary LogLoss)
{
    internal static ComparisonSide Of(IReadOnlyCollection<ComparisonMetrics> runs) => new(
        MetricSummary.Of(runs.Select(r => r.Accuracy)), MetricSummary.Of(runs.Select(r => r.MacroF1)), MetricSummary.Of(runs.Select(r => r.LogLoss)));
}
