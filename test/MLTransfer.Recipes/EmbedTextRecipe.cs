using System.Numerics.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLTransfer.Recipes;

public sealed class EmbedTextRecipe : Recipe
{
    private static readonly Ticket[] Rows =
    [
        new() { Text = "When will I get my money back?" }, new() { Text = "I want a refund." }, new() { Text = "The parcel never arrived." },
    ];

    [Test]
    public void CompareTexts()
    {
        // sample: compare-texts
        var ml = new MLContext();
        IDataView data = ml.Data.LoadFromEnumerable(Rows);
        using var embed = ml.Transforms.EmbedText("Features", DefaultBackbones.Text).Fit(data);

        float[][] features = [.. embed.Transform(data).GetColumn<float[]>("Features")];
        Console.WriteLine($"{features[0].Length} numbers a text");
        Console.WriteLine($"money back ~ refund: {TensorPrimitives.CosineSimilarity<float>(features[0], features[1]):0.00}");
        Console.WriteLine($"money back ~ parcel: {TensorPrimitives.CosineSimilarity<float>(features[0], features[2]):0.00}");
        // end
        Show("compare-texts");
    }

    [Test]
    public void AllSettings()
    {
        // sample: all-settings
        var ml = new MLContext();
        IDataView data = ml.Data.LoadFromEnumerable(Rows);
        var options = new TextEmbeddingOptions
        {
            OutputColumnName = "Short",
            Dimension = 64,                 // the first 64 numbers, normalised again
            MaximumLength = 32,             // tokens; the rest of a text is cut off
        };
        using var embed = ml.Transforms.EmbedText(DefaultBackbones.Text, options).Fit(data);
        Console.WriteLine(embed.Transform(data).Schema["Short"].Type);
        // end
        Show("all-settings");
    }

    [Test]
    public void ShareTheCache()
    {
        // sample: share-the-cache
        var ml = new MLContext(seed: 0);
        Backbone backbone = DefaultBackbones.Text;
        IDataView data = ml.Data.LoadFromEnumerable(Tickets.Training);
        var pipeline = ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(ml.Transforms.EmbedText("Features", backbone))
            .Append(ml.MulticlassClassification.Trainers.LinearHead());

        FeatureCacheStatistics before = backbone.Cache.Statistics;
        ml.MulticlassClassification.CrossValidate(data, pipeline, numberOfFolds: 3);
        FeatureCacheStatistics after = backbone.Cache.Statistics;
        Console.WriteLine($"12 rows, 3 folds: {after.Misses - before.Misses} rows were run");
        // end
        Show("share-the-cache");
    }

    [Test]
    public void KeepFeatures()
    {
        DeleteFolder();
        // sample: keep-features
        var ml = new MLContext();
        IDataView data = ml.Data.LoadFromEnumerable(Rows);
        for (int run = 1; run <= 2; run++)
        {
            using var cache = new FeatureCache(folder: "features");
            using var embed = ml.Transforms.EmbedText(DefaultBackbones.Text, new TextEmbeddingOptions { Cache = cache }).Fit(data);
            float[][] features = [.. embed.Transform(data).GetColumn<float[]>("Features")];
            FeatureCacheStatistics counted = cache.Statistics;
            Console.WriteLine($"run {run}: {features.Length} rows, {counted.Misses} computed, {counted.DiskHits} read from disk");
        }
        // end
        DeleteFolder();
        Show("keep-features");

        static void DeleteFolder()
        {
            if (Directory.Exists("features"))
                Directory.Delete("features", recursive: true);
        }
    }

    [SetUp]
    public void ForgetOtherRecipes() => DefaultBackbones.Text.Cache.Clear();
}
