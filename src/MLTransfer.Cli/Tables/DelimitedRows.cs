namespace MLTransfer.Cli.Tables;

/// <summary>Rows of a file of separated fields.</summary>
/// <param name="reader">A reader that has read the header; disposed with this.</param>
/// <param name="path">The file, for messages.</param>
/// <param name="header">The names of its columns.</param>
/// <param name="columns">Those that are read.</param>
internal sealed class DelimitedRows(DelimitedReader reader, string path, string[] header, IReadOnlyList<int> columns) : FileRows
{
    public override long Skip(long rowCount)
    {
        long count = 0;
        while (count < rowCount && reader.Read())
            count++;
        return count;
    }

    public override int Read(BatchBuilder batch)
    {
        int count = 0;
        while (batch.Room > 0 && reader.Read())
        {
            if (reader.Problem(header) is string problem)
                batch.Add(new RowProblem(path, $"line {reader.RecordLine}", problem));
            else
                Add(batch);
            count++;
        }
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            reader.Dispose();
    }

    private void Add(BatchBuilder batch)
    {
        for (int c = 0; c < columns.Count; c++)
            batch.Values<string?>(c)[batch.RowCount] = reader.Text(columns[c]);
        batch.Add(1);
    }
}
