namespace MLTransfer.Cli.Tables;

/// <summary>Collects rows for a <see cref="TableBatch"/>.</summary>
/// <param name="columns">The columns.</param>
/// <param name="capacity">Rows for which there is room.</param>
internal sealed class BatchBuilder(IReadOnlyList<TableColumn> columns, int capacity)
{
    private readonly Array[] _values = [.. columns.Select(c => New(c, capacity))];
    private Dictionary<int, RowProblem>? _problems;

    /// <summary>Rows for which there is room still.</summary>
    public int Room => capacity - RowCount;

    /// <summary>Rows that are there. The next row's values are put at this place of <see cref="Values{T}"/>.</summary>
    public int RowCount { get; private set; }

    /// <summary>The values of a column, with room for all rows.</summary>
    public T[] Values<T>(int column) => (T[])_values[column];

    /// <summary>The values of a column as an array of whatever its kind names.</summary>
    public Array Values(int column) => _values[column];

    /// <summary>Counts rows whose values were put in their places.</summary>
    public void Add(int rowCount) => RowCount += rowCount;

    /// <summary>Adds a row that cannot be used.</summary>
    public void Add(RowProblem problem)
    {
        for (int c = 0; c < columns.Count; c++)
            Array.Clear(_values[c], RowCount * Length(columns[c]), Length(columns[c]));
        (_problems ??= [])[RowCount] = problem;
        RowCount++;
    }

    /// <summary>Says that a row that is there cannot be used; the first thing that is wrong with it counts.</summary>
    public void Spoil(int row, RowProblem problem)
    {
        if ((_problems ??= []).TryAdd(row, problem))
        {
            for (int c = 0; c < columns.Count; c++)
                Array.Clear(_values[c], row * Length(columns[c]), Length(columns[c]));
        }
    }

    /// <summary>The rows that are there; null where none is. The builder is used up.</summary>
    public TableBatch? Build()
    {
        if (RowCount == 0)
            return null;
        Array[] values = RowCount == capacity ? _values : [.. columns.Select((c, i) => Cut(_values[i], RowCount * Length(c)))];
        return new TableBatch(columns, RowCount, values, _problems);
    }

    private static int Length(TableColumn column) => column.Kind == ColumnKind.Vector ? column.Width : 1;

    private static Array New(TableColumn column, int rowCount) => column.Kind switch
    {
        ColumnKind.Text => new string?[rowCount],
        ColumnKind.Whole => new long?[rowCount],
        ColumnKind.Real => new double?[rowCount],
        ColumnKind.Single => new float?[rowCount],
        ColumnKind.Flag => new bool?[rowCount],
        ColumnKind.Vector => new float[checked(rowCount * column.Width)],
        _ => throw new ArgumentException($"The column '{column.Name}' is of the kind {(int)column.Kind}, which there is not.", nameof(column)),
    };

    private static Array Cut(Array values, int length)
    {
        Array cut = Array.CreateInstance(values.GetType().GetElementType()!, length);
        Array.Copy(values, cut, length);
        return cut;
    }
}
