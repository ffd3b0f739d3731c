namespace MLTransfer.Cli.Tables;

/// <summary>Some rows of a table, column by column.</summary>
/// <param name="columns">The columns.</param>
/// <param name="rowCount">Rows, those with a problem among them.</param>
/// <param name="values">For each column the array that its <see cref="ColumnKind"/> names, of <paramref name="rowCount"/> values, or × Width for a vector.</param>
/// <param name="problems">Why rows cannot be used, by their place in this batch; their values are null or zero. Null where all can.</param>
internal sealed class TableBatch(IReadOnlyList<TableColumn> columns, int rowCount, Array[] values, IReadOnlyDictionary<int, RowProblem>? problems = null)
{
    public IReadOnlyList<TableColumn> Columns { get; } = columns;

    public int RowCount { get; } = rowCount;

    public IReadOnlyDictionary<int, RowProblem> Problems { get; } = problems ?? new Dictionary<int, RowProblem>();

    /// <summary>The values of a column.</summary>
    /// <typeparam name="T">The element of the array that the column's kind names, such as <c>string?</c>, <c>long?</c>, or <c>float</c> for a vector.</typeparam>
    public T[] Values<T>(int column) => (T[])values[column];

    /// <summary>The values of a column as an array of whatever its kind names.</summary>
    public Array Values(int column) => values[column];
}
