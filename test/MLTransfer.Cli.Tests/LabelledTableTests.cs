using System.Globalization;
using MLTransfer.Cli.Data;
using MLTransfer.Cli.Tables;

namespace MLTransfer.Cli.Tests;

[TestFixture]
public sealed class LabelledTableTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("labelled").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Read_JsonLines_TakesNumbersAsLabelsAndLeavesEmptyRowsOut()
    {
        string path = Write("data.jsonl", """{"text":"a b","label":1}""", """{"text":"","label":2}""", """{"text":"c","label":null}""", """{"text":"d","label":2}""");
        var data = LabelledData.Read(path, "Text", "label", default);
        Assert.That(data.Rows.Select(r => (r.Input, r.Label)), Is.EqualTo(new[] { ("a b", "1"), ("d", "2") }));
        Assert.That(data.Problems, Is.EqualTo(new[] { "row 2: 'text' is empty.", "row 3: 'label' is empty." }));
    }

    [Test]
    public void Read_Parquet_IsTheSameRows()
    {
        string path = Path.Combine(_folder, "data.parquet");
        TableColumn[] columns = [new("text", ColumnKind.Text), new("label", ColumnKind.Text)];
        using (ITableWriter writer = TableOutput.Create(path, ".parquet", columns))
        {
            writer.Write(new TableBatch(columns, 2, [new string?[] { "a", "b" }, new string?[] { "x", "y" }]));
            writer.Complete();
        }
        Assert.That(LabelledData.Read(path, "text", "label", default).Rows.Select(r => (r.Input, r.Label)), Is.EqualTo(new[] { ("a", "x"), ("b", "y") }));
    }

    [Test]
    public void Read_LineThatIsNoJson_NamesIt()
    {
        string path = Write("data.jsonl", """{"text":"a","label":"x"}""", "{", """{"text":"b","label":"y"}""");
        Assert.That(() => LabelledData.Read(path, "text", "label", default), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("data.jsonl").And.Message.Contains("line 2"));
    }

    [TestCase("text", "text", "--text-column and --label-column both")]
    [TestCase("n", "label", "'n'")]
    [TestCase("text", "v", "vectors")]
    [TestCase("text", "class", "'class'")]
    public void Read_ColumnThatWillNotDo_NamesIt(string text, string label, string words)
    {
        string path = Write("data.jsonl", """{"text":"a","label":"x","n":1,"v":[1,2]}""");
        Assert.That(() => LabelledData.Read(path, text, label, default), Throws.ArgumentException.With.Message.Contains(words));
    }

    [Test]
    public void Train_JsonLines_MakesAModel()
    {
        string path = Write("data.jsonl", [.. TextFiles.Rows(10).Select(r => string.Create(CultureInfo.InvariantCulture, $$"""{"text":"{{r.Text}}","label":"{{r.Label}}"}"""))]);
        var run = Run.Of("train", path, Path.Combine(_folder, "model.zip"));
        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(File.Exists(Path.Combine(_folder, "model.zip")));
    }

    private string Write(string name, params string[] lines)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllLines(path, lines);
        return path;
    }
}
