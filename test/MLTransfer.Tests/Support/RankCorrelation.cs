namespace MLTransfer.Tests.Support;

/// <summary>Spearman's rank correlation: Pearson's correlation of ranks, equal values sharing the mean of their ranks.</summary>
internal static class RankCorrelation
{
    public static double Spearman(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        Assert.That(x, Has.Count.EqualTo(y.Count), "the lists are pairs");
        double[] a = Ranks(x);
        double[] b = Ranks(y);
        // Sharing means leaves the sum of ranks as it is.
        double mean = (x.Count + 1) / 2.0;
        double product = a.Zip(b, (r, s) => (r - mean) * (s - mean)).Sum();
        return product / Math.Sqrt(a.Sum(r => (r - mean) * (r - mean)) * b.Sum(s => (s - mean) * (s - mean)));
    }

    private static double[] Ranks(IReadOnlyList<double> values)
    {
        var ranks = new double[values.Count];
        int below = 0;
        foreach (IGrouping<double, int> equal in Enumerable.Range(0, values.Count).GroupBy(i => values[i]).OrderBy(g => g.Key))
        {
            int count = equal.Count();
            foreach (int i in equal)
                ranks[i] = below + (count + 1) / 2.0;
            below += count;
        }
        return ranks;
    }
}
