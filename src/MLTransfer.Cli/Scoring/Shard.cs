using System.Globalization;

namespace MLTransfer.Cli.Scoring;

/// <summary>One of the equal parts that a job's rows are divided into.</summary>
/// <param name="Index">Which one, from zero.</param>
/// <param name="Count">How many there are.</param>
internal readonly record struct Shard(int Index, int Count)
{
    /// <summary>The only one.</summary>
    public static Shard Whole { get; } = new(0, 1);

    /// <summary>The rows of this shard: one range; the ranges of all shards in order are all rows.</summary>
    /// <param name="rowCount">Rows of the job.</param>
    /// <param name="blockRowCount">
    /// Rows that are scored together. Where every shard has that many, shards begin at its multiples: the same rows are scored together however many shards there are, so that not even the
    /// last bit of a result can depend on it.
    /// </param>
    public RowRange Rows(long rowCount, int blockRowCount)
    {
        long unit = rowCount / Count >= blockRowCount ? blockRowCount : 1;
        long first = Bound(Index, Count, rowCount, unit);
        return new RowRange(first, Bound(Index + 1, Count, rowCount, unit) - first);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Index} of {Count}");

    // In 128 bits: rows × shards may be more than 64 hold.
    private static long Bound(int index, int count, long rowCount, long unit) =>
        index == count ? rowCount : (long)((Int128)(rowCount / unit) * index / count) * unit;
}
