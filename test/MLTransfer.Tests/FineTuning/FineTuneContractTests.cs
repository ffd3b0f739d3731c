using System.Globalization;
using Microsoft.ML;
using MLTransfer.Tests.Export;
using MLTransfer.Tests.Persistence;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.FineTuning;

[TestFixture("multiclass")]
[TestFixture("binary")]
[TestFixture("regression")]
internal sealed class FineTuneTextContractTests(string task) : FineTuneContract(task)
{
    private static readonly TextEmbeddingOptions Texts = new();

    protected override string InputColumn => "Text";

    protected override string Program => LoadProbe.Program;

    protected override Backbone Backbone() => TrainableBackbones.Text();

    protected override FineTuneEstimator Multiclass(MLContext ml, Backbone backbone, FineTuneOptions options) =>
        ml.MulticlassClassification.Trainers.FineTuneText(backbone, options, Texts);

    protected override FineTuneEstimator Binary(MLContext ml, Backbone backbone, FineTuneOptions options) => ml.BinaryClassification.Trainers.FineTuneText(backbone, options, Texts);

    protected override FineTuneEstimator Regression(MLContext ml, Backbone backbone, FineTuneOptions options) => ml.Regression.Trainers.FineTuneText(backbone, options, Texts);

    protected override ITransformer Embed(MLContext ml, Backbone backbone, IDataView data) => ml.Transforms.EmbedText(backbone, Texts).Fit(data);

    protected override IReadOnlyDictionary<string, Array> Run(ExportedModel exported, Backbone backbone, FineTuneRow[] rows) =>
        exported.RunTexts(backbone, [.. rows.Select(r => r.Text)]);

    protected override string? Line(FineTuneRow row) => row.Text;
}

[TestFixture("multiclass")]
[TestFixture("binary")]
[TestFixture("regression")]
internal sealed class FineTuneTensorContractTests(string task) : FineTuneContract(task)
{
    private static readonly TensorEmbeddingOptions Tensors = new();

    protected override string InputColumn => "obs";

    protected override string Program => LoadProbe.Program;

    protected override Backbone Backbone() => TrainableBackbones.Tensor();

    protected override FineTuneEstimator Multiclass(MLContext ml, Backbone backbone, FineTuneOptions options) =>
        ml.MulticlassClassification.Trainers.FineTuneTensor(backbone, options, Tensors);

    protected override FineTuneEstimator Binary(MLContext ml, Backbone backbone, FineTuneOptions options) => ml.BinaryClassification.Trainers.FineTuneTensor(backbone, options, Tensors);

    protected override FineTuneEstimator Regression(MLContext ml, Backbone backbone, FineTuneOptions options) => ml.Regression.Trainers.FineTuneTensor(backbone, options, Tensors);

    protected override ITransformer Embed(MLContext ml, Backbone backbone, IDataView data) => ml.Transforms.EmbedTensor(backbone, Tensors).Fit(data);

    protected override IReadOnlyDictionary<string, Array> Run(ExportedModel exported, Backbone backbone, FineTuneRow[] rows) =>
        exported.RunNumbers("obs", [.. rows.Select(r => r.Obs)], 3);

    protected override string? Line(FineTuneRow row) => string.Join('\t', row.Obs.Select(v => v.ToString("R", CultureInfo.InvariantCulture)));
}

[TestFixture("multiclass")]
[TestFixture("binary")]
[TestFixture("regression")]
internal sealed class FineTuneImageContractTests(string task) : FineTuneContract(task)
{
    private static readonly ImageEmbeddingOptions Pictures = new();

    protected override string InputColumn => "Image";

    protected override string Program => LoadProbe.ProgramWithImages;

    protected override Backbone Backbone() => TrainableBackbones.Image();

    protected override FineTuneEstimator Multiclass(MLContext ml, Backbone backbone, FineTuneOptions options) =>
        ml.MulticlassClassification.Trainers.FineTuneImage(backbone, options, Pictures);

    protected override FineTuneEstimator Binary(MLContext ml, Backbone backbone, FineTuneOptions options) => ml.BinaryClassification.Trainers.FineTuneImage(backbone, options, Pictures);

    protected override FineTuneEstimator Regression(MLContext ml, Backbone backbone, FineTuneOptions options) => ml.Regression.Trainers.FineTuneImage(backbone, options, Pictures);

    protected override ITransformer Embed(MLContext ml, Backbone backbone, IDataView data) => ml.Transforms.EmbedImage(backbone, Pictures).Fit(data);

    protected override IReadOnlyDictionary<string, Array> Run(ExportedModel exported, Backbone backbone, FineTuneRow[] rows) =>
        exported.RunNumbers("pixels", [.. rows.Select(r => Pixels(r.Image))], 3, 4, 4);

    protected override string? Line(FineTuneRow row) => null;

    private static float[] Pixels(byte[] bmp)
    {
        float[] pixels = new float[3 * 16];
        for (int i = 0; i < 16; i++)
        {
            (byte red, byte green, byte blue) = TinyMedia.Pixel(bmp, 4, 4, i % 4, i / 4);
            (pixels[i], pixels[16 + i], pixels[32 + i]) = (red / 255f, green / 255f, blue / 255f);
        }
        return pixels;
    }
}
