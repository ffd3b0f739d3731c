namespace MLTransfer;

/// <summary>A measure over several seeds.</summary>
/// <param name="Minimum">The smallest.</param>
/// <param name="Median">The median; of an even number, the mean of the two in the middle.</param>
/// <param name="Maximum">The largest.</param>
public sealed record MetricSummary(double Minimum, double Median, double Maximum)
{
    internal static MetricSummary Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        // One seed that could not be measured leaves nothing to say of all.
        if (sorted.Any(double.IsNaN))
            return new MetricSummary(double.NaN, double.NaN, double.NaN);
        int middle = sorted.Length / 2;
        return new MetricSummary(sorted[0], sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2, sorted[^1]);
    }
}
