namespace MLTransfer.Cli.Tables;

/// <summary>A kind of table file: how its columns are found, its rows counted and read.</summary>
internal abstract class TableFormat
{
    /// <summary>All that can be read.</summary>
    public static IReadOnlyList<TableFormat> All { get; } = [new DelimitedFormat(Dialect.Csv), new DelimitedFormat(Dialect.Tsv), new JsonLinesFormat(), new ParquetFormat()];

    /// <summary>What it is called.</summary>
    public abstract string Name { get; }

    /// <summary>How names of such files end, with the point.</summary>
    public abstract IReadOnlyList<string> Extensions { get; }

    /// <summary>The columns of a file.</summary>
    /// <exception cref="InvalidDataException">It is no such file, or its columns cannot be told.</exception>
    public abstract TableSchema Infer(string path);

    /// <summary>The columns of files that belong together. They must be the same.</summary>
    /// <exception cref="InvalidDataException">They differ.</exception>
    public virtual TableSchema Join(IReadOnlyList<string> paths)
    {
        TableSchema schema = Infer(paths[0]);
        foreach (string path in paths.Skip(1))
            schema = schema.Join(Infer(path), paths[0], path);
        return schema;
    }

    /// <summary>Rows of a file, all of whose bytes are read through the stream. Counts as <see cref="FileRows.Skip"/> does.</summary>
    /// <param name="stream">The file's bytes.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">The file is damaged, so that the bounds of its rows are not known.</exception>
    public abstract long CountRows(Stream stream, string path);

    /// <summary>Reads some of the columns that were found.</summary>
    public abstract FileRows Open(string path, TableSchema schema, IReadOnlyList<int> columns);
}
