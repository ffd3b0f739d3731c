namespace MLTransfer.Evaluation;

/// <summary>Rows sorted into bins of equal width by their confidence (Guo et al. 2017).</summary>
internal sealed class Reliability
{
    public const int BinCount = 15;

    private readonly long[] _rows = new long[BinCount];
    private readonly long[] _right = new long[BinCount];
    private readonly double[] _confidence = new double[BinCount];

    public void Add(double confidence, bool isRight)
    {
        int bin = Math.Clamp((int)Math.Ceiling(confidence * BinCount) - 1, 0, BinCount - 1);
        _rows[bin]++;
        _right[bin] += isRight ? 1 : 0;
        _confidence[bin] += confidence;
    }

    public IReadOnlyList<ReliabilityBin> ToBins() => new ValueList<ReliabilityBin>([.. Enumerable.Range(0, BinCount).Select(m => new ReliabilityBin(
        (double)m / BinCount, (m + 1.0) / BinCount, _rows[m], _confidence[m] / _rows[m], (double)_right[m] / _rows[m]))]);

    /// <summary>All rows of several sets of bins; empty where one of them is.</summary>
    public static IReadOnlyList<ReliabilityBin> Sum(IReadOnlyCollection<IReadOnlyList<ReliabilityBin>> parts)
    {
        if (parts.Any(p => p.Count == 0))
            return new ValueList<ReliabilityBin>([]);
        return new ValueList<ReliabilityBin>([.. parts.First().Select((bin, m) =>
        {
            ReliabilityBin[] filled = [.. parts.Select(p => p[m]).Where(b => b.RowCount > 0)];
            long rows = filled.Sum(b => b.RowCount);
            return bin with { RowCount = rows, MeanConfidence = filled.Sum(b => b.RowCount * b.MeanConfidence) / rows, Accuracy = filled.Sum(b => b.RowCount * b.Accuracy) / rows };
        })]);
    }

    public static double ExpectedError(IReadOnlyCollection<ReliabilityBin> bins) => bins.Count == 0 ? double.NaN
        : bins.Where(b => b.RowCount > 0).Sum(b => b.RowCount * Gap(b)) / bins.Sum(b => b.RowCount);

    public static double MaximumError(IReadOnlyCollection<ReliabilityBin> bins) => bins.Count == 0 ? double.NaN : bins.Where(b => b.RowCount > 0).Max(Gap);

    private static double Gap(ReliabilityBin bin) => Math.Abs(bin.Accuracy - bin.MeanConfidence);
}
