using MLTransfer.Cli.Tables;

namespace MLTransfer.Cli.Tests.Tables;

public sealed class ParquetTests : TableFolder
{
    private static readonly TableColumn[] Columns =
    [
        new("text", ColumnKind.Text), new("whole", ColumnKind.Whole), new("real", ColumnKind.Real), new("single", ColumnKind.Single), new("flag", ColumnKind.Flag),
        new("Score", ColumnKind.Vector, 3, ["refund", "parcel, late", "ä"]), new("Features", ColumnKind.Vector, 5),
    ];

    [Test]
    public void Read_EveryKind_IsWhatWasWritten()
    {
        TableBatch batch = Batch(new Random(0), 1000);
        Write("a.parquet", 1 << 12, Slice(batch, 1000));
        var input = TableInput.Find([PathOf("a.parquet")]);
        using ITableReader reader = OpenAll(input);
        TableBatch read = reader.Read(2000)!;

        Assert.That(input.Columns.Select(c => c with { SlotNames = null }), Is.EqualTo(Columns.Select(c => c with { SlotNames = null })));
        Assert.That(input.Columns[5].SlotNames, Is.EqualTo(Columns[5].SlotNames));
        Assert.That(input.Columns[6].SlotNames, Is.Null);
        Assert.That(input.Looks, Is.EqualTo(new[] { "text", "whole numbers", "numbers", "numbers (single precision)", "true or false", "vectors of 3 numbers", "vectors of 5 numbers" }));
        Assert.That(input.Scan(null, default).RowCount, Is.EqualTo(1000));
        for (int c = 0; c < Columns.Length; c++)
            Assert.That(read.Values(c), Is.EqualTo(batch.Values(c)), Columns[c].Name);
        Assert.That(reader.Read(1), Is.Null);
    }

    [TestCase(1)]
    [TestCase(9)]
    public void Read_RowsWithoutAnyValue_AreThereAllTheSame(int rowCount)
    {
        var batch = new TableBatch(Columns, rowCount,
            [new string?[rowCount], new long?[rowCount], new double?[rowCount], new float?[rowCount], new bool?[rowCount], new float[3 * rowCount], new float[5 * rowCount]]);
        Write("a.parquet", 1 << 12, [batch]);
        Array.Fill(batch.Values<string?>(0), "");
        Write("b.parquet", 1 << 12, [batch]);

        Assert.That(Rows(TableInput.Find([PathOf("a.parquet")])), Is.EqualTo(Enumerable.Repeat("null|null|null|null|null|0 0 0|0 0 0 0 0", rowCount)));
        Assert.That(Rows(TableInput.Find([PathOf("b.parquet")])), Is.EqualTo(Enumerable.Repeat("|null|null|null|null|0 0 0|0 0 0 0 0", rowCount)));
    }

    [Test]
    public void Write_AnyBatches_AreTheSameBytes()
    {
        TableBatch batch = Batch(new Random(1), 5000);
        Write("1.parquet", 1 << 16, Slice(batch, 7));
        Write("2.parquet", 1 << 16, Slice(batch, 1000));
        Write("3.parquet", 1 << 16, Slice(batch, 1000));

        byte[] first = File.ReadAllBytes(PathOf("1.parquet"));
        Assert.That(File.ReadAllBytes(PathOf("2.parquet")), Is.EqualTo(first));
        Assert.That(File.ReadAllBytes(PathOf("3.parquet")), Is.EqualTo(first));
        using ParquetFile file = ParquetFile.Open(PathOf("1.parquet"));
        Assert.That(file.RowCounts, Has.Count.GreaterThan(3));
    }

    [Test]
    public void Append_Parts_AreTheBytesOfOneWriter()
    {
        TableBatch batch = Batch(new Random(2), 3000);
        TableBatch[] batches = [.. Slice(batch, 100)];
        WriteOut("all.parquet", batches);
        WriteOut("1.parquet", batches[..7]);
        WriteOut("2.parquet", []);
        WriteOut("3.parquet", batches[7..]);
        TableCopy.Append([PathOf("1.parquet"), PathOf("2.parquet"), PathOf("3.parquet")], ".parquet", PathOf("joined.tmp"), default);

        Assert.That(File.ReadAllBytes(PathOf("joined.tmp")), Is.EqualTo(File.ReadAllBytes(PathOf("all.parquet"))));
    }

