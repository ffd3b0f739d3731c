namespace MLTransfer.Cli.Scoring;

/// <summary>Rows of a job that follow each other.</summary>
/// <param name="First">The first row, from zero, over all input.</param>
/// <param name="Count">How many.</param>
internal readonly record struct RowRange(long First, long Count)
{
    /// <summary>The row behind the last.</summary>
    public long End => First + Count;
}
