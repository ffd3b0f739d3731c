using System.Text;
using MLTransfer.Cli.Tables;

namespace MLTransfer.Cli.Tests.Tables;

public sealed class JsonLinesTests : TableFolder
{
    [Test]
    public void Find_Columns_AreTheNamesInOrderOfFirstSight()
    {
        string path = Write("a.jsonl",
            """
            {"text": "a \u00e4", "n": 1, "flag": true, "v": [1, 2.5], "inner": {"x": [1]}, "none": null}
            {"n": 2.5, "text": null, "late": "z", "v": [3, 4], "tags": ["x"], "flag": false}
            """);
        var input = TableInput.Find([path]);

        Assert.That(input.Columns, Is.EqualTo(new TableColumn[]
        {
            new("text", ColumnKind.Text), new("n", ColumnKind.Real), new("flag", ColumnKind.Flag), new("v", ColumnKind.Vector, 2), new("inner", ColumnKind.Text),
            new("none", ColumnKind.Text), new("late", ColumnKind.Text), new("tags", ColumnKind.Text),
        }));
        Assert.That(Rows(input), Is.EqualTo(new[] { "a ä|1|True|1 2.5|{\"x\": [1]}|null|null|null", "null|2.5|False|3 4|null|null|z|[\"x\"]" }));
    }

    [Test]
    public void Read_LinesThatCannotBeUsed_AreToldAndPassed()
    {
        byte[] bytes =
        [
            .. "{\"a\": 1, \"v\": [1, 2], \"t\": \"x\"}\n\n"u8, .. "[1]\n"u8, .. "{\"a\": 1\n"u8, .. "{\"a\": 1, \"v\": [1, 2], \"a\": 2}\n"u8, .. "{\"a\": \"x\", \"v\": [1, 2]}\n"u8,
            .. "{\"a\": 1.5, \"v\": [1, 2]}\n"u8, .. "{\"a\": 1, \"v\": [1]}\n"u8, .. "{\"a\": 1}\n"u8, .. "{\"a\": 1, \"v\": [1, \"2\"]}\n"u8, .. "{\"t\": \"sch"u8, 0xF6, .. "n\"}\n"u8,
            .. "{\"t\": \"\\ud800\", \"v\": [1, 2]}\r\n"u8, .. "{\"t\": 5, \"v\": [1, 2]}\n"u8, .. "{\"v\": [1e39, 2]}\n"u8, .. "{\"a\": 7, \"v\": [0, 0]}"u8,
        ];
        // The first line alone, so that the others do not change what the columns hold.
        var input = TableInput.Find([Write("a.jsonl", bytes.AsSpan(0, bytes.AsSpan().IndexOf((byte)'\n')))]);
        Write("a.jsonl", bytes);
        List<string> rows = Rows(input, batchSize: 4);

        Assert.That(rows, Has.Count.EqualTo(14));
        Assert.That(rows[0], Is.EqualTo("1|1 2|x"));
        Assert.That(rows[^1], Is.EqualTo("7|0 0|null"));
        string[][] words =
        [
            ["line 3", "an array of 1 values", "must be a JSON object"], ["line 4", "no JSON object"], ["line 5", "no JSON object", "'a'"], ["line 6", "'a' is a text", "whole numbers"],
            ["line 7", "'a' is the number 1.5", "whole numbers"], ["line 8", "'v' is an array of 1 values", "2 numbers"], ["line 9", "'v' has no value"], ["line 10", "'v' has a text at place 1"],
            ["line 11", "not UTF-8"], ["line 12", "'t' holds half a surrogate pair"], ["line 13", "'t' is the number 5", "text"], ["line 14", "'v' has the number 1e39 at place 0"],
        ];
        for (int i = 0; i < words.Length; i++)
        {
            foreach (string word in words[i])
                Assert.That(rows[i + 1], Does.StartWith("! ").And.Contain(word));
        }
    }