    [Test]
    public void Append_PartsOfSeveralRowGroups_AreTheBytesOfOneWriter()
    {
        TableColumn[] columns = [new("v", ColumnKind.Vector, 2048)];
        var random = new Random(9);
        TableBatch[] batches = [.. Enumerable.Range(0, 10).Select(_ => new TableBatch(columns, 300, [(float[])[.. Enumerable.Range(0, 300 * 2048).Select(_ => random.NextSingle())]]))];
        WriteOut("all.parquet", batches);
        WriteOut("1.parquet", batches[..3]);
        WriteOut("2.parquet", batches[3..]);
        TableCopy.Append([PathOf("1.parquet"), PathOf("2.parquet")], ".parquet", PathOf("joined.tmp"), default);

        using ParquetFile file = ParquetFile.Open(PathOf("joined.tmp"));
        Assert.That(file.RowCounts, Is.EqualTo(new[] { 2048, 952 }));
        Assert.That(File.ReadAllBytes(PathOf("joined.tmp")).AsSpan().SequenceEqual(File.ReadAllBytes(PathOf("all.parquet"))), Is.True);
    }

    [Test]
    public void Append_OtherColumns_AreRefused()
    {
        WriteOut("1.parquet", []);
        using (ITableWriter writer = TableOutput.Create(PathOf("2.parquet"), ".parquet", [.. Columns.Select(c => c with { SlotNames = null })]))
            writer.Complete();

        Assert.That(() => TableCopy.Append([PathOf("1.parquet"), PathOf("2.parquet")], ".parquet", PathOf("joined"), default), Throws.TypeOf<InvalidDataException>().With.Message.Contains("2.parquet"));
    }

    [Test]
    public void Open_AtAnyRow_ReadsTheRest()
    {
        TableBatch batch = Batch(new Random(3), 300);
        Write("a.parquet", 1 << 11, Slice(batch, 200));
        Write("b.parquet", 1 << 20, Slice(batch, 300));
        var input = TableInput.Find([PathOf("a.parquet"), PathOf("b.parquet")]);
        List<string> all = Rows(input, batchSize: 64);

        Assert.That(all, Has.Count.EqualTo(600));
        for (int first = 0; first <= 600; first += 13)
            Assert.That(Rows(input, first, batchSize: 50), Is.EqualTo(all.Skip(first)), $"from row {first}");
    }

    [Test]
    public void Open_SomeColumns_InTheOrderAskedFor()
    {
        TableBatch batch = Batch(new Random(4), 10);
        Write("a.parquet", 1 << 11, Slice(batch, 10));
        var input = TableInput.Find([PathOf("a.parquet")]);
        using ITableReader reader = input.Open(["Features", "whole", "Features"], 5, input.Scan(null, default));
        TableBatch read = reader.Read(10)!;

        Assert.That(read.Values<long?>(1), Is.EqualTo(batch.Values<long?>(1).Skip(5)));
        Assert.That(read.Values<float>(0), Is.EqualTo(batch.Values<float>(6).Skip(25)));
        Assert.That(read.Values<float>(2), Is.EqualTo(read.Values<float>(0)));
    }

    [Test]
    public void Find_FileCutShort_SaysThatItIsNoWholeOne([Values(0, 3, 100, -1, -4, -200)] int length)
    {
        Write("a.parquet", 1 << 11, Slice(Batch(new Random(5), 100), 10));
        byte[] bytes = File.ReadAllBytes(PathOf("a.parquet"));
        File.WriteAllBytes(PathOf("a.parquet"), bytes[..(length < 0 ? bytes.Length + length : length)]);

        Assert.That(() => TableInput.Find([PathOf("a.parquet")]), Throws.TypeOf<InvalidDataException>().With.Message.Contains("a.parquet' is no whole Parquet file"));
    }

    [Test]
    public void Find_TextNamedParquet_SaysThatItIsNone() =>
        Assert.That(() => TableInput.Find([Write("a.parquet", "id,text\n1,a\n")]), Throws.TypeOf<InvalidDataException>().With.Message.Contains("is no whole Parquet file"));

