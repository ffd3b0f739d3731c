using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLTransfer.Tests.Heads;

internal sealed class MlpHeadInputTests
{
    private readonly MLContext _ml = new(0);

    private sealed class Labelled
    {
        [VectorType(2)]
        public float[] Label { get; set; } = [];

        [VectorType(3)]
        public bool[] Wider { get; set; } = [false, true, false];

        [VectorType(2)]
        public float[] Features { get; set; } = [];

        public static Labelled[] Make(Action<Labelled[]>? change = null)
        {
            Labelled[] rows = [.. Enumerable.Range(0, 12).Select(i => new Labelled { Label = [i % 2, i % 3 == 0 ? 1 : 0], Features = [i % 2, i % 3] })];
            change?.Invoke(rows);
            return rows;
        }
    }

    [Test]
    public void Fit_TextLabel_AdvisesMapValueToKey() =>
        Assert.That(() => _ml.MulticlassClassification.Trainers.MlpHead("Class").Fit(_ml.Data.LoadFromEnumerable(HeadRows.Make(6))),
            Throws.ArgumentException.With.Message.Contains("'Class'").And.Message.Contains("MapValueToKey"));

    [Test]
    public void Fit_OneClassOnly_NamesIt()
    {
        Assert.That(() => _ml.MulticlassClassification.Trainers.MlpHead().Fit(HeadRows.Keyed(_ml, HeadRows.Make(9).Where(r => r.Class == "bee"))),
            Throws.InvalidOperationException.With.Message.Contains("two classes").And.Message.Contains("'bee'"));
        Assert.That(() => _ml.BinaryClassification.Trainers.MlpHead("Flag").Fit(_ml.Data.LoadFromEnumerable(HeadRows.Make(9).Where(r => !r.Flag))),
            Throws.InvalidOperationException.With.Message.Contains("two classes").And.Message.Contains("false"));
    }

    [Test]
    public void Fit_FeatureNotFinite_NamesColumnRowAndSlot()
    {
        HeadRow[] rows = HeadRows.Make(9);
        rows[4].Features[2] = float.NaN;
        Assert.That(() => _ml.Regression.Trainers.MlpHead("Amount").Fit(_ml.Data.LoadFromEnumerable(rows)),
            Throws.InvalidOperationException.With.Message.Contains("NaN in feature column 'Features', row number 5, slot index 2"));
    }

    [Test]
    public void Fit_MissingLabels_AreSkippedAndCounted()
    {
        List<string> warnings = [];
        _ml.Log += (_, e) => warnings.Add(e.Message);
        HeadRow[] rows = HeadRows.Make(40);
        rows[1].Amount = float.NaN;
        rows[8].Amount = float.NaN;
        MlpHeadOptions options = new() { LabelColumnName = "Amount", HiddenUnits = [4], Training = MlpHeadOptions.DefaultTraining with { EpochCount = 2, Seed = 1 } };
        using MlpHeadTransformer model = _ml.Regression.Trainers.MlpHead(options).Fit(_ml.Data.LoadFromEnumerable(rows));
        using MlpHeadTransformer without = _ml.Regression.Trainers.MlpHead(options).Fit(_ml.Data.LoadFromEnumerable(rows.Where(r => !float.IsNaN(r.Amount))));
        Assert.That(model.Model.Network.Parameters.SelectMany(p => p.Values), Is.EqualTo(without.Model.Network.Parameters.SelectMany(p => p.Values)));
        Assert.That(warnings, Has.Some.Contains("skipped 2 rows whose label is missing"));
    }

    [Test]
    public void Fit_LearningRateAbsurd_AdvisesALowerOne()
    {
        HeadRow[] rows = HeadRows.Make(30);
        MlpHeadOptions options = new() { LabelColumnName = "Amount", HiddenUnits = [8], Dropout = 0, Training = MlpHeadOptions.DefaultTraining with { LearningRate = 1e30, Seed = 1 } };
        Assert.That(() => _ml.Regression.Trainers.MlpHead(options).Fit(_ml.Data.LoadFromEnumerable(rows)),
            Throws.InstanceOf<NotFiniteNumberException>().With.Message.Contains("Try a learning rate below 1E+30"));
    }

    [Test]
    public void Fit_ClassWeightOfNoClass_ListsTheClasses() =>
        Assert.That(() => _ml.MulticlassClassification.Trainers.MlpHead(
                new MlpHeadOptions { ClassWeights = ClassWeights.ByName(new Dictionary<string, double> { ["dog"] = 2 }) }).Fit(HeadRows.Keyed(_ml, HeadRows.Make(9))),
            Throws.ArgumentException.With.Message.Contains("'dog'").And.Message.Contains("'ant', 'bee', 'cat'"));

    [Test]
    public void Fit_ClassWeightsAllZero_SaysSo() =>
        Assert.That(() => _ml.BinaryClassification.Trainers.MlpHead(
                new MlpHeadOptions { LabelColumnName = "Flag", ClassWeights = ClassWeights.ByName(new Dictionary<string, double> { ["True"] = 0, ["False"] = 0 }) })
                .Fit(_ml.Data.LoadFromEnumerable(HeadRows.Make(9))),
            Throws.ArgumentException.With.Message.Contains("weight of 0 to every class"));

    [Test]
    public void Fit_KeyOfTooManyValues_AdvisesMapValueToKey()
    {
        IDataView rows = _ml.Data.LoadFromEnumerable(HeadRows.Make(9));
        IDataView hashed = _ml.Transforms.Conversion.Hash("Label", "Class", numberOfBits: 31).Fit(rows).Transform(rows);
        Assert.That(() => _ml.MulticlassClassification.Trainers.MlpHead().Fit(hashed),
            Throws.ArgumentException.With.Message.Contains("'Label'").And.Message.Contains("2147483648").And.Message.Contains("MapValueToKey"));
    }

