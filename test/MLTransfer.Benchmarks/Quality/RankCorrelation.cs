namespace MLTransfer.Benchmarks.Quality;

/// <summary>Spearman's correlation: Pearson's over ranks, equal values sharing the mean of their ranks, as scipy.stats.spearmanr has it.</summary>
internal static class RankCorrelation
{
    public static double Spearman(double[] a, double[] b)
    {
        double[] x = Ranks(a);
        double[] y = Ranks(b);
        double mean = (a.Length + 1) / 2.0;
        double product = 0;
        double squaresX = 0;
        double squaresY = 0;
        for (int i = 0; i < x.Length; i++)
        {
            product += (x[i] - mean) * (y[i] - mean);
            squaresX += (x[i] - mean) * (x[i] - mean);
            squaresY += (y[i] - mean) * (y[i] - mean);
        }
        return product / Math.Sqrt(squaresX * squaresY);
    }

    private static double[] Ranks(double[] values)
    {
        int[] order = [.. Enumerable.Range(0, values.Length).OrderBy(i => values[i])];
        var ranks = new double[values.Length];
        for (int start = 0; start < order.Length;)
        {
            int end = start + 1;
            while (end < order.Length && values[order[end]] == values[order[start]])
                end++;
            for (int i = start; i < end; i++)
                ranks[order[i]] = (start + 1 + end) / 2.0;
            start = end;
        }
        return ranks;
    }
}
