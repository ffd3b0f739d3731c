namespace MLTransfer;

/// <summary>How far the teachers are. Training has a progress of its own (<see cref="TrainingProgress"/>).</summary>
/// <param name="RowsDone">Distinct rows whose outputs are known, over all teachers so far.</param>
/// <param name="RowsRun">Of these, rows that a teacher ran in this process.</param>
/// <param name="RowsCached">Of these, rows that were found in the cache on disk.</param>
/// <param name="RowCount">Distinct rows of the teacher at work.</param>
public sealed record DistillationProgress(long RowsDone, long RowsRun, long RowsCached, long RowCount);
