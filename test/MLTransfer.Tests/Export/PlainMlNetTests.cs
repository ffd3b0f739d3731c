using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using MLTransfer.Export;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Export;

/// <summary>Models handed over to ML.NET alone.</summary>
internal sealed class PlainMlNetTests
{
    private const float Tolerance = 1e-5f;

    [Test]
    public async Task ToPlainMlNet_MulticlassOverTensors_ScoresTheSameWithoutUs()
    {
        var ml = new MLContext(0);
        IDataView data = ExportRows.Tensors(ml);
        using var model = ml.Transforms.Conversion.MapValueToKey("Label", "Class").Append(ml.Transforms.EmbedTensor("Features", TinyBackbones.Tensor(), normalize: true))
            .Append(ml.MulticlassClassification.Trainers.LinearHead()).Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel")).Fit(data);
        using TransformerChain<ITransformer> plain = model.ToPlainMlNet(ml, data);
        Assert.That(plain.Select(s => s.GetType().Assembly.GetName().Name), Has.None.StartsWith("MLTransfer"));
        IDataView expected = model.Transform(data);
        string[][] lines = await Scored(ml, plain, data, "obs", "Score", "PredictedLabel");
        Assert.That(lines.Select(l => l[1]), Is.EqualTo(expected.GetColumn<string>("PredictedLabel")));
        Columns.AssertEqual([.. lines.Select(l => Numbers(l[0]))], Columns.Vectors(expected, "Score"), Tolerance, "scores");
    }

    [Test]
    public async Task ToPlainMlNet_BinaryAndRegression_DeliverScalars()
    {
        var ml = new MLContext(0);
        IDataView data = ExportRows.Tensors(ml);
        var embed = ml.Transforms.EmbedTensor("Features", TinyBackbones.Tensor());
        using var binary = embed.Append(ml.BinaryClassification.Trainers.LinearHead("Flag")).Fit(data);
        using TransformerChain<ITransformer> plain = binary.ToPlainMlNet(ml, data);
        IDataView expected = binary.Transform(data);
        string[][] lines = await Scored(ml, plain, data, "obs", "Score", "Probability", "PredictedLabel");
        Assert.That(lines.Select(l => Number(l[0])), Is.EqualTo(expected.GetColumn<float>("Score")).Within(Tolerance));
        Assert.That(lines.Select(l => Number(l[1])), Is.EqualTo(expected.GetColumn<float>("Probability")).Within(Tolerance));
        Assert.That(lines.Select(l => bool.Parse(l[2])), Is.EqualTo(expected.GetColumn<bool>("PredictedLabel")));
        using var regression = embed.Append(ml.Regression.Trainers.LinearHead("Amount")).Fit(data);
        using TransformerChain<ITransformer> plainRegression = regression.ToPlainMlNet(ml, data);
        Assert.That(plainRegression.Transform(data).GetColumn<float>("Score"), Is.EqualTo(regression.Transform(data).GetColumn<float>("Score")).Within(Tolerance));
    }

    [Test]
    public async Task ToPlainMlNet_HeadOfOurs_GetsMlNetsColumnsFromItsScores()
    {
        var ml = new MLContext(0);
        IDataView data = ExportRows.Tensors(ml);
        using var embed = ml.Transforms.EmbedTensor("Features", TinyBackbones.Tensor()).Fit(data);
        float[][] features = Columns.Vectors(embed.Transform(data), "Features");
        float[] weights = FakeHead.Weights(4, 3);
        float[][] logits = [.. features.Select(f => Enumerable.Range(0, 3).Select(k => f.Select((v, d) => v * weights[3 * d + k]).Sum()).ToArray())];
        float[][] probabilities = [.. logits.Select(l => l.Select(v => MathF.Exp(v) / l.Sum(MathF.Exp)).ToArray())];
        var chain = new TransformerChain<ITransformer>(embed, new FakeHead(HeadTask.Multiclass, 4, 3), ml.Transforms.Conversion.MapKeyToValue("PredictedLabel").Fit(Keyed(ml)));
        using TransformerChain<ITransformer> plain = chain.ToPlainMlNet(ml, data);
        string[][] lines = await Scored(ml, plain, data, "obs", "Score", "PredictedLabel");
        Columns.AssertEqual([.. lines.Select(l => Numbers(l[0]))], probabilities, Tolerance, "probabilities");
        Assert.That(lines.Select(l => l[1]), Is.EqualTo(probabilities.Select(p => $"class {Array.IndexOf(p, p.Max())}")));
        Assert.That(lines.Select(l => l[1]).Distinct().Count(), Is.GreaterThan(1));

        using TransformerChain<ITransformer> number = new TransformerChain<ITransformer>(embed, new FakeHead(HeadTask.Regression, 4, 1)).ToPlainMlNet(ml, data);
        float[] one = FakeHead.Weights(4, 1);
        Assert.That(number.Transform(data).GetColumn<float>("Score"), Is.EqualTo(features.Select(f => f.Select((v, d) => v * one[d]).Sum())).Within(Tolerance));
        Assert.That(() => new TransformerChain<ITransformer>(embed, new FakeHead(HeadTask.Multilabel, 4, 3)).ToPlainMlNet(ml, data),
            Throws.TypeOf<NotSupportedException>().With.Message.Contains("multilabel"));
    }

