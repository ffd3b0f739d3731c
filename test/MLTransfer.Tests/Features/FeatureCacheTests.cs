using Microsoft.ML;
using MLTransfer.Features;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Features;

internal sealed class FeatureCacheTests
{
    private static FeatureKey Key(byte content) => FeatureKey.Of([content, 1, 2]);

    private static FeatureBlock[] Block(int numbers) => [new FeatureBlock(new float[numbers])];

    [Test]
    public void Add_BeyondTheLimit_DropsTheLeastRecentlyUsed()
    {
        var measuring = new FeatureCache();
        measuring.Add(Key(0), Block(100));
        long entry = measuring.Statistics.ByteCount;
        Assert.That(entry, Is.GreaterThan(400), "100 numbers and their key");

        var cache = new FeatureCache(3 * entry);
        foreach (byte i in (byte[])[0, 1, 2])
            cache.Add(Key(i), Block(100));
        cache.Find(Key(0));
        cache.Add(Key(3), Block(100));
        Assert.That(cache.Find(Key(1)), Is.Null, "1 was used longest ago");
        Assert.That(cache.Find(Key(0)), Is.Not.Null);
        Assert.That(cache.Statistics, Is.EqualTo(new FeatureCacheStatistics(Hits: 2, Misses: 1, Evictions: 1, EntryCount: 3, ByteCount: 3 * entry)));
    }

    [Test]
    public void Add_EntryLargerThanTheLimit_IsNotHeld()
    {
        var cache = new FeatureCache(1000);
        cache.Add(Key(0), Block(1000));
        Assert.That(cache.Statistics.EntryCount, Is.Zero);
    }

    [Test]
    public void Constructor_NegativeLimit_IsRefused() => Assert.That(() => new FeatureCache(-1), Throws.TypeOf<ArgumentOutOfRangeException>());

    [Test]
    public void Clear_DropsEntriesAndKeepsCounters()
    {
        var cache = new FeatureCache();
        cache.Add(Key(0), Block(10));
        cache.Find(Key(0));
        cache.Clear();
        Assert.That(cache.Statistics, Is.EqualTo(new FeatureCacheStatistics(1, 0, 0, 0, 0)));
    }

    [Test]
    public void Add_FromManyThreads_StaysWithinTheLimit()
    {
        var cache = new FeatureCache(50_000);
        Parallel.For(0, 2000, i =>
        {
            FeatureKey key = FeatureKey.Of(BitConverter.GetBytes(i % 300));
            if (cache.Find(key) is null)
                cache.Add(key, Block(50));
        });
        FeatureCacheStatistics statistics = cache.Statistics;
        Assert.That(statistics.ByteCount, Is.LessThanOrEqualTo(50_000));
        Assert.That(statistics.Hits + statistics.Misses, Is.EqualTo(2000));
    }

