using Microsoft.ML;
using MLTransfer.Testing;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Parity;

/// <summary>Real image backbones on real photos.</summary>
internal sealed class RealImageTests
{
    private static string[] Photos(int count) =>
        [.. Directory.EnumerateFiles(Path.Combine(RealAssets.Data("caltech20"), "test"), "*.jpg", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Where((_, i) => i % (200 / count) == 0).Take(count)];

    [Test]
    public void Squeezenet_Float16WithBatchOne_GivesTheTop1OfItsFloat32Twin()
    {
        string folder = RealAssets.Model("squeezenet1.0");
        string[] photos = Photos(100);
        int[] half = Top1(Backbone.Open(Path.Combine(folder, "squeezenet_fp16.onnx"), Caffe("softmaxout_1")), photos);
        int[] single = Top1(Backbone.Open(Path.Combine(folder, "squeezenet1.0_fp32.onnx"), Caffe("logits")), photos);
        Assert.That(half, Is.EqualTo(single));
        Assert.That(single.Distinct().Count(), Is.GreaterThan(20), "The photos are of 20 kinds.");
    }

    [Test]
    public void Squeezenet_Float16_PenultimateLayerIsTheTwinsFeature()
    {
        string folder = RealAssets.Model("squeezenet1.0");
        string[] photos = Photos(20);
        Backbone half = Backbone.Open(Path.Combine(folder, "squeezenet_fp16.onnx"), Caffe("softmaxout_1"));
        Backbone penultimate = half.WithFeature(half.ListFeatures().Single(f => f.IsPenultimate).Name);
        float[][] expected = Features(Backbone.Open(Path.Combine(folder, "squeezenet1.0_fp32.onnx"), Caffe("features")), photos);
        float[][] found = Features(penultimate, photos);
        for (int i = 0; i < photos.Length; i++)
            Assert.That(TextRows.Cosine(found[i], expected[i]), Is.GreaterThan(0.9999), $"{photos[i]}: eleven bits of precision through nine layers");
    }

    [TestCase("mobilenetv1-0.25-128", "mobilenetv1_0.25_128_w8.onnx", 256)]
    [TestCase("mobilenetv2-1.0-224", "mobilenetv2_1.0_224_fp32.onnx", 1280)]
    public void Mobilenet_TogetherAndAlone_Agree_AndThePenultimateLayerIsTheFeature(string model, string file, int dimension)
    {
        string path = Path.Combine(RealAssets.Model(model), file);
        string[] photos = Photos(20);
        Backbone backbone = Backbone.Open(path, new BackboneOptions { Image = ImagePreprocessing.KerasTf(model.EndsWith("128", StringComparison.Ordinal) ? 128 : 224) with { Layout = TensorLayout.Nchw }, FeatureOutput = "features" });
        Assert.That(backbone.Dimension, Is.EqualTo(dimension));
        float[][] together = Features(backbone, photos);
        float[][] alone = [.. photos.Select(p => Features(Backbone.Open(path, new BackboneOptions { Image = backbone.Card.Image, FeatureOutput = "features" }), [p])[0])];
        Columns.AssertEqual(together, alone, 1e-5f, "fp32 in batches against one by one");
        Backbone cut = backbone.WithFeature("logits").WithFeature(backbone.ListFeatures().Single(f => f.IsPenultimate).Name);
        Columns.AssertEqual(Features(cut, photos), together, 1e-4f, "the layer before the logits");
    }

    private static BackboneOptions Caffe(string feature) => new()
    {
        Image = ImagePreprocessing.KerasCaffe() with { Mean = [104, 117, 123], Layout = TensorLayout.Nchw },
        FeatureOutput = feature,
    };

    private static int[] Top1(Backbone backbone, string[] photos) => [.. Features(backbone, photos).Select(f => Array.IndexOf(f, f.Max()))];

    private static float[][] Features(Backbone backbone, string[] photos)
    {
        var ml = new MLContext(0);
        IDataView data = ml.Data.LoadFromEnumerable(photos.Select(p => new Row { Image = p }));
        using ImageEmbeddingTransformer model = ml.Transforms.EmbedImage("Features", backbone).Fit(data);
        return Columns.Vectors(model.Transform(data), "Features");
    }

    private sealed class Row
    {
        public string Image { get; set; } = "";
    }
}
