namespace MLTransfer.Heads.Linear;

/// <summary>Runs independent pieces of work on up to a number of threads. How work is cut never depends on that number.</summary>
internal sealed class Workers(int threadCount)
{
    private readonly ParallelOptions _options = new() { MaxDegreeOfParallelism = threadCount };

    public void For(int count, Action<int> body)
    {
        if (threadCount == 1 || count <= 1)
        {
            for (int i = 0; i < count; i++)
                body(i);
            return;
        }
        Parallel.For(0, count, _options, body);
    }

    /// <summary>Pieces of <paramref name="size"/> (the last may be smaller) of the numbers below <paramref name="count"/>.</summary>
    public void ForRanges(int count, int size, Action<int, int> body) =>
        For((count + size - 1) / size, i => body(i * size, Math.Min(count, (i + 1) * size)));
}
