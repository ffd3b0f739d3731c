using System.Globalization;
using MLTransfer.Cli.Tables;

namespace MLTransfer.Cli.Tests.Tables;

public sealed class DelimitedWriterTests : TableFolder
{
    private static readonly TableColumn[] Columns =
    [
        new("text", ColumnKind.Text), new("whole", ColumnKind.Whole), new("real", ColumnKind.Real), new("single", ColumnKind.Single), new("flag", ColumnKind.Flag),
        new("Features", ColumnKind.Vector, 2), new("Score", ColumnKind.Vector, 2, ["refund", "log, in"]),
    ];

    [Test]
    public void Write_EveryKind_IsInvariant()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
        try
        {
            Write("out.tmp", ".csv", Columns, Batch());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        Assert.That(File.ReadAllText(PathOf("out.tmp")), Is.EqualTo(
            "text,whole,real,single,flag,Features.0,Features.1,Score.refund,\"Score.log, in\"\n"
            + "\"a,\"\"b\"\"\nc\",-9223372036854775808,0.1,0.1,true,1.5,NaN,0.25,0.75\n"
            + ",,,,,0,-0,1E-45,3.4028235E+38\n"));
    }

    [Test]
    public void Write_Texts_AreReadBackTheSame([Values(".csv", ".tsv")] string extension, [Values(1, 3)] int columnCount)
    {
        var random = new Random(columnCount);
        (_, List<string> rows) = RandomTables.Delimited(random, Dialect.Of(extension)!, columnCount, 300);
        string[][] cells = [.. rows.Where(r => r != "!").Select(r => r.Split('|'))];
        TableColumn[] columns = [.. Enumerable.Range(0, columnCount).Select(i => new TableColumn($"c, {i}", ColumnKind.Text))];
        Array[] values = [.. columns.Select((_, i) => cells.Select(c => c[i]).ToArray())];
        Write($"out{extension}", extension, columns, new TableBatch(columns, cells.Length, values));

        Assert.That(Rows(TableInput.Find([PathOf($"out{extension}")])), Is.EqualTo(rows.Where(r => r != "!")));
    }

    [Test]
    public void Write_OnlyColumnWithoutAValue_IsARowStill()
    {
        TableColumn[] columns = [new("x", ColumnKind.Text)];
        var batch = new TableBatch(columns, 2, [new string?[] { null, "a" }]);
        Write("out.csv", ".csv", columns, batch);

        Assert.That(Rows(TableInput.Find([PathOf("out.csv")])), Is.EqualTo(new[] { "", "a" }));
        Assert.That(() => Write("out.tsv", ".tsv", columns, batch), Throws.TypeOf<InvalidDataException>().With.Message.Contains("row 1").And.Message.Contains("Write CSV"));
    }

    [TestCase("a\tb", ".tsv", "'x' holds a tab", "Write CSV or Parquet")]
    [TestCase("a\nb", ".tsv", "end of a line", "row 2")]
    [TestCase("a\0b", ".csv", "character 0", "row 2")]
    public void Write_TextThatCannotBeWritten_NamesColumnAndRow(string text, string extension, params string[] words)
    {
        TableColumn[] columns = [new("x", ColumnKind.Text)];

        Assert.That(() => Write("out", extension, columns, new TableBatch(columns, 2, [new string?[] { "fine", text }])),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains(words[0]).And.Message.Contains(words[1]));
    }

    [Test]
    public void Write_HalfASurrogatePair_NamesColumnAndRow() => Write_TextThatCannotBeWritten_NamesColumnAndRow($"a{(char)0xD800}b", ".csv", "surrogate", "row 2");

    [Test]
    public void Create_ColumnsOfOneName_AreRefused()
    {
        Assert.That(() => TableOutput.Create(PathOf("x"), ".csv", [new("a", ColumnKind.Text), new("a", ColumnKind.Whole)]), Throws.ArgumentException.With.Message.Contains("two columns 'a'"));
        Assert.That(() => TableOutput.Create(PathOf("x"), ".csv", [new("a.0", ColumnKind.Text), new("a", ColumnKind.Vector, 1)]), Throws.ArgumentException.With.Message.Contains("'a.0'"));
        Assert.That(() => TableOutput.Create(PathOf("x"), ".xlsx", [new("a", ColumnKind.Text)]), Throws.ArgumentException.With.Message.Contains(".csv"));
        Assert.That(() => TableOutput.Create(PathOf("none/x"), ".csv", [new("a", ColumnKind.Text)]), Throws.TypeOf<DirectoryNotFoundException>().With.Message.Contains("none"));
        Assert.That(File.Exists(PathOf("x")), Is.False);
    }

    [Test]
    public void Append_Parts_AreTheBytesOfOneWriter()
    {
        TableBatch batch = Batch();
        Write("1.csv", ".csv", Columns, batch);
        Write("2.csv", ".csv", Columns);
        Write("3.csv", ".csv", Columns, batch, batch);
        Write("all.csv", ".csv", Columns, batch, batch, batch);
        TableCopy.Append([PathOf("1.csv"), PathOf("2.csv"), PathOf("3.csv")], ".csv", PathOf("joined"), default);

        Assert.That(File.ReadAllBytes(PathOf("joined")), Is.EqualTo(File.ReadAllBytes(PathOf("all.csv"))));
    }

    [Test]
    public void Append_OtherColumnsOrCutFiles_AreRefused()
    {
        Write("1.csv", "a\n1\n");
        Write("2.csv", "b\n1\n");
        Write("3.csv", "a\n1");
        Write("4.csv", "a");

        Assert.That(() => TableCopy.Append([PathOf("1.csv"), PathOf("2.csv")], ".csv", PathOf("joined"), default), Throws.TypeOf<InvalidDataException>().With.Message.Contains("2.csv"));
        Assert.That(() => TableCopy.Append([PathOf("1.csv"), PathOf("3.csv")], ".csv", PathOf("joined"), default), Throws.TypeOf<InvalidDataException>().With.Message.Contains("3.csv"));
        Assert.That(() => TableCopy.Append([PathOf("4.csv")], ".csv", PathOf("joined"), default), Throws.TypeOf<InvalidDataException>().With.Message.Contains("4.csv' ends within a line"));
    }

    private void Write(string name, string extension, TableColumn[] columns, params TableBatch[] batches)
    {
        using ITableWriter writer = TableOutput.Create(PathOf(name), extension, columns);
        foreach (TableBatch batch in batches)
            writer.Write(batch);
        writer.Complete();
    }

    private static TableBatch Batch() => new(Columns, 2,
    [
        new string?[] { "a,\"b\"\nc", null }, new long?[] { long.MinValue, null }, new double?[] { 0.1, null }, new float?[] { 0.1f, null }, new bool?[] { true, null },
        new float[] { 1.5f, float.NaN, 0, -0f }, new float[] { 0.25f, 0.75f, float.Epsilon, float.MaxValue },
    ]);
}
