using System.Security.Cryptography;
using MLTransfer.Cli.Tables;

namespace MLTransfer.Cli.Tests.Tables;

public sealed class TableInputTests : TableFolder
{
    [Test]
    public void Scan_Files_HashesWhatIsThere()
    {
        string[] paths = [Write("b.csv", "x\n1\n2\n"), Write("a.csv", "x\n3\n")];
        var progress = new List<long>();
        InputScan scan = TableInput.Find(paths).Scan(new Reports(progress), default);

        Assert.That(scan.Files.Select(f => (f.Name, f.RowCount, f.ByteCount)), Is.EqualTo(new[] { ("b.csv", 2L, 6L), ("a.csv", 1L, 4L) }));
        Assert.That(scan.Files[0].Sha256, Is.EqualTo(Convert.ToHexStringLower(SHA256.HashData("x\n1\n2\n"u8))));
        Assert.That(progress.Max(), Is.EqualTo(10));
        Assert.That(TableInput.Find([.. paths.Reverse()]).Scan(null, default).Sha256, Is.Not.EqualTo(scan.Sha256), "the order counts");
        Assert.That(TableInput.Find(paths).Scan(null, default), Has.Property("Sha256").EqualTo(scan.Sha256));
    }

    [Test]
    public void Find_Folder_ReadsItsFilesInOrdinalOrder()
    {
        Write("in/b.csv", "x\nb\n");
        Write("in/B.csv", "x\nB\n");
        Write("in/a/z.csv", "x\na/z\n");
        Write("in/.part.csv", "x\nhidden\n");
        Write("in/_log.csv", "x\nhidden\n");
        Write("in/notes.md", "no table");

        Assert.That(Rows(TableInput.Find([PathOf("in")])), Is.EqualTo(new[] { "B", "a/z", "b" }));
    }

    [Test]
    public void Find_WhatCannotBeRead_SaysWhy()
    {
        Write("mixed/a.csv", "x\n1\n");
        Write("mixed/b.tsv", "x\n1\n");
        Write("none/a.md", "x");
        Assert.Multiple(() =>
        {
            Assert.That(() => TableInput.Find([]), Throws.ArgumentException.With.Message.Contains("No input"));
            Assert.That(() => TableInput.Find([PathOf("gone.csv")]), Throws.TypeOf<FileNotFoundException>().With.Message.Contains("gone.csv"));
            Assert.That(() => TableInput.Find([Write("a.xlsx", "x")]), Throws.ArgumentException.With.Message.Contains("a.xlsx").And.Message.Contains("CSV (.csv)"));
            Assert.That(() => TableInput.Find([PathOf("none")]), Throws.ArgumentException.With.Message.Contains("holds no input"));
            Assert.That(() => TableInput.Find([PathOf("mixed")]), Throws.ArgumentException.With.Message.Contains("1 CSV (as 'a.csv'), 1 TSV (as 'b.tsv')"));
            Assert.That(() => TableInput.Find([PathOf("mixed/a.csv"), PathOf("mixed/b.tsv")]), Throws.ArgumentException.With.Message.Contains("one kind"));
            Assert.That(() => TableInput.Find([Write("c.csv", "x\n"), Write("d.csv", "y\n")]), Throws.TypeOf<InvalidDataException>().With.Message.Contains("d.csv' has the columns 'y'"));
        });
    }

    [Test]
    public void Find_Column_IgnoresCase()
    {
        var input = TableInput.Find([Write("a.csv", "Text,id,ID\n")]);
        Assert.Multiple(() =>
        {
            Assert.That(input.Find("text", "--text-column"), Is.Zero);
            Assert.That(input.Find("ID", "--id-column"), Is.EqualTo(2));
            Assert.That(() => input.Find("iD", "--id-column"), Throws.ArgumentException.With.Message.Contains("several columns 'iD'"));
            Assert.That(() => input.Find("label", "--label-column"), Throws.ArgumentException.With.Message.Contains("a.csv").And.Message.Contains("'Text', 'id', 'ID'").And.Message.Contains("--label-column"));
        });
    }

    [Test]
    public void Open_AtARow_OpensNoFileBeforeIt()
    {
        var input = TableInput.Find([Write("a.csv", "x\n1\n2\n"), Write("b.csv", "x\n3\n4\n")]);
        InputScan scan = input.Scan(null, default);
        File.Delete(PathOf("a.csv"));

        using ITableReader reader = input.Open(["x"], 2, scan);
        Assert.That(Rows(reader), Is.EqualTo(new[] { "3", "4" }));
        using ITableReader second = input.Open(["x"], 0, scan);
        second.Skip(3);
        Assert.That(Rows(second), Is.EqualTo(new[] { "4" }));
    }

    [Test]
    public void Read_Batches_AreFullAcrossFiles()
    {
        var input = TableInput.Find([Write("a.csv", "x\n1\n2\n"), Write("b.csv", "x\n"), Write("c.csv", "x\n3\n4\n")]);
        using ITableReader reader = OpenAll(input);

        Assert.That(new[] { reader.Read(3)!.RowCount, reader.Read(3)!.RowCount }, Is.EqualTo(new[] { 3, 1 }));
        Assert.That(reader.Read(3), Is.Null);
    }

    [Test]
    public void Read_FileThatWasChanged_IsRefused()
    {
        var input = TableInput.Find([Write("a.csv", "x\n1\n2\n")]);
        InputScan scan = input.Scan(null, default);
        Assert.Multiple(() =>
        {
            Write("a.csv", "x\n1\n2\n3\n");
            Assert.That(() => ReadAll(input, scan), Throws.TypeOf<InvalidDataException>().With.Message.Contains("8 bytes now and had 6"));
            Write("a.csv", "x\n1\n\n\n");
            Assert.That(() => ReadAll(input, scan), Throws.TypeOf<InvalidDataException>().With.Message.Contains("1 rows now and had 2"));
            Write("a.csv", "y\n1\n2\n");
            Assert.That(() => ReadAll(input, scan), Throws.TypeOf<InvalidDataException>().With.Message.Contains("'y' now"));
        });
    }

    [Test]
    public void Scan_Cancelled_Ends() =>
        Assert.That(() => TableInput.Find([Write("a.csv", "x\n1\n")]).Scan(null, new CancellationToken(true)), Throws.InstanceOf<OperationCanceledException>());

    [Test]
    public void Scan_SeveralDamagedFiles_TellsOfTheFirst([Range(0, 4)] int round)
    {
        string[] paths = [Write("a.csv", "x\n1\n"), Write("b.csv", $"x\n{new string('y', 100_000 * round)}\n\0"), Write("c.csv", "x\n\0")];

        Assert.That(() => TableInput.Find([paths[0]]).Scan(null, default), Throws.Nothing);
        Assert.That(() => Find(paths).Scan(null, default), Throws.TypeOf<InvalidDataException>().With.Message.Contains("b.csv"));
    }

    // The samples of the columns would show the damage before: it is put there after.
    private static TableInput Find(string[] paths)
    {
        byte[][] contents = [.. paths.Select(File.ReadAllBytes)];
        foreach (string path in paths)
            File.WriteAllText(path, "x\n");
        var input = TableInput.Find(paths);
        foreach ((string path, byte[] content) in paths.Zip(contents))
            File.WriteAllBytes(path, content);
        return input;
    }

    private static void ReadAll(TableInput input, InputScan scan)
    {
        using ITableReader reader = input.Open(["x"], 0, scan);
        Rows(reader);
    }

    private sealed class Reports(List<long> values) : IProgress<long>
    {
        public void Report(long value)
        {
            lock (values)
                values.Add(value);
        }
    }
}
