using MLTransfer.Cli.Tables;

namespace MLTransfer.Cli.Tests.Tables;

/// <summary>A folder for the files of one test, and tables in and out of it.</summary>
public abstract class TableFolder
{
    protected string Folder { get; private set; } = "";

    [SetUp]
    public void MakeFolder() => Folder = Directory.CreateTempSubdirectory("tables").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(Folder, recursive: true);

    protected string PathOf(string name) => Path.Combine(Folder, name);

    protected string Write(string name, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllText(PathOf(name), content);
        return PathOf(name);
    }

    protected string Write(string name, ReadOnlySpan<byte> content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllBytes(PathOf(name), content);
        return PathOf(name);
    }

    private protected static ITableReader OpenAll(TableInput input, long firstRow = 0) => input.Open([.. input.Columns.Select(c => c.Name)], firstRow, input.Scan(null, default));

    /// <summary>All rows from one on: the values in invariant words, or "! place: message" of a problem.</summary>
    private protected static List<string> Rows(TableInput input, long firstRow = 0, int batchSize = 3)
    {
        using ITableReader reader = OpenAll(input, firstRow);
        return Rows(reader, batchSize);
    }

    private protected static List<string> Rows(ITableReader reader, int batchSize = 3)
    {
        var rows = new List<string>();
        while (reader.Read(batchSize) is TableBatch batch)
            rows.AddRange(Enumerable.Range(0, batch.RowCount).Select(r => Row(batch, r)));
        return rows;
    }

    private static string Row(TableBatch batch, int row) => batch.Problems.TryGetValue(row, out RowProblem? problem)
        ? $"! {problem.Place}: {problem.Message}"
        : string.Join('|', batch.Columns.Select((c, i) => Cell(batch, c, i, row)));

    private static string Cell(TableBatch batch, TableColumn column, int index, int row) => column.Kind == ColumnKind.Vector
        ? string.Join(' ', batch.Values<float>(index).Skip(row * column.Width).Take(column.Width).Select(v => FormattableString.Invariant($"{v}")))
        : FormattableString.Invariant($"{batch.Values(index).GetValue(row) ?? "null"}");
}
