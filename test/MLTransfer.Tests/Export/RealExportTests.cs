using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Images;
using MLTransfer.Testing;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Export;

/// <summary>Real backbones, exported.</summary>
internal sealed class RealExportTests
{
    private static readonly string[] Texts =
    [
        "When will I get my money back?", "refund please", "The parcel never arrived, and nobody answers the telephone.", "lost parcel", "How do I change my password?", "login",
    ];

    private static readonly string[] Classes = ["money", "money", "parcel", "parcel", "account", "account"];

    [Test]
    public void Export_MiniLm_ScoresOnePaddedBatchAsThePipelineScoresRows()
    {
        var ml = new MLContext(0);
        Backbone backbone = Backbone.Open(RealAssets.Model("all-minilm-l6-v2"));
        IDataView data = TextData(ml);
        using TransformerChain<ITransformer> model = ExportRows.Classifier(ml, backbone).Fit(data);
        using ExportedModel exported = ExportedModel.Of(model, new ExportOptions { IncludeFeatures = true });
        IReadOnlyDictionary<string, Array> found = exported.RunTexts(backbone, Texts);
        IDataView scored = model.Transform(data);
        // Six layers of float32 over padding: the last digit moves.
        Assert.That((float[])found["Features"], Is.EqualTo(ExportedModel.Flat(Columns.Vectors(scored, "Features"))).Within(1e-5f));
        Assert.That((float[])found["Score"], Is.EqualTo(ExportedModel.Flat(Columns.Vectors(scored, "Score"))).Within(1e-5f));
        Assert.That(((long[])found["PredictedLabel"]).Select(i => exported.Labels()[i]), Is.EqualTo(Classes));
    }

    [TestCase(Int8Execution.Exact)]
    [TestCase(Int8Execution.Float)]
    public void Export_Int8MiniLm_ScoresRowByRow(Int8Execution execution)
    {
        var ml = new MLContext(0);
        Backbone backbone = Backbone.Open(RealAssets.Model("all-minilm-l6-v2-q8"));
        IDataView data = TextData(ml);
        using var model = ml.Transforms.Conversion.MapValueToKey("Label", "Class")
            .Append(ml.Transforms.EmbedText(backbone, new TextEmbeddingOptions { Int8Execution = execution }))
            .Append(ml.MulticlassClassification.Trainers.LinearHead()).Fit(data);
        using ExportedModel exported = ExportedModel.Of(model);
        float[][] scores = Columns.Vectors(model.Transform(data), "Score");
        for (int i = 0; i < Texts.Length; i++)
            Assert.That((float[])exported.RunTexts(backbone, [Texts[i]])["Score"], Is.EqualTo(scores[i]).Within(1e-5f), Texts[i]);
        bool keepsInt8 = execution == Int8Execution.Exact;
        Assert.That(exported.Model.Graph.Nodes.Any(n => n.OpType == "DynamicQuantizeLinear"), Is.EqualTo(keepsInt8));
        Assert.That(exported.Metadata("mltransfer.batching"), keepsInt8 ? Does.Contain("one row at a time") : Is.Null);
    }

    [Test]
    public void Export_MobileNetV1_ScoresPictures()
    {
        var ml = new MLContext(0);
        ImagePreprocessing settings = ImagePreprocessing.KerasTf(128) with { Layout = TensorLayout.Nchw };
        Backbone backbone = Backbone.Open(RealAssets.Model("mobilenetv1-0.25-128"), new BackboneOptions { Image = settings, FeatureOutput = "features" });
        byte[][] files = [.. Enumerable.Range(0, 6).Select(i => TinyMedia.Bmp(40 + 10 * i, 60, i))];
        IDataView data = ml.Data.LoadFromEnumerable(files.Select((f, i) => new PictureRow { Image = f, Amount = i % 2 }).ToArray());
        using var model = ml.Transforms.EmbedImage("Features", backbone, normalize: true).Append(ml.Regression.Trainers.LinearHead("Amount")).Fit(data);
        using ExportedModel exported = ExportedModel.Of(model);
        var preprocessor = new ImagePreprocessor(settings, 128, 128, DecodeMode.Exact, ImageEmbeddingOptions.DefaultMaximumPixels, null);
        using var workspace = new ImageWorkspace();
        float[][] pixels = [.. files.Select(f =>
        {
            float[] row = new float[preprocessor.Length];
            preprocessor.Prepare(f, workspace, 0, row);
            return row;
        })];
        Assert.That((float[])exported.RunNumbers("input", pixels, 3, 128, 128)["Score"], Is.EqualTo(model.Transform(data).GetColumn<float>("Score")).Within(1e-5f));
        Assert.That(exported.Model.Graph.Initializers.Select(t => t.Dimensions.LastOrDefault()), Has.None.EqualTo(1000), "the classifier of 1000 classes is cut off");
    }

    private static IDataView TextData(MLContext ml) => ml.Data.LoadFromEnumerable(Texts.Select((t, i) => new ExportRows.TextRow { Text = t, Class = Classes[i] }).ToArray());

    private sealed class PictureRow
    {
        public byte[] Image { get; set; } = [];

        public float Amount { get; set; }
    }
}
