namespace MLTransfer.Cli.Tables;

/// <summary>A column of a table.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="Width">Numbers of a <see cref="ColumnKind.Vector"/> in each row; else 0.</param>
/// <param name="SlotNames">Names of a vector's numbers, one for each, where they have any. In CSV, which has no vectors, number i is the column "Name.SlotName", else "Name.i".</param>
internal sealed record TableColumn(string Name, ColumnKind Kind, int Width = 0, IReadOnlyList<string>? SlotNames = null);
