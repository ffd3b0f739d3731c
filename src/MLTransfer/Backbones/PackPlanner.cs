namespace MLTransfer.Backbones;

/// <summary>Decides which rows share a run.</summary>
internal static class PackPlanner
{
    /// <summary>
    /// Cuts rows that are sorted by length into packs of at most <paramref name="budget"/> padded elements: a row joins while (rows + 1) × longest ≤ budget.
    /// A row that is longer than the budget runs alone.
    /// </summary>
    /// <param name="sortedLengths">Lengths, ascending.</param>
    /// <param name="budget">Padded elements (tokens, samples) of one run.</param>
    /// <param name="rowLimit">Rows of one run; 1 where rows would see each other.</param>
    /// <param name="equalLengthsOnly">True for graphs without a mask, whose values change with padding.</param>
    /// <param name="packEnds">Receives the end (exclusive) of each pack.</param>
    public static void Plan(ReadOnlySpan<int> sortedLengths, int budget, int rowLimit, bool equalLengthsOnly, List<int> packEnds)
    {
        packEnds.Clear();
        int start = 0;
        for (int end = 1; end <= sortedLengths.Length; end++)
        {
            bool cut = end == sortedLengths.Length
                || end - start >= rowLimit
                || (long)(end - start + 1) * sortedLengths[end] > budget
                || (equalLengthsOnly && sortedLengths[end] != sortedLengths[start]);
            if (!cut)
                continue;
            packEnds.Add(end);
            start = end;
        }
    }
}
