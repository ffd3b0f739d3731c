namespace MLTransfer.Cli.Tables;

/// <summary>Why a row of an input cannot be used.</summary>
/// <param name="File">The file, as it was named.</param>
/// <param name="Place">Where in it, such as "line 14".</param>
/// <param name="Message">What is wrong, as a sentence.</param>
internal sealed record RowProblem(string File, string Place, string Message);