    [Test]
    public void Read_PageWithAChangedByte_IsRefused()
    {
        Write("a.parquet", 1 << 20, Slice(Batch(new Random(6), 2000), 100));
        byte[] bytes = File.ReadAllBytes(PathOf("a.parquet"));
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(PathOf("a.parquet"), bytes);

        Assert.That(() => Rows(TableInput.Find([PathOf("a.parquet")])), Throws.TypeOf<InvalidDataException>().With.Message.Contains("is no whole Parquet file"));
    }

    [Test]
    public void Write_DiskThatIsFull_IsAnIOException()
    {
        if (!File.Exists("/dev/full"))
            Assert.Ignore("There is no /dev/full on this system.");
        Assert.Multiple(() =>
        {
            foreach (string extension in TableOutput.Extensions)
            {
                Assert.That(
                    () =>
                    {
                        using ITableWriter writer = TableOutput.Create("/dev/full", extension, Columns[5..]);
                        writer.Write(new TableBatch(Columns[5..], 2000, [new float[6000], new float[10_000]]));
                        writer.Complete();
                    },
                    Throws.InstanceOf<IOException>(), extension);
            }
        });
    }

    [Test]
    public void Dispose_NotCompleted_LeavesNoWholeFile()
    {
        using (ITableWriter writer = TableOutput.Create(PathOf("a.parquet"), ".parquet", Columns))
            writer.Write(Batch(new Random(8), 10));

        Assert.That(() => TableInput.Find([PathOf("a.parquet")]), Throws.TypeOf<InvalidDataException>());
    }

    [Test]
    public void Write_HalfASurrogatePair_NamesColumnAndRow()
    {
        TableColumn[] columns = [new("x", ColumnKind.Text)];
        using ITableWriter writer = TableOutput.Create(PathOf("a.parquet"), ".parquet", columns);

        Assert.That(() => writer.Write(new TableBatch(columns, 2, [new string?[] { "fine", $"{(char)0xDC00}" }])), Throws.TypeOf<InvalidDataException>().With.Message.Contains("row 2: 'x'"));
    }

    private void Write(string name, int rowGroupByteCount, IEnumerable<TableBatch> batches)
    {
        using var writer = new ParquetWriter(PathOf(name), Columns, rowGroupByteCount);
        foreach (TableBatch batch in batches)
            writer.Write(batch);
        writer.Complete();
    }

    private void WriteOut(string name, TableBatch[] batches)
    {
        using ITableWriter writer = TableOutput.Create(PathOf(name), ".parquet", batches.Length > 0 ? batches[0].Columns : Columns);
        foreach (TableBatch batch in batches)
            writer.Write(batch);
        writer.Complete();
    }

    private static TableBatch Batch(Random random, int rowCount)
    {
        string[] words = ["refund", "parcel", "", "日本 😀", "a\0b"];
        return new TableBatch(Columns, rowCount,
        [
            Make(() => Maybe(random) ? words[random.Next(words.Length)] + random.Next(100) : null), Make(() => Maybe(random) ? random.NextInt64(long.MinValue, long.MaxValue) : (long?)null),
            Make(() => Maybe(random) ? random.NextDouble() : (double?)null), Make(() => Maybe(random) ? random.NextSingle() : (float?)null), Make(() => Maybe(random) ? random.Next(2) == 0 : (bool?)null),
            Numbers(3), Numbers(5),
        ]);

        T[] Make<T>(Func<T> make) => [.. Enumerable.Range(0, rowCount).Select(_ => make())];
        float[] Numbers(int width) => [.. Enumerable.Range(0, rowCount * width).Select(_ => Maybe(random) ? random.NextSingle() : float.NaN)];
    }

    private static bool Maybe(Random random) => random.Next(10) > 0;

    private static IEnumerable<TableBatch> Slice(TableBatch batch, int rowCount)
    {
        for (int start = 0; start < batch.RowCount; start += rowCount)
        {
            int count = Math.Min(rowCount, batch.RowCount - start);
            yield return new TableBatch(Columns, count, [.. Columns.Select((c, i) => Part(batch.Values(i), start, count, c.Kind == ColumnKind.Vector ? c.Width : 1))]);
        }
    }

    private static Array Part(Array values, int start, int count, int width)
    {
        Array part = Array.CreateInstance(values.GetType().GetElementType()!, count * width);
        Array.Copy(values, start * width, part, 0, count * width);
        return part;
    }
}
