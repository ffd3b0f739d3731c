namespace MLTransfer.Heads;

/// <summary>The columns that a head is trained on.</summary>
/// <param name="Label">The label.</param>
/// <param name="Feature">The features.</param>
/// <param name="Weight">The weights of rows; null where every row counts 1.</param>
internal sealed record HeadColumnNames(string Label, string Feature, string? Weight);