    [Test]
    public void Find_SeveralFiles_HaveTheColumnsOfAll()
    {
        var input = TableInput.Find([Write("a.jsonl", "{\"x\": 1}\n"), Write("b.ndjson", "{\"y\": \"b\", \"x\": 0.5}\n")]);

        Assert.That(input.Columns, Is.EqualTo(new TableColumn[] { new("x", ColumnKind.Real), new("y", ColumnKind.Text) }));
        Assert.That(Rows(input), Is.EqualTo(new[] { "1|null", "0.5|b" }));
    }

    [Test]
    public void Read_NestedTooDeep_IsAProblemOfItsRow()
    {
        string deep = string.Concat(Enumerable.Repeat("{\"a\":", 100_000)) + "1" + new string('}', 100_000);
        var input = TableInput.Find([Write("a.jsonl", "{\"a\": \"x\"}\n" + deep + "\n{\"a\": \"y\"}\n")]);
        List<string> rows = Rows(input);

        Assert.That((rows[0], rows[2]), Is.EqualTo(("x", "y")));
        Assert.That(rows[1], Does.StartWith("! line 2: it is no JSON object").And.Contain("depth"));
    }

    [TestCase("")]
    [TestCase("\n \n")]
    [TestCase("{}\n")]
    [TestCase("[\n1\n]\n")]
    public void Find_NoObject_IsRefused(string content) =>
        Assert.That(() => TableInput.Find([Write("a.jsonl", content)]), Throws.TypeOf<InvalidDataException>().With.Message.Contains("a.jsonl' has no JSON object"));

    [Test]
    public void Read_Lines_AtAnyBufferSize([Range(0, 9)] int seed)
    {
        var random = new Random(seed);
        string[] lines = [.. Enumerable.Range(0, 60).Select(_ => random.Next(4) switch { 0 => "", 1 => " \t\r", _ => new string('x', random.Next(1, 30)) + (random.Next(2) == 0 ? "\r" : "") })];
        byte[] bytes = Encoding.ASCII.GetBytes(string.Join('\n', lines) + (random.Next(2) == 0 ? "\n" : ""));
        const int Longest = 20;
        // Of a line that is too long the beginning is there.
        (long, string)[] expected = [.. lines.Select((l, i) => ((long)i + 1, l)).Where(l => l.l.Trim().Length > 0).Select(l => (l.Item1, l.l.Length > Longest ? l.l[..Longest] + "…" : l.l))];
        foreach (int bufferSize in (int[])[3, 8, 31, 4096])
        {
            using var reader = new LineReader(new MemoryStream(bytes), "t", bufferSize, Longest);
            var read = new List<(long, string)>();
            while (reader.Read())
                read.Add((reader.Number, Encoding.ASCII.GetString(reader.Line.Span) + (reader.IsTooLong ? "…" : "")));
            Assert.That(read, Is.EqualTo(expected), $"with a buffer of {bufferSize} bytes");
        }
    }

    [Test]
    public void Read_LineOf100MB_IsAProblemOfItsRow()
    {
        using (FileStream file = File.Create(PathOf("a.jsonl")))
        {
            file.Write("{\"a\": \"x\"}\n{\"a\": \""u8);
            byte[] part = Encoding.ASCII.GetBytes(new string('y', 1 << 20));
            for (int i = 0; i < 100; i++)
                file.Write(part);
            file.Write("\"}\n{\"a\": \"z\"}\n"u8);
        }
        var input = TableInput.Find([PathOf("a.jsonl")]);

        Assert.That(Rows(input), Is.EqualTo(new[] { "x", "! line 2: the line has more than 67108864 bytes.", "z" }));
    }

    [Test]
    public void Open_AtAnyRow_CountsAsScanDoes()
    {
        var input = TableInput.Find([Write("a.jsonl", "{\"x\": 1}\n\n{broken\n \n{\"x\": 3}"), Write("b.jsonl", "\n{\"x\": 4}\n")]);

        Assert.That(input.Scan(null, default).Files.Select(f => f.RowCount), Is.EqualTo(new[] { 3, 1 }));
        Assert.That(Rows(input, 2), Is.EqualTo(new[] { "3", "4" }));
        Assert.That(Rows(input, 3), Is.EqualTo(new[] { "4" }));
    }
}
