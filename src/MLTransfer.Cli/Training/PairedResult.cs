namespace MLTransfer.Cli.Training;

/// <summary>Two models on the same rows.</summary>
/// <param name="OnlyFirst">Rows that only the first got right.</param>
/// <param name="OnlySecond">Rows that only the second got right.</param>
internal sealed record PairedResult(int OnlyFirst, int OnlySecond)
{
    /// <summary>The share above which a difference is said to be possible by chance.</summary>
    public const double Level = 0.05;

    /// <summary>
    /// The exact two-sided sign test over the rows on which the two differ (McNemar 1947): how probable a difference of at least this size is where both are equally good,
    /// p = min(1, 2 · Σ_{i ≤ min(b, c)} C(b + c, i) / 2^(b + c)).
    /// </summary>
    public double ChanceProbability
    {
        get
        {
            int n = OnlyFirst + OnlySecond;
            // Logarithms: 2^n leaves the range of double above 1,023 rows.
            double logTerm = -n * Math.Log(2);
            double sum = 0;
            for (int i = 0; i <= Math.Min(OnlyFirst, OnlySecond); i++)
            {
                sum += Math.Exp(logTerm);
                logTerm += Math.Log(n - i) - Math.Log(i + 1);
            }
            return Math.Min(1, 2 * sum);
        }
    }

    public bool MayBeChance => ChanceProbability > Level;

    public static PairedResult Of(IReadOnlyList<bool> first, IReadOnlyList<bool> second) =>
        new(first.Zip(second).Count(r => r.First && !r.Second), first.Zip(second).Count(r => !r.First && r.Second));
}
