using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Features;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Features;

/// <summary>The feature cache with a folder: what one run computed, the next reads.</summary>
internal sealed class FeatureCacheFolderTests
{
    private string _folder = "";

    private string CacheFolder => Path.Combine(_folder, "cache");

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("mltransfer-cache-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task EmbedText_InAnotherProcess_RunsTheBackboneZeroTimes()
    {
        (string backbone, string rows) = WriteFiles(300);
        Counters first = await EmbedAsync(backbone, rows), second = await EmbedAsync(backbone, rows);
        Assert.That((first.DiskHits, first.Misses, first.RowsRun), Is.EqualTo((0, 300, 300)));
        Assert.That((second.Hits, second.DiskHits, second.Misses, second.RowsRun), Is.EqualTo((300, 300, 0, 0)));
        Assert.That(second.Hash, Is.EqualTo(first.Hash), "the same features, bit for bit");
    }

    [Test]
    public async Task EmbedText_ProcessKilled_TheNextOneComputesWhatWasNotDelivered()
    {
        const int count = 6000, delivered = 700;
        (string backbone, string rows) = WriteFiles(count);
        await StoreProbe.RunAsync(["embed", backbone, rows, CacheFolder], line => line == $"{delivered}");
        Counters second = await EmbedAsync(backbone, rows);
        Assert.That(second.DiskHits, Is.GreaterThanOrEqualTo(delivered), "every row that was handed on is on disk");
        Assert.That(second.DiskHits + second.Misses, Is.EqualTo(count));
        Assert.That(second.RowsRun, Is.EqualTo(second.Misses));
        Directory.Delete(CacheFolder, recursive: true);
        Assert.That((await EmbedAsync(backbone, rows)).Hash, Is.EqualTo(second.Hash));
    }

    [Test]
    public void EmbedText_AfterEveryWindow_RowsAreOnDisk()
    {
        var ml = new MLContext(0);
        using var cache = new FeatureCache(folder: CacheFolder);
        using TextEmbeddingTransformer model = Fit(ml, new TextEmbeddingOptions { Cache = cache });
        IDataView view = model.Transform(TextRows.Data(ml, TinyTexts.Distinct(40)));
        using DataViewRowCursor cursor = view.GetRowCursor(view.Schema);
        cursor.MoveNext();
        VBuffer<float> features = default;
        cursor.GetGetter<VBuffer<float>>(view.Schema["Features"])(ref features);
        using var other = new FeatureCache(folder: CacheFolder);
        Assert.That(other.Statistics.DiskCount, Is.EqualTo(cache.Statistics.Misses).And.GreaterThan(0));
    }

    [Test]
    public void Find_MemoryTooSmall_ReadsFromDisk()
    {
        using var cache = new FeatureCache(memoryLimit: 0, CacheFolder);
        cache.Add(StoredRows.Key(0), StoredRows.Blocks(0));
        Assert.That(StoredRows.Are(cache.Find(StoredRows.Key(0))!, StoredRows.Blocks(0)), Is.True);
        Assert.That(cache.Find(StoredRows.Key(1)), Is.Null);
        Assert.That(cache.Statistics, Is.EqualTo(new FeatureCacheStatistics(Hits: 1, Misses: 1, Evictions: 0, EntryCount: 0, ByteCount: 0, DiskHits: 1, DiskCount: 1)));
    }

    [Test]
    public void Find_ReadFromDisk_IsInMemoryTheNextTime()
    {
        using (var first = new FeatureCache(folder: CacheFolder))
            first.Add(StoredRows.Key(0), StoredRows.Blocks(0));
        using var cache = new FeatureCache(folder: CacheFolder);
        FeatureBlock[]? found = cache.Find(StoredRows.Key(0));
        Assert.That(cache.Find(StoredRows.Key(0)), Is.SameAs(found).And.Not.Null);
        Assert.That((cache.Statistics.Hits, cache.Statistics.DiskHits, cache.Statistics.EntryCount), Is.EqualTo((2, 1, 1)));
        cache.Clear();
        Assert.That(cache.Find(StoredRows.Key(0)), Is.Not.Null, "Clear leaves the disk alone");
        Assert.That(cache.Statistics.DiskHits, Is.EqualTo(2));
    }

    [Test]
    public void Find_FromManyThreads_DeliversOnlyWhatWasAdded()
    {
        const int rows = 400;
        using var cache = new FeatureCache(20_000, CacheFolder);
        Parallel.For(0, 10_000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            int row = i * 7919 % rows;
            FeatureBlock[]? found = cache.Find(StoredRows.Key(row));
            if (found is null)
                cache.Add(StoredRows.Key(row), StoredRows.Blocks(row));
            else if (!StoredRows.Are(found, StoredRows.Blocks(row)))
                throw new InvalidDataException($"row {row}");
            if (i % 64 == 0)
                cache.Flush();
        });
        FeatureCacheStatistics statistics = cache.Statistics;
        Assert.That(statistics.Hits + statistics.Misses, Is.EqualTo(10_000));
        Assert.That(statistics.Misses, Is.LessThan(rows + 8 * rows), "a row is missed by the threads that ask for it at the same time, and never again");
        Assert.That((statistics.DiskCount, statistics.DiskDamages), Is.EqualTo((rows, 0)));
        Assert.That(statistics.ByteCount, Is.LessThanOrEqualTo(20_000));
    }

