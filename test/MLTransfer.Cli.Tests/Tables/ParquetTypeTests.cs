using Apache.Arrow;
using Apache.Arrow.Types;
using MLTransfer.Cli.Tables;
using ParquetSharp;
using ParquetSharp.Arrow;

namespace MLTransfer.Cli.Tests.Tables;

/// <summary>Files of other programs: types that are never written here.</summary>
public sealed class ParquetTypeTests : TableFolder
{
    [Test]
    public void Read_WholeNumbersOfAnySize_AreWhole()
    {
        Write(
            ("i8", new Int8Array.Builder().Append(-128).AppendNull().Build()), ("i16", new Int16Array.Builder().Append(-5).AppendNull().Build()),
            ("i32", new Int32Array.Builder().Append(int.MinValue).AppendNull().Build()), ("u8", new UInt8Array.Builder().Append(255).AppendNull().Build()),
            ("u16", new UInt16Array.Builder().Append(65535).AppendNull().Build()), ("u32", new UInt32Array.Builder().Append(uint.MaxValue).AppendNull().Build()));

        Assert.That(Rows(TableInput.Find([PathOf("a.parquet")])), Is.EqualTo(new[] { "-128|-5|-2147483648|255|65535|4294967295", "null|null|null|null|null|null" }));
    }

    [Test]
    public void Read_WholeNumberBeyond64BitsWithASign_IsAProblemOfItsRow()
    {
        Write(("u64", new UInt64Array.Builder().Append(1).Append(ulong.MaxValue).Append(3).Build()));

        Assert.That(Rows(TableInput.Find([PathOf("a.parquet")])), Is.EqualTo(new[] { "1", "! row 2: 'u64' is 18446744073709551615, more than 64 bits with a sign hold.", "3" }));
    }

    [Test]
    public void Read_DatesAndDecimals_AreTextsInInvariantForm()
    {
        var moments = new[] { new DateTimeOffset(2024, 2, 29, 13, 5, 7, 120, TimeSpan.Zero), new DateTimeOffset(1969, 12, 31, 23, 59, 59, 999, TimeSpan.Zero) };
        Write(
            ("date", new Date32Array.Builder().AppendRange(moments).Build()),
            ("ms", new TimestampArray.Builder(new TimestampType(Apache.Arrow.Types.TimeUnit.Millisecond, (string?)null)).AppendRange(moments).Build()),
            ("us", new TimestampArray.Builder(new TimestampType(Apache.Arrow.Types.TimeUnit.Microsecond, "UTC")).AppendRange(moments).Build()),
            ("ns", Nanoseconds(-1, 1_000_000_001)),
            ("decimal", new Decimal128Array.Builder(new Decimal128Type(12, 3)).Append(-1234.5m).Append(0.001m).Build()));

        Assert.That(Rows(TableInput.Find([PathOf("a.parquet")])), Is.EqualTo(new[]
        {
            "2024-02-29|2024-02-29T13:05:07.120|2024-02-29T13:05:07.120000Z|1969-12-31T23:59:59.999999999|-1234.500",
            "1969-12-31|1969-12-31T23:59:59.999|1969-12-31T23:59:59.999000Z|1970-01-01T00:00:01.000000001|0.001",
        }));
    }

    [Test]
    public void Read_DictionaryOfTexts_IsText()
    {
        StringArray words = new StringArray.Builder().Append("refund").Append("ä").Build();
        Int8Array keys = new Int8Array.Builder().Append(1).AppendNull().Append(0).Build();
        Write(("label", new DictionaryArray(new DictionaryType(Int8Type.Default, StringType.Default, false), keys, words)));

        Assert.That(Rows(TableInput.Find([PathOf("a.parquet")])), Is.EqualTo(new[] { "ä", "null", "refund" }));
    }

    [Test]
    public void Read_ListsOfOneLength_AreVectors()
    {
        var singles = new ListArray.Builder(FloatType.Default);
        var doubles = new ListArray.Builder(DoubleType.Default);
        foreach (int length in (int[])[2, 2, 3, 2])
        {
            singles.Append();
            doubles.Append();
            for (int i = 0; i < length; i++)
            {
                ((FloatArray.Builder)singles.ValueBuilder).Append(length + (i * 0.5f));
                ((DoubleArray.Builder)doubles.ValueBuilder).Append(length + (i * 0.1));
            }
        }
        singles.AppendNull();
        doubles.AppendNull();
        Write(("s", singles.Build()), ("d", doubles.Build()));
        var input = TableInput.Find([PathOf("a.parquet")]);

        Assert.That(input.Columns.Select(c => (c.Kind, c.Width)), Is.EqualTo(new[] { (MLTransfer.Cli.Tables.ColumnKind.Vector, 2), (MLTransfer.Cli.Tables.ColumnKind.Vector, 2) }));
        Assert.That(Rows(input), Is.EqualTo(new[]
        {
            "2 2.5|2 2.1", "2 2.5|2 2.1",
            "! row 3: 's' has 3 numbers where 2 are expected, as in the first row.",
            "2 2.5|2 2.1",
            "! row 5: 's' has no value where 2 numbers are expected.",
        }));
    }

