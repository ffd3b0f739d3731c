using System.Text.Json;

namespace MLTransfer.Cli.Tables;

/// <summary>Rows of a file of JSON lines.</summary>
/// <param name="reader">A reader that has read nothing yet; disposed with this.</param>
/// <param name="path">The file, for messages.</param>
/// <param name="columns">The columns to read.</param>
internal sealed class JsonRows(LineReader reader, string path, TableColumn[] columns) : FileRows
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
            if (Put(batch) is string problem)
                batch.Add(new RowProblem(path, $"line {reader.Number}", problem));
            else
                batch.Add(1);
            count++;
        }
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            reader.Dispose();
    }

    private string? Put(BatchBuilder batch)
    {
        using JsonDocument? document = JsonLine.Parse(reader, out string problem);
        if (document is null)
            return problem;
        for (int c = 0; c < columns.Length; c++)
        {
            document.RootElement.TryGetProperty(columns[c].Name, out JsonElement value);
            if (JsonCells.Put(value, columns[c], batch.Values(c), batch.RowCount) is string wrong)
                return wrong;
        }
        return null;
    }
}