    [Test]
    public void EmbedText_OneFolderForSeveralSteps_MixesNothingUp()
    {
        var ml = new MLContext(0);
        string[] texts = TinyTexts.Distinct(20);
        TextEmbeddingOptions[] variants =
        [
            new(), new() { Pooling = Pooling.Cls }, new() { Normalize = false }, new() { Dimension = 3 }, new() { Prefix = "the " }, new() { Pooling = Pooling.None },
            new() { Pooling = Pooling.None, SequencePrecision = SequencePrecision.Float32 },
        ];
        for (int pass = 0; pass < 2; pass++)
        {
            foreach (TextEmbeddingOptions options in variants)
            {
                using var cache = new FeatureCache(folder: CacheFolder);
                using TextEmbeddingTransformer stored = Fit(ml, options with { Cache = cache });
                using TextEmbeddingTransformer alone = Fit(ml, options with { Cache = new FeatureCache(0) });
                Columns.AssertEqual(TextRows.Together(ml, stored, texts), TextRows.Together(ml, alone, texts), 0, options.ToString());
                Assert.That(cache.Statistics.Misses, Is.EqualTo(pass == 0 ? texts.Length : 0), options.ToString());
            }
        }
    }

    [Test]
    public void EmbedText_FolderDamaged_ComputesAgain()
    {
        var ml = new MLContext(0);
        string[] texts = TinyTexts.Distinct(20);
        float[][] expected;
        using (var cache = new FeatureCache(folder: CacheFolder))
        {
            using TextEmbeddingTransformer model = Fit(ml, new TextEmbeddingOptions { Cache = cache });
            expected = TextRows.Together(ml, model, texts);
        }
        string segment = Directory.GetFiles(CacheFolder, "*", SearchOption.AllDirectories).Single();
        byte[] bytes = File.ReadAllBytes(segment);
        bytes[SegmentHeader.ByteCount + FeatureRecord.HeadLength + 20] ^= 0x40;
        File.WriteAllBytes(segment, bytes[..^3]);
        using var damaged = new FeatureCache(folder: CacheFolder);
        using TextEmbeddingTransformer again = Fit(ml, new TextEmbeddingOptions { Cache = damaged });
        Columns.AssertEqual(TextRows.Together(ml, again, texts), expected, 1e-6f, "fp32, packs may differ");
        Assert.That((damaged.Statistics.DiskHits, damaged.Statistics.Misses, damaged.Statistics.DiskDamages), Is.EqualTo((18, 2, 2)));
    }

    [Test]
    public void Constructor_FolderIsAFile_IsRefused()
    {
        File.WriteAllText(CacheFolder, "");
        Assert.That(() => new FeatureCache(folder: CacheFolder), Throws.TypeOf<IOException>().With.Message.Contains(CacheFolder));
    }

    [Test]
    public void Find_WithoutAFolder_AllocatesNothing()
    {
        using var cache = new FeatureCache();
        FeatureKey key = StoredRows.Key(0);
        cache.Add(key, StoredRows.Blocks(0));
        Assert.That(cache.Folder, Is.Null);
        cache.Find(key);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            cache.Find(key);
            cache.Flush();
        }
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    private static TextEmbeddingTransformer Fit(MLContext ml, TextEmbeddingOptions options) => ml.Transforms.EmbedText(TinyBackbones.Text(), options).Fit(TextRows.Data(ml));

    private (string Backbone, string Rows) WriteFiles(int count)
    {
        string backbone = Path.Combine(_folder, "encoder"), rows = Path.Combine(_folder, "rows.txt");
        TinyBackbones.WriteTextFolder(backbone);
        File.WriteAllLines(rows, TinyTexts.Distinct(count));
        return (backbone, rows);
    }

    private async Task<Counters> EmbedAsync(string backbone, string rows)
    {
        List<string> lines = await StoreProbe.RunAsync(["embed", backbone, rows, CacheFolder]);
        string[] last = lines[^1].Split(' ');
        int[] numbers = [.. last[..^1].Select(n => int.Parse(n, CultureInfo.InvariantCulture))];
        return new Counters(numbers[0], numbers[1], numbers[2], numbers[3], last[^1]);
    }

    private sealed record Counters(int Hits, int DiskHits, int Misses, int RowsRun, string Hash);
}
