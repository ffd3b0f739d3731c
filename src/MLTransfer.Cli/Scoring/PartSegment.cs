namespace MLTransfer.Cli.Scoring;

/// <summary>Rows of an unfinished part that are done.</summary>
/// <param name="FirstRow">The first, over all input.</param>
/// <param name="RowCount">How many rows of the input.</param>
/// <param name="ErrorCount">Of those, the ones that could not be scored.</param>
/// <param name="ByteCount">The length of the file of scored rows.</param>
internal sealed record PartSegment(long FirstRow, long RowCount, long ErrorCount, long ByteCount);
