namespace MLTransfer;

/// <summary>A further column that an embedding step delivers from the same run of the backbone.</summary>
/// <param name="ColumnName">The column's name.</param>
/// <param name="Pooling">How token vectors become the column; <see cref="MLTransfer.Pooling.None"/> delivers the sequence.</param>
public sealed record FeatureOutput(string ColumnName, Pooling Pooling);
