using MLTransfer.Cli.Tables;

namespace MLTransfer.Cli.Scoring;

/// <summary>What became of some rows of the input.</summary>
/// <param name="FirstRow">The first, over all input.</param>
/// <param name="RowCount">How many.</param>
/// <param name="Rows">The output of those that could be scored, in order.</param>
/// <param name="Failures">The others, in order.</param>
internal sealed record ScoredBlock(long FirstRow, int RowCount, TableBatch Rows, IReadOnlyList<RowFailure> Failures);