    [Test]
    public void EmbedText_OnAFullCache_StillGivesTheSameFeatures()
    {
        var ml = new MLContext(0);
        IDataView data = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 60).Select(i => new Row { Text = $"card {i} my account is late {i * i}" }));
        using TextEmbeddingTransformer roomy = ml.Transforms.EmbedText("Features", TinyBackbones.Text()).Fit(data);
        using TextEmbeddingTransformer none = ml.Transforms.EmbedText(TinyBackbones.Text(), new TextEmbeddingOptions { Cache = new FeatureCache(0) }).Fit(data);
        using TextEmbeddingTransformer tight = ml.Transforms.EmbedText(TinyBackbones.Text(), new TextEmbeddingOptions { Cache = new FeatureCache(2000) }).Fit(data);
        float[][] expected = Columns.Vectors(roomy.Transform(data), "Features");
        foreach (TextEmbeddingTransformer model in (TextEmbeddingTransformer[])[none, tight])
        {
            for (int pass = 0; pass < 2; pass++)
                Columns.AssertEqual(Columns.Vectors(model.Transform(data), "Features"), expected, 1e-6f, "fp32, packs may differ");
        }
    }

    [Test]
    public void EmbedText_OneCacheForSeveralSteps_MixesNothingUp()
    {
        var ml = new MLContext(0);
        var cache = new FeatureCache();
        IDataView data = ml.Data.LoadFromEnumerable(new[] { new Row { Text = "my card is lost" }, new Row { Text = "how do i pay" } });
        TextEmbeddingOptions[] variants =
        [
            new(), new() { Pooling = Pooling.Cls }, new() { Normalize = false }, new() { Dimension = 3 }, new() { Prefix = "the " }, new() { MaximumLength = 4 },
            new() { Pooling = Pooling.None },
        ];
        foreach (TextEmbeddingOptions options in variants)
        {
            using TextEmbeddingTransformer shared = ml.Transforms.EmbedText(TinyBackbones.Text(), options with { Cache = cache }).Fit(data);
            using TextEmbeddingTransformer alone = ml.Transforms.EmbedText(TinyBackbones.Text(), options).Fit(data);
            Columns.AssertEqual(Columns.Vectors(shared.Transform(data), "Features"), Columns.Vectors(alone.Transform(data), "Features"), 0, options.ToString());
        }
        Assert.That(cache.Statistics.EntryCount, Is.EqualTo(2 * variants.Length));
    }

    [Test]
    public void EmbedText_EqualRowsOfAWindow_AreOneMissAndHits()
    {
        var ml = new MLContext(0);
        Backbone backbone = TinyBackbones.Text();
        IDataView data = ml.Data.LoadFromEnumerable(new[] { new Row { Text = "help" }, new Row { Text = "help" }, new Row { Text = "pay" } });
        using TextEmbeddingTransformer model = ml.Transforms.EmbedText("Features", backbone).Fit(data);
        for (int pass = 0; pass < 2; pass++)
            Columns.Vectors(model.Transform(data), "Features");
        Assert.That((backbone.Cache.Statistics.Hits, backbone.Cache.Statistics.Misses), Is.EqualTo((4, 2)));
    }

    [Test]
    public void EmbedText_OneCacheForCardsThatFeedAGraphDifferently_MixesNothingUp()
    {
        var graph = new GraphBuilder("two tables");
        string[] inputs = [graph.Input("one", OnnxElementType.Int64, "rows", "tokens"), graph.Input("two", OnnxElementType.Int64, "rows", "tokens")];
        int count = TinyBackbones.Vocabulary.Length;
        string[] looked = [.. inputs.Select((input, i) => graph.Node("Gather", [graph.Initializer($"t{i}", TinyBackbones.Values(count * 2, seed: i), count, 2), input], $"g{i}"))];
        graph.Output(graph.Node("Add", looked, "hidden"), OnnxElementType.Float, "rows", "tokens", 2);
        var ml = new MLContext(0);
        var cache = new FeatureCache();
        IDataView data = ml.Data.LoadFromEnumerable(new[] { new Row { Text = "my card is lost" } });
        float[][] features = [.. new[] { (Ids: "one", Types: "two"), (Ids: "two", Types: "one") }.Select(roles =>
        {
            Backbone backbone = TinyBackbones.Open(graph, new BackboneCard
            {
                Name = "two-tables",
                Modality = BackboneModality.Text,
                Graph = "model.onnx",
                Inputs = new Dictionary<string, string> { ["ids"] = roles.Ids, ["types"] = roles.Types },
                FeatureOutput = "hidden",
                Pooling = Pooling.Mean,
                Dimension = 2,
                MaximumLength = 16,
            });
            using TextEmbeddingTransformer model = ml.Transforms.EmbedText(backbone, new TextEmbeddingOptions { Cache = cache }).Fit(data);
            return Columns.Vectors(model.Transform(data), "Features")[0];
        })];
        Assert.That(features[1], Is.Not.EqualTo(features[0]));
    }

    private sealed class Row
    {
        public string Text { get; set; } = "";
    }
}