    [Test]
    public void Export_HeadOfAnotherSize_IsRefused()
    {
        var ml = new MLContext(0);
        using var embed = ml.Transforms.EmbedTensor("Features", TinyBackbones.Tensor()).Fit(ExportRows.Tensors(ml));
        Assert.That(() => ExportedModel.Of(new TransformerChain<ITransformer>(embed, new FakeHead(HeadTask.Regression, 7, 1))),
            Throws.InvalidOperationException.With.Message.Contains("7 numbers").And.Message.Contains("FakeHead"));
    }

    [Test]
    public void ToPlainMlNet_ColumnsUnderOtherNamesAndSeveralFeatures_AreArranged()
    {
        var ml = new MLContext(0);
        IDataView data = ExportRows.Tensors(ml);
        using var model = ml.Transforms.CopyColumns("Seen", "obs").Append(ml.Transforms.EmbedTensor("Vector", TinyBackbones.Tensor(), "Seen"))
            .Append(ml.Transforms.CopyColumns("Features", "Vector")).Append(ml.Regression.Trainers.LinearHead("Amount")).Append(ml.Transforms.CopyColumns("Answer", "Score")).Fit(data);
        using TransformerChain<ITransformer> plain = model.ToPlainMlNet(ml, data);
        Assert.That(plain.Transform(data).GetColumn<float>("Answer"), Is.EqualTo(model.Transform(data).GetColumn<float>("Answer")).Within(Tolerance));
    }

