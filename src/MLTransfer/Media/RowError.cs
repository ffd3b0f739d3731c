namespace MLTransfer;

/// <summary>A row that a step could not read.</summary>
/// <param name="Step">The step, such as "EmbedImage".</param>
/// <param name="Column">The column that was read.</param>
/// <param name="Row">The row's position in the step's input, from zero.</param>
/// <param name="Source">The path, where the column holds paths; else null.</param>
/// <param name="Reason">What is wrong, as a sentence.</param>
public sealed record RowError(string Step, string Column, long Row, string? Source, string Reason);
