namespace MLTransfer.Onnx.Training;

/// <summary>Draws the rows that are held out, as a function of the seed alone.</summary>
internal static class HeldOutRows
{
    // 0.29 of 100 rows are 29, although the product of the two lies just below.
    private const double Slack = 1e-9;

    /// <summary>
    /// Divides rows 0 … n − 1 into those to train on and those held out, each in rising order. With classes each class gives its share, rounded down so that a class of few rows keeps them
    /// for training; without, at least one row is held out and at least one kept where there are two or more.
    /// </summary>
    /// <param name="rowCount">n.</param>
    /// <param name="fraction">Share held out, from 0 to below 1.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="classes">Class of each row, or empty.</param>
    public static (int[] Training, int[] HeldOut) Divide(int rowCount, double fraction, int seed, ReadOnlySpan<int> classes = default)
    {
        if (fraction is not (>= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(fraction), fraction, "A held-out fraction must be 0 or above, and below 1.");
        if (!classes.IsEmpty && classes.Length != rowCount)
            throw new ArgumentException($"There are {rowCount} rows, but classes of {classes.Length}.", nameof(classes));
        int[] order = [.. Enumerable.Range(0, rowCount)];
        new CounterRandom(seed, RandomStream.HeldOut, 0).Shuffle(order.AsSpan());
        bool[] isHeldOut = new bool[rowCount];
        if (classes.IsEmpty)
        {
            int count = fraction == 0 || rowCount < 2 ? 0 : Math.Clamp((int)Math.Round(fraction * rowCount), 1, rowCount - 1);
            foreach (int row in order.AsSpan(0, count))
                isHeldOut[row] = true;
        }
        else
        {
            Dictionary<int, int> left = [];
            foreach (int c in classes)
                left[c] = left.GetValueOrDefault(c) + 1;
            foreach (int c in left.Keys.ToArray())
                left[c] = (int)(fraction * left[c] + Slack);
            foreach (int row in order)
                isHeldOut[row] = left[classes[row]]-- > 0;
        }
        return ([.. Enumerable.Range(0, rowCount).Where(r => !isHeldOut[r])], [.. Enumerable.Range(0, rowCount).Where(r => isHeldOut[r])]);
    }
}
