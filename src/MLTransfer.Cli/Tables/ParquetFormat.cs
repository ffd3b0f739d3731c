using Apache.Arrow;

namespace MLTransfer.Cli.Tables;

/// <summary>Parquet files, read through Arrow.</summary>
internal sealed class ParquetFormat : TableFormat
{
    public override string Name => "Parquet";

    public override IReadOnlyList<string> Extensions { get; } = [".parquet"];

    public override TableSchema Infer(string path)
    {
        using ParquetFile file = ParquetFile.Open(path);
        var columns = new List<TableColumn>();
        var unread = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (Field field in file.Fields)
        {
            if (ArrowColumns.Of(field) is not TableColumn column)
                unread[field.Name] = ArrowColumns.Describe(field.DataType);
            else
                columns.Add(column is { Kind: ColumnKind.Vector, Width: 0 } ? column with { Width = file.FirstListLength(field.Name) } : column);
        }
        string? twice = file.Fields.GroupBy(f => f.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1)?.Key;
        if (twice is not null)
            throw new InvalidDataException($"'{path}': two columns have the name '{twice}'. Rename one.");
        return columns.Count > 0 ? new TableSchema(columns, [.. columns.Select(TableSchema.Look)], unread)
            : throw new InvalidDataException($"'{path}' has no column that can be read: {string.Join(", ", unread.Select(u => $"'{u.Key}' is {u.Value}"))}.");
    }

    /// <summary>The file says itself how many rows it has: no more than the end of it is read.</summary>
    public override long CountRows(Stream stream, string path)
    {
        using ParquetFile file = ParquetFile.Open(path);
        return file.RowCounts.Sum();
    }

    public override FileRows Open(string path, TableSchema schema, IReadOnlyList<int> columns)
    {
        ParquetFile file = ParquetFile.Open(path);
        try
        {
            return new ParquetRows(file, path, [.. columns.Select(c => schema.Columns[c])]);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
