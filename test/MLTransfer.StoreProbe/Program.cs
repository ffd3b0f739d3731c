using System.Globalization;
using System.Security.Cryptography;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer;
using MLTransfer.Features;
using MLTransfer.Tests.Features;

// write FOLDER FIRST COUNT EVERY   appends rows, flushes after every so many, prints how many are flushed
// fill FOLDER BALLAST              appends large rows until the folder is full, prints why it stopped, deletes the ballast, goes on, prints how many it holds
// embed BACKBONE ROWS.txt CACHE    prints each row's number, then the cache's counters, the rows the backbone ran, and a hash of the features
switch (args)
{
    case ["write", string folder, string first, string count, string every]:
        Write(folder, Number(first), Number(count), Number(every));
        return 0;
    case ["fill", string folder, string ballast]:
        Fill(folder, ballast);
        return 0;
    case ["embed", string backbone, string rows, string cache]:
        Embed(backbone, rows, cache);
        return 0;
    default:
        await Console.Error.WriteLineAsync("usage: StoreProbe write FOLDER FIRST COUNT EVERY | fill FOLDER BALLAST | embed BACKBONE ROWS.txt CACHE");
        return 2;
}

static void Write(string folder, int first, int count, int every)
{
    using FeatureStore store = FeatureStore.Open(folder, StoredRows.Fingerprint);
    for (int row = first; row < first + count; row++)
    {
        store.Append(StoredRows.Key(row), StoredRows.Blocks(row));
        if ((row - first + 1) % every != 0)
            continue;
        store.Flush();
        Print(row + 1);
    }
}

static void Fill(string folder, string ballast)
{
    const int dimension = 500;
    using FeatureStore store = FeatureStore.Open(folder, StoredRows.Fingerprint);
    int row = 0;
    try
    {
        for (; row < 10_000; row++)
        {
            store.Append(StoredRows.Key(row), StoredRows.Blocks(row, dimension));
            store.Flush();
        }
        throw new InvalidOperationException("the folder was never full");
    }
    catch (IOException e)
    {
        Console.WriteLine(e.Message.ReplaceLineEndings(" "));
    }
    using (FeatureStore reader = FeatureStore.Open(folder, StoredRows.Fingerprint))
        Console.WriteLine($"{row} {StoredRows.Present(reader, row + 1, dimension).Count} {reader.DamagedCount}");
    File.Delete(ballast);
    store.Append(StoredRows.Key(row + 1), StoredRows.Blocks(row + 1, dimension));
    store.Flush();
    using FeatureStore again = FeatureStore.Open(folder, StoredRows.Fingerprint);
    Console.WriteLine($"{row + 2} {StoredRows.Present(again, row + 2, dimension).Count} {again.DamagedCount}");
}

static void Embed(string backbone, string rows, string folder)
{
    MLContext ml = new(seed: 0);
    using FeatureCache cache = new(folder: folder);
    IDataView data = ml.Data.LoadFromTextFile(rows, [new TextLoader.Column("Text", DataKind.String, 0)]);
    using TextEmbeddingTransformer model = ml.Transforms.EmbedText(Backbone.Open(backbone, new BackboneOptions { Pooling = Pooling.Mean }), new TextEmbeddingOptions { Cache = cache }).Fit(data);
    using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    int row = 0;
    foreach (VBuffer<float> vector in model.Transform(data).GetColumn<VBuffer<float>>("Features"))
    {
        hash.AppendData(System.Runtime.InteropServices.MemoryMarshal.AsBytes(vector.GetValues()));
        Print(++row);
    }
    FeatureCacheStatistics counters = cache.Statistics;
    Console.WriteLine($"{counters.Hits} {counters.DiskHits} {counters.Misses} {model.RowsRun} {Convert.ToHexString(hash.GetHashAndReset())}");
}

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

static void Print(int number) => Console.WriteLine(number.ToString(CultureInfo.InvariantCulture));