    [Test]
    public void Fit_EarlyStoppingWithoutHeldOutRows_SaysWhatToSet() =>
        Assert.That(() => _ml.MulticlassClassification.Trainers.MlpHead(new MlpHeadOptions { Training = MlpHeadOptions.DefaultTraining with { EarlyStopping = new EarlyStopping() } })
                .Fit(HeadRows.Keyed(_ml, HeadRows.Make(30))),
            Throws.ArgumentException.With.Message.Contains("HeldOutFraction"));

    [Test]
    public void FitMultilabel_NoPositive_SaysSo() =>
        Assert.That(() => Multilabel(rows => Array.ForEach(rows, r => r.Label = [0, 0])), Throws.InvalidOperationException.With.Message.Contains("'Label'").And.Message.Contains("are 0 in all 12 rows"));

    [Test]
    public void FitMultilabel_CountAboveOne_NamesRowAndCause() =>
        Assert.That(() => Multilabel(rows => rows[2].Label = [2, 0]), Throws.InvalidOperationException.With.Message.Contains("row number 3 holds 2").And.Message.Contains("names a label twice"));

    [Test]
    public void FitMultilabel_ThresholdsOfHeldOutRowsThatAreNone_SaysWhatToSet() =>
        Assert.That(() => Multilabel(options: new MlpHeadOptions { ThresholdFoldCount = 1 }), Throws.ArgumentException.With.Message.Contains("HeldOutFraction").And.Message.Contains("ThresholdFoldCount"));

    [Test]
    public void FitMultilabel_KeyLabel_AdvisesMapKeyToVector() =>
        Assert.That(() => _ml.MulticlassClassification.Trainers.MultilabelMlpHead().Fit(HeadRows.Keyed(_ml, HeadRows.Make(9))),
            Throws.ArgumentException.With.Message.Contains("'Label'").And.Message.Contains("MapKeyToVector"));

    [Test]
    public void FitMultilabel_NaNInALabel_SkipsTheRow()
    {
        List<string> warnings = [];
        _ml.Log += (_, e) => warnings.Add(e.Message);
        Multilabel(rows => rows[2].Label = [float.NaN, 1]);
        Assert.That(warnings, Has.Some.Contains("skipped 1 rows whose label is missing"));
    }

    [Test]
    public void EvaluateMultilabel_LabelsOfAnotherSize_NamesBothColumns()
    {
        IDataView data = _ml.Data.LoadFromEnumerable(Labelled.Make());
        using MlpHeadTransformer model = _ml.MulticlassClassification.Trainers.MultilabelMlpHead(hiddenUnits: [4], epochCount: 1).Fit(data);
        Assert.That(() => _ml.Transfer().EvaluateMultilabel(model.Transform(data), "Wider"),
            Throws.ArgumentException.With.Message.Contains("'Wider' has 3").And.Message.Contains("'PredictedLabel' has 2"));
        Assert.That(() => _ml.Transfer().EvaluateMultilabel(model.Transform(data), "Absent"), Throws.ArgumentException.With.Message.Contains("'Absent'"));
    }

    [Test]
    public void MlpHead_OptionsThatMakeNoSense_AreRefusedWhenThePipelineIsBuilt()
    {
        Assert.That(() => new MlpHeadOptions { HiddenUnits = [8, 0] }, Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("at least 1 unit"));
        Assert.That(() => new MlpHeadOptions { Dropout = 1 }, Throws.InstanceOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("Dropout"));
        Assert.That(() => new MlpHeadOptions { FeatureDropout = double.NaN }, Throws.InstanceOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("FeatureDropout"));
        Assert.That(() => new MlpHeadOptions { LabelSmoothing = -0.1 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new MlpHeadOptions { ThresholdFoldCount = 21 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new MlpHeadOptions { LabelColumnName = " " }, Throws.ArgumentException);
        Assert.That(() => HeadLoss.Focal(-1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => HeadLoss.Huber(0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => _ml.Regression.Trainers.MlpHead(new MlpHeadOptions { Loss = HeadLoss.Focal() }), Throws.ArgumentException.With.Message.Contains("Focal(2)").And.Message.Contains("Huber"));
        Assert.That(() => _ml.Regression.Trainers.MlpHead(new MlpHeadOptions { ClassWeights = ClassWeights.Balanced }), Throws.ArgumentException.With.Message.Contains("ClassWeights"));
        Assert.That(() => _ml.Regression.Trainers.MlpHead(new MlpHeadOptions { LabelSmoothing = 0.1 }), Throws.ArgumentException.With.Message.Contains("LabelSmoothing"));
        Assert.That(() => _ml.BinaryClassification.Trainers.MlpHead(new MlpHeadOptions { Loss = HeadLoss.Squared }), Throws.ArgumentException.With.Message.Contains("CrossEntropy"));
    }

    private void Multilabel(Action<Labelled[]>? change = null, MlpHeadOptions? options = null)
    {
        options = (options ?? new MlpHeadOptions()) with { HiddenUnits = [4], MinimumStepCount = 0, Training = MlpHeadOptions.DefaultTraining with { EpochCount = 1 } };
        using MlpHeadTransformer model = _ml.MulticlassClassification.Trainers.MultilabelMlpHead(options).Fit(_ml.Data.LoadFromEnumerable(Labelled.Make(change)));
    }
}
