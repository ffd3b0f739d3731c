using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Tests.Contracts;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Images;

internal sealed class ImageEmbeddingTests : EmbeddingContract<ImageEmbeddingTransformer, ImageEmbeddingTests.Row>
{
    private const int Side = TinyMediaBackbones.Side;
    private const int D = TinyMediaBackbones.Dimension;

    protected override string InputColumn => "Image";

    protected override EmbeddingEstimator<ImageEmbeddingTransformer> Estimator(MLContext ml) => ml.Transforms.EmbedImage("Features", TinyMediaBackbones.Image());

    protected override Row[] Rows(int count) =>
    [
        .. Enumerable.Range(0, count).Select(i => new Row
        {
            Image = TinyMedia.Bmp(3 + i % 4, 5 + i % 3, seed: i % 13),
            Number = i,
            Name = $"row {i}",
            Weights = [.. Enumerable.Range(0, i % 4).Select(j => (float)j)],
        }),
    ];

    protected override IDataView WrongType(MLContext ml) => ml.Data.LoadFromEnumerable(new[] { new NumberRow { Image = 3 } });

    [Test]
    public void Transform_GivesWhatTheGraphComputes()
    {
        byte[] picture = TinyMedia.Bmp(Side, Side, seed: 1);
        Columns.AssertEqual(Features(TinyMediaBackbones.Image(), [picture]), [Expected(picture)], 1e-5f, "tanh(xW) in float32");
    }

    [TestCase(1)]
    [TestCase(3)]
    public void Transform_FixedBatch_GivesTheSameAndCountsRealRowsOnly(int batch)
    {
        byte[][] pictures = [.. Enumerable.Range(0, 7).Select(i => TinyMedia.Bmp(Side, Side, i))];
        var ml = new MLContext(0);
        IDataView data = ml.Data.LoadFromEnumerable(pictures.Select(p => new Row { Image = p }));
        using ImageEmbeddingTransformer model = ml.Transforms.EmbedImage("Features", TinyMediaBackbones.Image(batch)).Fit(data);
        Columns.AssertEqual(Columns.Vectors(model.Transform(data), "Features"), [.. pictures.Select(Expected)], 1e-5f, $"batches of {batch}");
        Assert.That(model.RowsRun, Is.EqualTo(pictures.Length));
    }

    // Eleven and eight bits of precision; the input is rounded too, and 48 products are summed.
    [TestCase(10, 4e-3f)]
    [TestCase(16, 3e-2f)]
    public void Transform_Float16AndBFloat16Graphs_AreConvertedAtTheBoundary(int type, float tolerance)
    {
        byte[][] pictures = [.. Enumerable.Range(0, 5).Select(i => TinyMedia.Bmp(Side, Side, i))];
        float[][] features = Features(TinyMediaBackbones.Image(type: (OnnxElementType)type), pictures);
        Columns.AssertEqual(features, [.. pictures.Select(Expected)], tolerance, ((OnnxElementType)type).ToString());
        Assert.That(features[0].Zip(Expected(pictures[0])).Any(p => p.First != p.Second), "nothing was rounded");
    }

    [Test]
    public void Transform_FeatureMap_IsAveragedOverItsPlacesOrDeliveredPlaceByPlace()
    {
        byte[] picture = TinyMedia.Bmp(Side, Side, seed: 2);
        float[] places = [.. Enumerable.Range(0, Side * Side).SelectMany(i => Rgb(picture, i).Select(v => 2 * v))];
        float[] mean = [.. Enumerable.Range(0, 3).Select(c => Enumerable.Range(0, Side * Side).Average(i => places[3 * i + c]))];
        var ml = new MLContext(0);
        IDataView data = ml.Data.LoadFromEnumerable(new[] { new Row { Image = picture } });
        var options = new ImageEmbeddingOptions { AdditionalOutputs = [new FeatureOutput("Places", Pooling.None)], SequencePrecision = SequencePrecision.Float32 };
        using ImageEmbeddingTransformer model = ml.Transforms.EmbedImage(TinyMediaBackbones.ImageMap(), options).Fit(data);
        IDataView view = model.Transform(data);
        Columns.AssertEqual(Columns.Vectors(view, "Features"), [mean], 1e-6f, "mean over places");
        Columns.AssertEqual(Columns.Vectors(view, "Places"), [places], 1e-6f, "places");
    }

