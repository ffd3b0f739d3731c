namespace MLTransfer.Cli.Scoring;

/// <summary>How far a job is.</summary>
/// <param name="RowsDone">Rows of the shard that are done, those of earlier runs among them.</param>
/// <param name="RowCount">Rows of the shard.</param>
/// <param name="RowsNow">Rows that this run has done.</param>
/// <param name="ErrorCount">Rows that could not be scored.</param>
/// <param name="Elapsed">Since this run began to score.</param>
internal sealed record ScoreProgress(long RowsDone, long RowCount, long RowsNow, long ErrorCount, TimeSpan Elapsed)
{
    /// <summary>Rows a second of this run.</summary>
    public double RowsPerSecond => RowsNow / Math.Max(Elapsed.TotalSeconds, 1e-3);

    /// <summary>What the rest will take at this rate; null before anything is known.</summary>
    public TimeSpan? TimeLeft => RowsNow == 0 ? null : TimeSpan.FromSeconds((RowCount - RowsDone) / RowsPerSecond);
}