    [Test]
    public void ToPlainMlNet_SecondOpenAxis_NeedsSequenceLength()
    {
        var ml = new MLContext(0);
        IDataView data = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 12).Select(i => new StepsRow { Obs = TinyBackbones.Values(15, seed: i), Amount = i }).ToArray());
        using var model = ml.Transforms.EmbedTensor("Features", TinyBackbones.Tensor(sequence: true), "Obs").Append(ml.Regression.Trainers.LinearHead("Amount")).Fit(data);
        Assert.That(() => model.ToPlainMlNet(ml, data), Throws.ArgumentException.With.Message.Contains("SequenceLength").And.Message.Contains("obs"));
        Assert.That(() => model.ToPlainMlNet(ml, data, new ExportOptions { SequenceLength = 4 }),
            Throws.ArgumentException.With.Message.Contains("12 numbers").And.Message.Contains("'Obs'").And.Message.Contains("15"));
        using TransformerChain<ITransformer> plain = model.ToPlainMlNet(ml, data, new ExportOptions { SequenceLength = 5 });
        Assert.That(plain.Transform(data).GetColumn<float>("Score"), Is.EqualTo(model.Transform(data).GetColumn<float>("Score")).Within(Tolerance));
    }

    [Test]
    public void ToPlainMlNet_MissingColumn_IsNamed()
    {
        var ml = new MLContext(0);
        using var model = ml.Transforms.EmbedTensor("Features", TinyBackbones.Tensor()).Fit(ExportRows.Tensors(ml));
        Assert.That(() => model.ToPlainMlNet(ml, ExportRows.Texts(ml)), Throws.ArgumentException.With.Message.Contains("'obs'"));
    }

    [Test]
    public void ToPlainMlNet_TextOrSound_SaysToUseExportOnnx()
    {
        var ml = new MLContext(0);
        using var text = ml.Transforms.EmbedText("Features", TinyBackbones.Text()).Fit(TextRows.Data(ml));
        Assert.That(() => text.ToPlainMlNet(ml, TextRows.Data(ml)), Throws.TypeOf<NotSupportedException>().With.Message.Contains("tokenizer").And.Message.Contains("ExportOnnx"));
        IDataView clips = ml.Data.LoadFromEnumerable(new[] { new ClipRow { Audio = TinyMedia.Samples(32, 1) } });
        using var sound = ml.Transforms.EmbedAudio("Features", TinyMediaBackbones.AudioFrames()).Fit(clips);
        Assert.That(() => sound.ToPlainMlNet(ml, clips), Throws.TypeOf<NotSupportedException>().With.Message.Contains("ExportOnnx"));
    }

    [Test]
    public async Task ToPlainMlNet_PreparedPixels_ScoreTheSameWithoutUs()
    {
        var ml = new MLContext(0);
        byte[][] files = MediaExportTests.Pictures(6);
        IDataView pictures = ml.Data.LoadFromEnumerable(files.Select((f, i) => new PictureRow { Image = f, Amount = i % 3 }).ToArray());
        using var model = ml.Transforms.EmbedImage("Features", TinyMediaBackbones.Image()).Append(ml.Regression.Trainers.LinearHead("Amount")).Fit(pictures);
        IDataView pixels = ml.Data.LoadFromEnumerable(MediaExportTests.Pixels(files).Select(p => new PixelRow { Pixels = p }).ToArray());
        using TransformerChain<ITransformer> plain = model.ToPlainMlNet(ml, pixels);
        string[][] lines = await Scored(ml, plain, pixels, "pixels", "Score");
        Assert.That(lines.Select(l => Number(l[0])), Is.EqualTo(model.Transform(pictures).GetColumn<float>("Score")).Within(Tolerance));
        Assert.That(() => model.ToPlainMlNet(ml, pictures), Throws.ArgumentException.With.Message.Contains("'Image'").And.Message.Contains("4 by 4"));
    }

    [Test]
    public void ToPlainMlNet_PicturesOfTheBackbonesSize_AreScaledInTheGraph([Values] bool isBgr)
    {
        var ml = new MLContext(0);
        byte[][] files = MediaExportTests.Pictures(6);
        ImagePreprocessing settings = TinyMediaBackbones.ImageSettings with { Mean = [0.4, 0.5, 0.6], Std = [0.2, 0.3, 0.4], Channels = isBgr ? ChannelOrder.Bgr : ChannelOrder.Rgb };
        Backbone backbone = TinyBackbones.Open(TinyMediaBackbones.ImageGraph(), TinyMediaBackbones.Image().Card with { Sha256 = null, Image = settings });
        IDataView pictures = ml.Data.LoadFromEnumerable(files.Select((f, i) => new PictureRow { Image = f, Amount = i % 3 }).ToArray());
        using var model = ml.Transforms.EmbedImage("Features", backbone).Append(ml.Regression.Trainers.LinearHead("Amount")).Fit(pictures);
        IDataView decoded = ml.Data.LoadFromEnumerable(files.Select(f => new DecodedRow { Image = MLImage.CreateFromStream(new MemoryStream(f)) }).ToArray());
        using TransformerChain<ITransformer> plain = model.ToPlainMlNet(ml, decoded);
        Assert.That(plain.Transform(decoded).GetColumn<float>("Score"), Is.EqualTo(model.Transform(pictures).GetColumn<float>("Score")).Within(Tolerance));
        IDataView unsized = ml.Data.LoadFromEnumerable(files.Select(f => new OtherSizeRow { Image = MLImage.CreateFromStream(new MemoryStream(f)) }).ToArray());
        Assert.That(() => model.ToPlainMlNet(ml, unsized), Throws.ArgumentException.With.Message.Contains("4 by 4").And.Message.Contains("'Image'"));
    }

    [Test]
    public void ToPlainMlNet_BackboneThatResizesEvenItsOwnSize_IsRefused()
    {
        var ml = new MLContext(0);
        byte[][] files = MediaExportTests.Pictures(3);
        ImagePreprocessing settings = TinyMediaBackbones.ImageSettings with { Resize = ImageResize.ShorterSide, ResizeSize = 5 };
        Backbone backbone = TinyBackbones.Open(TinyMediaBackbones.ImageGraph(), TinyMediaBackbones.Image().Card with { Sha256 = null, Image = settings });
        IDataView decoded = ml.Data.LoadFromEnumerable(files.Select(f => new DecodedRow { Image = MLImage.CreateFromStream(new MemoryStream(f)) }).ToArray());
        using var model = ml.Transforms.EmbedImage("Features", backbone).Fit(decoded);
        Assert.That(() => model.ToPlainMlNet(ml, decoded), Throws.ArgumentException.With.Message.Contains("crops"));
    }

    private static IDataView Keyed(MLContext ml)
    {
        IDataView rows = ml.Data.LoadFromEnumerable(new[] { new KeyRow { PredictedLabel = "any" } });
        return ml.Transforms.Conversion.MapValueToKey("PredictedLabel").Fit(rows).Transform(rows);
    }

    private static async Task<string[][]> Scored(MLContext ml, ITransformer plain, IDataView data, string input, params string[] columns) =>
        [.. (await PlainProgram.Score(ml, plain, data, input, columns)).Select(l => l.Split('\t'))];

    private static float[] Numbers(string text) => [.. text.Split(' ').Select(Number)];

    private static float Number(string text) => float.Parse(text, CultureInfo.InvariantCulture);

    private sealed class KeyRow
    {
        public string PredictedLabel { get; set; } = "";
    }

    private sealed class StepsRow
    {
        [VectorType(15)]
        public float[] Obs { get; set; } = [];

        public float Amount { get; set; }
    }

    private sealed class ClipRow
    {
        public float[] Audio { get; set; } = [];
    }

    private sealed class PictureRow
    {
        public byte[] Image { get; set; } = [];

        public float Amount { get; set; }
    }

    private sealed class PixelRow
    {
        [VectorType(48), ColumnName("pixels")]
        public float[] Pixels { get; set; } = [];
    }

    private sealed class DecodedRow
    {
        [ImageType(4, 4)]
        public MLImage Image { get; set; } = null!;
    }

    private sealed class OtherSizeRow
    {
        [ImageType(8, 4)]
        public MLImage Image { get; set; } = null!;
    }
}
