using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Tests.Export;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.FineTuning;

/// <summary>Fine-tuned models handed over: to ML.NET alone, and as one graph out of a longer pipeline.</summary>
internal sealed class FineTuneExportTests
{
    private const float Tolerance = 1e-5f;

    private static readonly FineTuneOptions Options = new() { Freezing = FreezingPlan.LastBlocks(1), Training = new TrainingOptions { EpochCount = 3, BatchSize = 8, LearningRate = 3e-3 } };

    [Test]
    public async Task ToPlainMlNet_OfAFineTunedTensorModel_ScoresTheSameWithoutUs()
    {
        var ml = new MLContext(0);
        IDataView data = FineTuneRows.Keyed(ml, FineTuneRows.Make(24));
        using FineTunedTransformer model = ml.MulticlassClassification.Trainers.FineTuneTensor(TrainableBackbones.Tensor(), Options, new TensorEmbeddingOptions()).Fit(data);
        using TransformerChain<ITransformer> plain = model.ToPlainMlNet(ml, data);
        Assert.That(plain.Select(s => s.GetType().Assembly.GetName().Name), Has.None.StartsWith("MLTransfer"));
        string[] lines = await PlainProgram.Score(ml, plain, data, "obs", ["Score"]);
        float[] found = [.. lines.SelectMany(l => l.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries)).Select(v => float.Parse(v, System.Globalization.CultureInfo.InvariantCulture))];
        Assert.That(found, Is.EqualTo(ExportedModel.Flat(Columns.Vectors(model.Transform(data), "Score"))).Within(Tolerance));
    }

    [Test]
    public void ToPlainMlNet_OfAFineTunedImageModel_ScoresTheSame()
    {
        var ml = new MLContext(0);
        IDataView data = FineTuneRows.Keyed(ml, FineTuneRows.Make(24));
        using FineTunedTransformer tuned = ml.MulticlassClassification.Trainers.FineTuneImage(TrainableBackbones.Image(), Options, new ImageEmbeddingOptions()).Fit(data);
        // ML.NET's own steps read decoded pictures.
        IDataView decoded = ml.Data.LoadFromEnumerable(FineTuneRows.Make(12).Select(r => new Picture { Image = MLImage.CreateFromStream(new MemoryStream(r.Image)) }).ToArray());
        using TransformerChain<ITransformer> plain = tuned.ToPlainMlNet(ml, decoded);
        Assert.That(plain.Select(s => s.GetType().Assembly.GetName().Name), Has.None.StartsWith("MLTransfer"));
        Columns.AssertEqual(Columns.Vectors(plain.Transform(decoded), "Score"), Columns.Vectors(tuned.Transform(FineTuneRows.Keyed(ml, FineTuneRows.Make(12))), "Score"), Tolerance, "scores");
    }

    [Test]
    public void ExportOnnx_OfAPipelineAroundIt_GivesTheNamesOfTheClasses()
    {
        var ml = new MLContext(0);
        FineTuneRow[] rows = FineTuneRows.Make(24);
        IDataView data = ml.Data.LoadFromEnumerable(rows);
        using var model = ml.Transforms.Conversion.MapValueToKey("Label", nameof(FineTuneRow.Class))
            .Append(ml.MulticlassClassification.Trainers.FineTuneText(TrainableBackbones.Text(), Options, new TextEmbeddingOptions()))
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel")).Fit(data);
        IDataView scored = model.Transform(data);
        using ExportedModel exported = ExportedModel.Of(model, new ExportOptions { IncludeFeatures = true });
        IReadOnlyDictionary<string, Array> found = exported.RunTexts(TrainableBackbones.Text(), [.. rows.Select(r => r.Text)]);
        Assert.That((float[])found["Score"], Is.EqualTo(ExportedModel.Flat(Columns.Vectors(scored, "Score"))).Within(Tolerance));
        string[] labels = exported.Labels();
        Assert.That(((long[])found["PredictedLabel"]).Select(i => labels[i]), Is.EqualTo(scored.GetColumn<string>("PredictedLabel")));
        Assert.That((float[])found["Features"], Is.EqualTo(ExportedModel.Flat(Columns.Vectors(scored, "Features"))).Within(Tolerance));
    }

    private sealed class Picture
    {
        [Microsoft.ML.Transforms.Image.ImageType(4, 4)]
        public MLImage Image { get; set; } = null!;
    }
}
