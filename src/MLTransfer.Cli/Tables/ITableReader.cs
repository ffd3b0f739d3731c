namespace MLTransfer.Cli.Tables;

/// <summary>Reads rows in order. Not thread-safe; whoever opened it disposes it.</summary>
internal interface ITableReader : IDisposable
{
    /// <summary>The columns that are read, in the order asked for.</summary>
    IReadOnlyList<TableColumn> Columns { get; }

    /// <summary>The next rows; null at the end, never empty. Fewer than asked for at the end only.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, so that not even the bounds of its rows are known.</exception>
    TableBatch? Read(int maximumRowCount);

    /// <summary>Passes over rows.</summary>
    void Skip(long rowCount);
}
