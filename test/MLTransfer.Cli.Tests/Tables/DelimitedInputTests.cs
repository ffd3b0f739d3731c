using System.Text;
using MLTransfer.Cli.Tables;

namespace MLTransfer.Cli.Tests.Tables;

public sealed class DelimitedInputTests : TableFolder
{
    [Test]
    public void Read_RandomTables_AreWhatWasWritten_AtAnyBufferSize([Range(0, 39)] int seed)
    {
        var random = new Random(seed);
        Dialect dialect = seed % 2 == 0 ? Dialect.Csv : Dialect.Tsv;
        int columnCount = random.Next(1, 5);
        (byte[] bytes, List<string> expected) = RandomTables.Delimited(random, dialect, columnCount, rowCount: 60);
        foreach (int bufferSize in (int[])[3, 7, 64, 4096])
        {
            using var reader = new DelimitedReader(new MemoryStream(bytes), "t", dialect, bufferSize);
            string[] header = DelimitedHeader.ReadUnique(reader, "t");
            var rows = new List<string>();
            while (reader.Read())
                rows.Add(reader.Problem(header) is null ? string.Join('|', reader.Texts()) : "!");

            Assert.That(header, Has.Length.EqualTo(columnCount));
            Assert.That(rows, Is.EqualTo(expected), $"with a buffer of {bufferSize} bytes");
        }
    }

    [Test]
    public void Scan_RandomTables_CountsAndSkipsAsItReads([Range(0, 9)] int seed)
    {
        var random = new Random(seed);
        string extension = seed % 2 == 0 ? ".csv" : ".tsv";
        var expected = new List<string>();
        string[] paths = [.. Enumerable.Range(0, 4).Select(i =>
        {
            (byte[] bytes, List<string> rows) = RandomTables.Delimited(random, Dialect.Of(extension)!, columnCount: 3, rowCount: random.Next(20));
            expected.AddRange(rows);
            return Write($"{i}{extension}", bytes);
        })];

        var input = TableInput.Find(paths);
        InputScan scan = input.Scan(null, default);

        Assert.That(scan.RowCount, Is.EqualTo(expected.Count));
        for (int first = 0; first <= expected.Count; first++)
            Assert.That(Rows(input, first).Select(r => r[0] == '!' ? "!" : r), Is.EqualTo(expected.Skip(first)), $"from row {first}");
    }

    [Test]
    public void Read_RowsThatCannotBeUsed_AreToldAndPassed()
    {
        string path = Write("a.csv", [.. "id,text\n1,a\n2,b,c\n3\n\"x\"y,4\n5,sch"u8, 0xF6, .. "n\n6,\"two\nlines\"\n7,last"u8]);

        Assert.That(Rows(TableInput.Find([path])), Is.EqualTo(new[]
        {
            "1|a",
            "! line 3: 3 fields, but the header has 2 ('id', 'text').",
            "! line 4: 1 fields, but the header has 2 ('id', 'text').",
            "! line 5: text follows the closing quote of field 1 ('id'). A quote inside quotes is written twice.",
            "! line 6: 'text' is not UTF-8. Save the file as UTF-8.",
            "6|two\nlines",
            "7|last",
        }));
    }

    [Test]
    public void Read_ProblemInAFile_NamesIt()
    {
        var input = TableInput.Find([Write("a.csv", "id\n1\n"), Write("b.csv", "id\n1,2\n")]);
        using ITableReader reader = OpenAll(input);
        TableBatch batch = reader.Read(10)!;

        Assert.That(batch.RowCount, Is.EqualTo(2));
        Assert.That(batch.Problems[1].File, Is.EqualTo(PathOf("b.csv")));
        Assert.That(batch.Values<string?>(0), Is.EqualTo(new[] { "1", null }));
        Assert.That(reader.Read(10), Is.Null);
    }