    [Test]
    public void Transform_PathsBytesAndMLImages_GiveTheSame()
    {
        string folder = Directory.CreateTempSubdirectory("mltransfer-images").FullName;
        try
        {
            var ml = new MLContext(0);
            byte[][] pictures = [.. Enumerable.Range(0, 40).Select(i => TinyMedia.Bmp(3 + i % 5, 4 + i % 3, i))];
            for (int i = 0; i < pictures.Length; i++)
                File.WriteAllBytes(Path.Combine(folder, $"{i}.bmp"), pictures[i]);
            Backbone backbone = TinyMediaBackbones.Image();
            float[][] expected = Features(backbone, pictures);
            IDataView paths = ml.Data.LoadFromEnumerable(pictures.Select((_, i) => new PathRow { Image = $"{i}.bmp" }));
            using ImageEmbeddingTransformer model = ml.Transforms.EmbedImage(TinyMediaBackbones.Image(), new ImageEmbeddingOptions { Folder = folder }).Fit(paths);
            Columns.AssertEqual(Columns.Vectors(model.Transform(paths), "Features"), expected, 0, "paths against bytes");
            IDataView loaded = ml.Transforms.LoadImages("Image", folder, "Image").Fit(paths).Transform(paths);
            using ImageEmbeddingTransformer overImages = ml.Transforms.EmbedImage("Features", TinyMediaBackbones.Image()).Fit(loaded);
            Columns.AssertEqual(Columns.Vectors(overImages.Transform(loaded), "Features"), expected, 0, "MLImage against bytes");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public void Transform_Augmentation_ChangesFeaturesTheSameWayInEveryPass_AndIsNotSaved()
    {
        var ml = new MLContext(0);
        IDataView data = ml.Data.LoadFromEnumerable(Rows(12));
        float[][] plain = Features(TinyMediaBackbones.Image(), Rows(12).Select(r => r.Image));
        var options = new ImageEmbeddingOptions { Augmentation = new ImageAugmentation { FlipProbability = 0.5 }, Cache = new FeatureCache(memoryLimit: 0) };
        using ImageEmbeddingTransformer model = ml.Transforms.EmbedImage(TinyMediaBackbones.Image(), options).Fit(data);
        float[][] first = Columns.Vectors(model.Transform(data), "Features");
        Columns.AssertEqual(Columns.Vectors(model.Transform(data), "Features"), first, 0, "second pass");
        int changed = first.Zip(plain).Count(p => !p.First.SequenceEqual(p.Second));
        Assert.That(changed, Is.InRange(1, 11), "about half are mirrored");
        ITransformer loaded = MemoryFile.Load(ml, MemoryFile.Save(ml, model, data.Schema));
        using var _ = loaded as IDisposable;
        Columns.AssertEqual(Columns.Vectors(loaded.Transform(data), "Features"), plain, 0, "loaded");
    }

    [Test]
    public void EmbedImage_OverABackboneForSomethingElse_SaysHowToOpenIt() => Assert.That(
        () => new MLContext(0).Transforms.EmbedImage("Features", TinyBackbones.Tensor()),
        Throws.ArgumentException.With.Message.Contains("'tiny-tensor'").And.Message.Contains("BackboneOptions.Image"));

    [Test]
    public void EmbedImage_SizeThatTheGraphDoesNotTake_NamesBoth()
    {
        Backbone backbone = TinyBackbones.Open(TinyMediaBackbones.ImageGraph(), TinyMediaBackbones.Image().Card with { Image = new ImagePreprocessing { Width = 8 } });
        Assert.That(() => new MLContext(0).Transforms.EmbedImage("Features", backbone), Throws.ArgumentException.With.Message.Contains("Width").And.Message.Contains("8").And.Message.Contains("4"));
    }

    [Test]
    public void EmbedImage_ChannelsThatTheGraphDoesNotTake_SaysSo()
    {
        Backbone backbone = TinyBackbones.Open(TinyMediaBackbones.ImageGraph(), TinyMediaBackbones.Image().Card with { Image = new ImagePreprocessing { Channels = ChannelOrder.Grey } });
        Assert.That(() => new MLContext(0).Transforms.EmbedImage("Features", backbone), Throws.ArgumentException.With.Message.Contains("Grey").And.Message.Contains("'pixels'"));
    }

    private static float[][] Features(Backbone backbone, IEnumerable<byte[]> pictures)
    {
        var ml = new MLContext(0);
        IDataView data = ml.Data.LoadFromEnumerable(pictures.Select(p => new Row { Image = p }));
        using ImageEmbeddingTransformer model = ml.Transforms.EmbedImage("Features", backbone).Fit(data);
        return Columns.Vectors(model.Transform(data), "Features");
    }

    /// <summary>The features of a picture that needs no resizing, in double precision.</summary>
    private static float[] Expected(byte[] picture)
    {
        const int places = Side * Side;
        float[] w = TinyBackbones.Values(3 * places * D, seed: 4);
        return [.. Enumerable.Range(0, D).Select(d => (float)Math.Tanh(
            Enumerable.Range(0, places).Sum(i => Rgb(picture, i).Select((v, c) => (double)v * w[(c * places + i) * D + d]).Sum())))];
    }

    private static float[] Rgb(byte[] picture, int place)
    {
        (byte r, byte g, byte b) = TinyMedia.Pixel(picture, Side, Side, place % Side, place / Side);
        return [r / 255f, g / 255f, b / 255f];
    }

    internal sealed class Row
    {
        public byte[] Image { get; set; } = [];

        public float Number { get; set; }

        public string Name { get; set; } = "";

        public float[] Weights { get; set; } = [];
    }

    private sealed class PathRow
    {
        public string Image { get; set; } = "";
    }

    private sealed class NumberRow
    {
        public float Image { get; set; }
    }
}
