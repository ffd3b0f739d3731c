namespace MLTransfer;

/// <summary>How far a comparison has come.</summary>
/// <param name="DoneCount">Runs done.</param>
/// <param name="TotalCount">Runs in all: seeds × numbers of labels.</param>
/// <param name="Latest">The run just done.</param>
public sealed record CompareProgress(int DoneCount, int TotalCount, ComparisonRun Latest);
