using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Cli.Tables;

namespace MLTransfer.Cli.Tests.Tables;

public sealed class DelimitedReaderTests
{
    private const string Csv = "a,b\r\n\"x, y\",\"he said \"\"no\"\"\"\nplain,\"two\nlines\"\n\n\"\",last";

    [Test]
    public void Read_Quotes_AsRfc4180()
    {
        Assert.That(All(Csv, ',', true), Is.EqualTo(new[]
        {
            (1, "a|b"), (2, "x, y|he said \"no\""), (3, "plain|two\nlines"), (6, "|last"),
        }));
    }

    [Test]
    public void Read_WithoutQuotes_TakesThemAsTheyAre() =>
        Assert.That(All("a\t\"b\r\nc\t\n", '\t', false), Is.EqualTo(new[] { (1, "a|\"b"), (2, "c|") }));

    [Test]
    public void Read_Nothing_IsTheEnd() => Assert.That(All("\n\r\n", ',', true), Is.Empty);

    [Test]
    public void Read_WellFormed_AsMlNetsLoader()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, Csv);
            var ml = new MLContext();
            var options = new TextLoader.Options
            {
                Separators = [','],
                HasHeader = true,
                AllowQuoting = true,
                ReadMultilines = true,
                Columns = [new TextLoader.Column("A", DataKind.String, 0), new TextLoader.Column("B", DataKind.String, 1)],
            };
            IDataView view = ml.Data.CreateTextLoader(options).Load(path);
            IEnumerable<string> expected = view.GetColumn<string>("A").Zip(view.GetColumn<string>("B"), (a, b) => $"{a}|{b}");

            Assert.That(All(Csv, ',', true).Skip(1).Select(r => r.Fields), Is.EqualTo(expected));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static List<(long Line, string Fields)> All(string text, char separator, bool hasQuotes)
    {
        var reader = new DelimitedReader(new MemoryStream(Encoding.UTF8.GetBytes(text)), "t", new Dialect((byte)separator, hasQuotes));
        var records = new List<(long, string)>();
        while (reader.Read())
            records.Add((reader.RecordLine, string.Join('|', reader.Texts())));
        return records;
    }
}
