namespace MLTransfer.Cli.Tables;

/// <summary>Joins finished files of the same columns.</summary>
internal static class TableCopy
{
    private const int BufferSize = 1 << 18;
    private const int BatchRowCount = 256;

    /// <summary>Writes files one after the other into one, whose bytes equal those that one writer given all the rows would have made.</summary>
    /// <param name="files">At least one, each written by <see cref="TableOutput"/>.</param>
    /// <param name="extension">Their kind, one of <see cref="TableOutput.Extensions"/>.</param>
    /// <param name="output">The file to write. An older one of this name is lost.</param>
    /// <param name="cancel">Ends the work.</param>
    /// <exception cref="InvalidDataException">The columns differ, or a file is damaged.</exception>
    public static void Append(IReadOnlyList<string> files, string extension, string output, CancellationToken cancel)
    {
        if (files.Count == 0)
            throw new ArgumentException("No files were given to be joined.", nameof(files));
        if (TableOutput.IsParquet(extension))
        {
            AppendParquet(files, output, cancel);
            return;
        }
        Dialect dialect = Dialect.Of(extension)
            ?? throw new ArgumentException($"Tables are not written as '{extension}'. Supported: {string.Join(", ", TableOutput.Extensions)}.", nameof(extension));
        AppendDelimited(files, dialect, output, cancel);
    }

    // Rows are written anew, because row groups end elsewhere when there are rows of other files before.
    private static void AppendParquet(IReadOnlyList<string> files, string output, CancellationToken cancel)
    {
        var format = new ParquetFormat();
        TableSchema[] schemas = [.. files.Select(format.Infer)];
        int differs = Array.FindIndex(schemas, s => !s.HasSameColumns(schemas[0]));
        if (differs >= 0)
            throw new InvalidDataException($"'{files[differs]}' has other columns than '{files[0]}', so they cannot be joined.");
        IReadOnlyList<TableColumn> columns = schemas[0].Columns;
        using ITableWriter writer = TableOutput.Create(output, ".parquet", columns);
        foreach (string file in files)
        {
            using FileRows rows = format.Open(file, schemas[0], [.. Enumerable.Range(0, columns.Count)]);
            while (Next(rows, columns) is TableBatch batch)
            {
                cancel.ThrowIfCancellationRequested();
                if (batch.Problems.Count > 0)
                    throw new InvalidDataException($"'{file}', {batch.Problems.First().Value.Place}: {batch.Problems.First().Value.Message}");
                writer.Write(batch);
            }
        }
        writer.Complete();
    }

    private static TableBatch? Next(FileRows rows, IReadOnlyList<TableColumn> columns)
    {
        var batch = new BatchBuilder(columns, BatchRowCount);
        rows.Read(batch);
        return batch.Build();
    }

    private static void AppendDelimited(IReadOnlyList<string> files, Dialect dialect, string output, CancellationToken cancel)
    {
        using FileStream target = FileCreation.Write(output);
        byte[] buffer = new byte[BufferSize];
        byte[]? header = null;
        foreach (string file in files)
        {
            using FileStream source = FileOpening.Read(file);
            byte[] its = Header(source, file, dialect);
            if (header is not null && !its.AsSpan().SequenceEqual(header))
                throw new InvalidDataException($"'{file}' has other columns than '{files[0]}', so they cannot be joined.");
            if (header is null)
                target.Write(its);
            header = its;
            source.Position = its.Length;
            byte last = its[^1];
            for (int read = source.Read(buffer); read > 0; read = source.Read(buffer))
            {
                cancel.ThrowIfCancellationRequested();
                target.Write(buffer, 0, read);
                last = buffer[read - 1];
            }
            if (last != '\n')
                throw new InvalidDataException($"'{file}' ends within a line: it is not whole.");
        }
        target.Flush(flushToDisk: true);
    }

    /// <summary>The bytes of the first record with the end of its line.</summary>
    private static byte[] Header(FileStream file, string path, Dialect dialect)
    {
        var reader = new DelimitedReader(file, path, dialect);
        DelimitedHeader.ReadUnique(reader, path);
        byte[] bytes = new byte[reader.BytesToNextRecord];
        file.Position = 0;
        file.ReadExactly(bytes);
        return bytes;
    }
}
