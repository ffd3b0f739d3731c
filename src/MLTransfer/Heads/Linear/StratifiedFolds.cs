namespace MLTransfer.Heads.Linear;

/// <summary>Deals rows into folds, stratum by stratum, in an order that the seed decides.</summary>
internal static class StratifiedFolds
{
    /// <param name="strata">The stratum (class) of each row; one and the same where there is none.</param>
    /// <param name="foldCount">Number of folds.</param>
    /// <param name="seed">Decides who is dealt where.</param>
    /// <returns>For each row its fold. −1 for the only row of a stratum: holding it out would ask for a class that was never seen.</returns>
    public static int[] Deal(int[] strata, int foldCount, int seed)
    {
        Random random = new(seed);
        int[] folds = new int[strata.Length];
        int next = 0;
        foreach (IGrouping<int, int> stratum in Enumerable.Range(0, strata.Length).GroupBy(i => strata[i]).OrderBy(g => g.Key))
        {
            int[] rows = [.. stratum];
            random.Shuffle(rows);
            foreach (int row in rows)
                folds[row] = rows.Length == 1 ? -1 : next++ % foldCount;
        }
        return folds;
    }
}