    [Test]
    public void Read_Fields_AreExactlyAsWritten()
    {
        string path = Write("a.tsv", "id\ttext \n 007 \t \"x\" \n");
        var input = TableInput.Find([path]);

        Assert.That(input.Columns.Select(c => c.Name), Is.EqualTo(new[] { "id", "text " }));
        Assert.That(Rows(input), Is.EqualTo(new[] { " 007 | \"x\" " }));
    }

    [Test]
    public void Open_Columns_InTheOrderAskedFor()
    {
        var input = TableInput.Find([Write("a.csv", "a,b,c\n1,2,3\n")]);
        using ITableReader reader = input.Open(["c", "a"], 0, input.Scan(null, default));

        Assert.That(Rows(reader), Is.EqualTo(new[] { "3|1" }));
    }

    [Test]
    public void Looks_TextColumns_SayWhatTheFirstRowsLookLike()
    {
        var input = TableInput.Find([Write("a.csv", "whole,real,flag,text,none\n1,1.5,true,x,\n-2,,False,1,\n")]);

        Assert.That(input.Looks, Is.EqualTo(new[] { "text (whole numbers)", "text (numbers)", "text (true or false)", "text", "text" }));
    }

    [TestCase("", "is empty")]
    [TestCase("\n\r\n", "is empty")]
    [TestCase(" , \n", "line 1", "names no column")]
    [TestCase("\na,b,a\n", "line 2", "two columns have the name 'a'")]
    [TestCase("a,b\n1,2\n3,\"4\n5,6\n", "line 3", "never closed")]
    [TestCase("a,b\n1,2\n3,\"x\ny\0\"\n", "line 4", "byte 0")]
    public void Scan_FileThatIsNoTable_NamesFileAndLine(string content, params string[] words)
    {
        string path = Write("bad.csv", content);

        Assert.That(() => TableInput.Find([path]).Scan(null, default), Throws.TypeOf<InvalidDataException>().With.Message.Contains("bad.csv").And.Message.Contains(words[0]).And.Message.Contains(words[^1]));
    }

    [Test]
    public void Find_Utf16_SaysHowToSaveIt()
    {
        File.WriteAllText(PathOf("wide.csv"), "a,b\n1,2\n", Encoding.Unicode);

        Assert.That(() => TableInput.Find([PathOf("wide.csv")]), Throws.TypeOf<InvalidDataException>().With.Message.Contains("UTF-16").And.Message.Contains("Save the file as UTF-8"));
    }

    [Test]
    public void Read_LongestRow_IsBounded()
    {
        byte[] bytes = Encoding.UTF8.GetBytes($"a,b\n1,2\n3,{new string('x', 1000)}\n");
        using var whole = new DelimitedReader(new MemoryStream(bytes), "t", Dialect.Csv, bufferSize: 16, maximumRecordLength: 1002);
        while (whole.Read())
        {
        }
        using var cut = new DelimitedReader(new MemoryStream(bytes), "t", Dialect.Csv, bufferSize: 16, maximumRecordLength: 1001);
        Assert.That(cut.Read() && cut.Read(), Is.True);
        Assert.That(() => cut.Read(), Throws.TypeOf<InvalidDataException>().With.Message.Contains("line 3").And.Message.Contains("1001 bytes"));
    }

    [Test]
    public void Find_HugeHeader_IsRefused()
    {
        string path = Write("wide.csv", new string(',', DelimitedReader.MaximumFieldCount) + "\n");

        Assert.That(() => TableInput.Find([path]), Throws.TypeOf<InvalidDataException>().With.Message.Contains("1048576 fields"));
    }

    [Test]
    public void Find_QuoteNeverClosedInALargeFile_IsRefusedBeforeAllIsInMemory()
    {
        using (FileStream file = File.Create(PathOf("large.csv")))
        {
            file.Write("a,b\n\"x,1\n"u8);
            byte[] line = Encoding.UTF8.GetBytes(new string('y', 1 << 20));
            for (int i = 0; i < 100; i++)
                file.Write(line);
        }

        Assert.That(() => TableInput.Find([PathOf("large.csv")]), Throws.TypeOf<InvalidDataException>().With.Message.Contains("line 2").And.Message.Contains("quote"));
    }
}
