namespace MLTransfer.Cli.Tables;

/// <summary>Table files that can be written.</summary>
internal static class TableOutput
{
    /// <summary>How their names end, with the point.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".csv", ".tsv", ".parquet"];

    /// <summary>Starts a file. An older one of this name is lost.</summary>
    /// <param name="path">The file, which may have another ending, as temporary files do.</param>
    /// <param name="extension">The kind of file, one of <see cref="Extensions"/>.</param>
    /// <param name="columns">The columns.</param>
    /// <exception cref="ArgumentException">The kind is not known, there is no column, or two have one name.</exception>
    public static ITableWriter Create(string path, string extension, IReadOnlyList<TableColumn> columns)
    {
        Check(columns);
        return Dialect.Of(extension) is Dialect dialect ? new DelimitedWriter(path, dialect, columns)
            : IsParquet(extension) ? new ParquetWriter(path, columns)
            : throw new ArgumentException($"Tables are not written as '{extension}'. Supported: {string.Join(", ", Extensions)}.", nameof(extension));
    }

    /// <summary>Whether an extension is that of Parquet files.</summary>
    public static bool IsParquet(string extension) => string.Equals(extension, ".parquet", StringComparison.OrdinalIgnoreCase);

    private static void Check(IReadOnlyList<TableColumn> columns)
    {
        if (columns.Count == 0)
            throw new ArgumentException("A table has at least one column.", nameof(columns));
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (TableColumn column in columns)
        {
            if (!seen.Add(column.Name))
                throw new ArgumentException($"The output would have two columns '{column.Name}'. Give one another name.", nameof(columns));
            if (column.Kind == ColumnKind.Vector && (column.Width < 1 || (column.SlotNames is not null && column.SlotNames.Count != column.Width)))
                throw new ArgumentException($"The column '{column.Name}' has {column.Width} numbers and {column.SlotNames?.Count} names for them.", nameof(columns));
        }
    }
}
