namespace MLTransfer;

/// <summary>All seeds of one number of labels.</summary>
/// <param name="LabelsPerClass">Labels of each class in a sample.</param>
/// <param name="SeedCount">Runs that were summed up.</param>
/// <param name="With">Measured with transfer.</param>
/// <param name="Without">Measured without transfer.</param>
/// <param name="Verdict">Whether transfer helped here.</param>
public sealed record ComparisonSummary(int LabelsPerClass, int SeedCount, ComparisonSide With, ComparisonSide Without, TransferVerdict Verdict)
{
    // Four seeds of five: one sample may be unlucky, two are a sign that it depends on the sample.
    private const double ClearMajority = 0.8;

    internal static ComparisonSummary Of(int labelsPerClass, IReadOnlyCollection<ComparisonRun> runs) => new(
        labelsPerClass, runs.Count, ComparisonSide.Of([.. runs.Select(r => r.With)]), ComparisonSide.Of([.. runs.Select(r => r.Without)]), Judge(runs));

    private static TransferVerdict Judge(IReadOnlyCollection<ComparisonRun> runs)
    {
        double needed = ClearMajority * runs.Count;
        if (runs.Count(r => r.With.Accuracy > r.Without.Accuracy) >= needed)
            return TransferVerdict.Helped;
        return runs.Count(r => r.With.Accuracy < r.Without.Accuracy) >= needed ? TransferVerdict.Hurt : TransferVerdict.Undecided;
    }
}
