using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Export;

/// <summary>Multilayer perceptrons behind a backbone in one exported graph, beside the pipelines they came from.</summary>
internal sealed class MlpHeadExportTests
{
    // Sums over a few dozen float32 products, added in another order.
    private const float Tolerance = 1e-5f;

    private readonly MLContext _ml = new(0);

    [Test]
    public void Export_Multiclass_GivesProbabilitiesAndClasses([Values] HeadActivation activation, [Values] HeadNormalization normalization)
    {
        IDataView data = ExportRows.Tensors(_ml);
        using var model = _ml.Transforms.Conversion.MapValueToKey("Label", "Class").Append(Embed())
            .Append(_ml.MulticlassClassification.Trainers.MlpHead(Options("Label") with { Activation = activation, Normalization = normalization })).Fit(data);
        IDataView scored = model.Transform(data);
        using ExportedModel exported = ExportedModel.Of(model);
        var found = exported.RunNumbers("obs", ExportRows.Numbers(data), 3);
        Assert.That((float[])found["Score"], Is.EqualTo(ExportedModel.Flat(Columns.Vectors(scored, "Score"))).Within(Tolerance));
        Assert.That((long[])found["PredictedLabel"], Is.EqualTo(scored.GetColumn<uint>("PredictedLabel").Select(k => k - 1L)));
        Assert.That(exported.Labels(), Is.EquivalentTo(new[] { "up", "down", "level" }));
    }

    [Test]
    public void Export_Binary_GivesScoreProbabilityAndAnswer()
    {
        IDataView data = ExportRows.Tensors(_ml);
        using var model = Embed().Append(_ml.BinaryClassification.Trainers.MlpHead(Options("Flag"))).Fit(data);
        IDataView scored = model.Transform(data);
        using ExportedModel exported = ExportedModel.Of(model);
        var found = exported.RunNumbers("obs", ExportRows.Numbers(data), 3);
        Assert.That((float[])found["Score"], Is.EqualTo(scored.GetColumn<float>("Score")).Within(Tolerance));
        Assert.That((float[])found["Probability"], Is.EqualTo(scored.GetColumn<float>("Probability")).Within(Tolerance));
        Assert.That((long[])found["PredictedLabel"], Is.EqualTo(scored.GetColumn<bool>("PredictedLabel").Select(b => b ? 1L : 0)));
    }

    [Test]
    public void Export_Regression_GivesTheEstimate()
    {
        IDataView data = ExportRows.Tensors(_ml);
        using var model = Embed().Append(_ml.Regression.Trainers.MlpHead(Options("Amount"))).Fit(data);
        using ExportedModel exported = ExportedModel.Of(model);
        Assert.That((float[])exported.RunNumbers("obs", ExportRows.Numbers(data), 3)["Score"], Is.EqualTo(model.Transform(data).GetColumn<float>("Score")).Within(Tolerance));
    }

    [Test]
    public void Export_Multilabel_GivesProbabilitiesAndAnswers()
    {
        IDataView data = ExportRows.Tensors(_ml);
        using var model = _ml.Transforms.Conversion.MapValueToKey("Key", "Class").Append(_ml.Transforms.Conversion.MapKeyToVector("Labels", "Key")).Append(Embed())
            .Append(_ml.MulticlassClassification.Trainers.MultilabelMlpHead(Options("Labels"))).Fit(data);
        IDataView scored = model.Transform(data);
        using ExportedModel exported = ExportedModel.Of(model);
        var found = exported.RunNumbers("obs", ExportRows.Numbers(data), 3);
        Assert.That((float[])found["Score"], Is.EqualTo(ExportedModel.Flat(Columns.Vectors(scored, "Score"))).Within(Tolerance));
        Assert.That((long[])found["PredictedLabel"], Is.EqualTo(scored.GetColumn<bool[]>("PredictedLabel").SelectMany(v => v).Select(b => b ? 1L : 0)));
        Assert.That(exported.Labels(), Is.EquivalentTo(new[] { "up", "down", "level" }));
    }

    private TensorEmbeddingEstimator Embed() => _ml.Transforms.EmbedTensor("Features", TinyBackbones.Tensor(), "obs");

    private static MlpHeadOptions Options(string label) => new()
    {
        LabelColumnName = label,
        HiddenUnits = [9],
        MinimumStepCount = 0,
        ThresholdFoldCount = 2,
        Training = MlpHeadOptions.DefaultTraining with { EpochCount = 4, Seed = 1 },
    };
}