    [Test]
    public void Find_ColumnOfATypeThatIsNotRead_NamesIt()
    {
        Write(("id", new Int32Array.Builder().Append(1).Build()), ("raw", new BinaryArray.Builder().Append((ReadOnlySpan<byte>)[1, 2]).Build()));
        var input = TableInput.Find([PathOf("a.parquet")]);

        Assert.That(input.Columns.Select(c => c.Name), Is.EqualTo(new[] { "id" }));
        Assert.That(() => input.Find("RAW", "--text-column"), Throws.ArgumentException.With.Message.Contains("'raw'").And.Message.Contains("is binary").And.Message.Contains("--text-column"));
    }

    [Test]
    public void Find_OnlyColumnsThatAreNotRead_IsRefused()
    {
        Write(("raw", new BinaryArray.Builder().Append((ReadOnlySpan<byte>)[1, 2]).Build()));

        Assert.That(() => TableInput.Find([PathOf("a.parquet")]), Throws.TypeOf<InvalidDataException>().With.Message.Contains("'raw' is binary"));
    }

    [Test]
    public void Read_TextThatIsNotUtf8_IsAProblemOfItsRow()
    {
        Write(("text", new StringArray.Builder().Append("gut"u8).Append((ReadOnlySpan<byte>)[0xF6, 0x6E]).Build()));

        Assert.That(Rows(TableInput.Find([PathOf("a.parquet")])), Is.EqualTo(new[] { "gut", "! row 2: 'text' is not UTF-8." }));
    }

    [Test]
    public void Find_FilesWhoseTypesDiffer_NamesColumnAndFiles()
    {
        Write(("x", new Int32Array.Builder().Append(1).Build()));
        File.Move(PathOf("a.parquet"), PathOf("b.parquet"));
        Write(("x", new FloatArray.Builder().Append(1).Build()));

        Assert.That(() => TableInput.Find([PathOf("b.parquet"), PathOf("a.parquet")]),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("'x' of").And.Message.Contains("a.parquet' holds numbers (single precision)").And.Message.Contains("whole numbers"));
    }

    [Test]
    public void Read_OneHugeRowGroup_StaysFlat()
    {
        // 300,000 rows of 512 bytes: 154 MB in one group.
        const int RowCount = 300_000, Width = 128;
        float[] numbers = new float[RowCount * Width];
        var random = new Random(0);
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = random.NextSingle();
        var values = new FloatArray(new ArrowBuffer.Builder<float>().Append(numbers).Build(), ArrowBuffer.Empty, numbers.Length, 0, 0);
        Write(("v", new FixedSizeListArray(new FixedSizeListType(FloatType.Default, Width), RowCount, values, ArrowBuffer.Empty, 0, 0)));
        long expected = (long)(RowCount - 1) * Width;
        float last = numbers[expected];
        using (ParquetFile file = ParquetFile.Open(PathOf("a.parquet")))
            Assert.That(file.RowCounts, Is.EqualTo(new[] { RowCount }));

        var input = TableInput.Find([PathOf("a.parquet")]);
        using ITableReader reader = OpenAll(input);
        MemoryPool pool = MemoryPool.GetDefaultMemoryPool();
        long before = pool.BytesAllocated, peak = 0, rowCount = 0;
        float[] batchOfLast = [];
        while (reader.Read(256) is TableBatch batch)
        {
            rowCount += batch.RowCount;
            batchOfLast = batch.Values<float>(0);
            peak = Math.Max(peak, pool.BytesAllocated);
        }

        Assert.That(rowCount, Is.EqualTo(RowCount));
        Assert.That(batchOfLast[^Width], Is.EqualTo(last));
        Assert.That(peak - before, Is.LessThan(8 << 20), "bytes of the library at a time");
    }

    private static TimestampArray Nanoseconds(params long[] values) =>
        new(new TimestampType(Apache.Arrow.Types.TimeUnit.Nanosecond, (string?)null), new ArrowBuffer.Builder<long>().Append(values).Build(), ArrowBuffer.Empty, values.Length, 0, 0);

    private void Write(params (string Name, IArrowArray Values)[] columns)
    {
        var schema = new Apache.Arrow.Schema(columns.Select(c => new Field(c.Name, c.Values.Data.DataType, nullable: true)), null);
        using WriterProperties properties = new WriterPropertiesBuilder().DisableDictionary().MaxRowGroupLength(long.MaxValue).Build();
        using ArrowWriterProperties arrow = new ArrowWriterPropertiesBuilder().StoreSchema().Build();
        using var writer = new FileWriter(PathOf("a.parquet"), schema, properties, arrow);
        using var batch = new RecordBatch(schema, columns.Select(c => c.Values), columns[0].Values.Length);
        writer.WriteRecordBatch(batch, long.MaxValue);
        writer.Close();
    }
}
