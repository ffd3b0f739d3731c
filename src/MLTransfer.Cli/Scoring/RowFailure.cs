namespace MLTransfer.Cli.Scoring;

/// <summary>A row that could not be scored, as a line of an errors file.</summary>
/// <param name="Row">The row over all input, from zero.</param>
/// <param name="File">The file it stands in.</param>
/// <param name="Place">Where in the file.</param>
/// <param name="Error">What is wrong.</param>
internal sealed record RowFailure(long Row, string File, string Place, string Error);
