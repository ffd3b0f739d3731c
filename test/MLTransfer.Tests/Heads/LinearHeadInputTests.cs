using Microsoft.ML;

namespace MLTransfer.Tests.Heads;

internal sealed class LinearHeadInputTests
{
    private readonly MLContext _ml = new(0);

    // ML.NET takes a number beyond the count of the key for a missing one.
    private sealed class KeyedRow
    {
        [Microsoft.ML.Data.KeyType(3)]
        public uint Label { get; set; }

        [Microsoft.ML.Data.VectorType(2)]
        public float[] Features { get; set; } = [];
    }

    [Test]
    public void Fit_TextLabel_AdvisesMapValueToKey() =>
        Assert.That(() => _ml.MulticlassClassification.Trainers.LinearHead("Class").Fit(_ml.Data.LoadFromEnumerable(HeadRows.Make(6))),
            Throws.ArgumentException.With.Message.Contains("'Class'").And.Message.Contains("MapValueToKey"));

    [Test]
    public void Fit_OneClassOnly_NamesIt()
    {
        Assert.That(() => _ml.MulticlassClassification.Trainers.LinearHead().Fit(HeadRows.Keyed(_ml, HeadRows.Make(9).Where(r => r.Class == "bee"))),
            Throws.InvalidOperationException.With.Message.Contains("two classes").And.Message.Contains("'bee'"));
        Assert.That(() => _ml.BinaryClassification.Trainers.LinearHead("Flag").Fit(_ml.Data.LoadFromEnumerable(HeadRows.Make(9).Where(r => !r.Flag))),
            Throws.InvalidOperationException.With.Message.Contains("two classes").And.Message.Contains("false"));
    }

    [TestCase(float.NaN, "NaN")]
    [TestCase(float.PositiveInfinity, "Infinity")]
    public void Fit_FeatureNotFinite_NamesColumnAndRow(float value, string shown)
    {
        HeadRow[] rows = HeadRows.Make(9);
        rows[4].Features[2] = value;
        Assert.That(() => _ml.Regression.Trainers.LinearHead("Amount").Fit(_ml.Data.LoadFromEnumerable(rows)),
            Throws.InvalidOperationException.With.Message.Contains($"{shown} in feature column 'Features', row number 5, slot index 2"));
    }

    [TestCase(-1f)]
    [TestCase(float.NaN)]
    [TestCase(float.PositiveInfinity)]
    public void Fit_BadWeight_NamesColumnAndRow(float weight)
    {
        HeadRow[] rows = HeadRows.Make(9);
        rows[2].Weight = weight;
        Assert.That(() => _ml.Regression.Trainers.LinearHead("Amount", weightColumnName: "Weight").Fit(_ml.Data.LoadFromEnumerable(rows)),
            Throws.InvalidOperationException.With.Message.Contains("weight column 'Weight', row number 3"));
    }

    [Test]
    public void Fit_AllWeightsZero_SaysSo()
    {
        HeadRow[] rows = HeadRows.Make(9);
        foreach (HeadRow row in rows)
            row.Weight = 0;
        Assert.That(() => _ml.Regression.Trainers.LinearHead("Amount", weightColumnName: "Weight").Fit(_ml.Data.LoadFromEnumerable(rows)),
            Throws.InvalidOperationException.With.Message.Contains("no row with a weight above 0"));
    }

    [Test]
    public void Fit_WeightColumnMistyped_NamesIt() =>
        Assert.That(() => _ml.Regression.Trainers.LinearHead("Amount", weightColumnName: "Class").Fit(_ml.Data.LoadFromEnumerable(HeadRows.Make(9))),
            Throws.ArgumentException.With.Message.Contains("'Class'").And.Message.Contains("expects Single"));

    [Test]
    public void Fit_SoftLabelsThatDoNotSumToOne_NamesRowAndSum()
    {
        HeadRow[] rows = HeadRows.Make(9);
        rows[7].Soft = [0.5f, 0.5f, 0.5f];
        Assert.That(() => _ml.MulticlassClassification.Trainers.LinearHead("Soft").Fit(_ml.Data.LoadFromEnumerable(rows)),
            Throws.InvalidOperationException.With.Message.Contains("row number 8 sum to 1.5"));
        rows[7].Soft = [1.5f, -0.5f, 0];
        Assert.That(() => _ml.MulticlassClassification.Trainers.LinearHead("Soft").Fit(_ml.Data.LoadFromEnumerable(rows)),
            Throws.InvalidOperationException.With.Message.Contains("row number 8 holds 1.5"));
    }

    [Test]
    public void Fit_ProbabilityOfTrueOutOfRange_NamesRow() =>
        Assert.That(() => _ml.BinaryClassification.Trainers.LinearHead("Amount").Fit(_ml.Data.LoadFromEnumerable(HeadRows.Make(9))),
            Throws.InvalidOperationException.With.Message.Contains("'Amount'").And.Message.Contains("from 0 to 1"));

    [Test]
    public void Fit_MissingLabels_AreSkippedAndCounted()
    {
        List<string> warnings = [];
        _ml.Log += (_, e) => warnings.Add(e.Message);
        HeadRow[] rows = HeadRows.Make(40);
        rows[1].Amount = float.NaN;
        rows[8].Amount = float.NaN;
        var model = _ml.Regression.Trainers.LinearHead("Amount", regularization: 0.01).Fit(_ml.Data.LoadFromEnumerable(rows));
        var without = _ml.Regression.Trainers.LinearHead("Amount", regularization: 0.01).Fit(_ml.Data.LoadFromEnumerable(rows.Where(r => !float.IsNaN(r.Amount))));
        Assert.That(model.Model.Weights, Is.EqualTo(without.Model.Weights));
        Assert.That(warnings, Has.Some.Contains("skipped 2 rows whose label is missing"));
    }

    [Test]
    public void Fit_MissingKeys_AreSkipped_AndNothingLeftIsAnError()
    {
        KeyedRow[] rows = [.. Enumerable.Range(0, 12).Select(i => new KeyedRow { Label = (uint)(i % 4), Features = [i % 4, i] })];
        Assert.That(() => _ml.MulticlassClassification.Trainers.LinearHead().Fit(_ml.Data.LoadFromEnumerable(rows)), Throws.Nothing);
        Assert.That(() => _ml.MulticlassClassification.Trainers.LinearHead().Fit(_ml.Data.LoadFromEnumerable(rows.Where(r => r.Label == 3))),
            Throws.InvalidOperationException.With.Message.Contains("missing in all 3 rows"));
    }

    [Test]
    public void Fit_KeyOfTooManyValues_AdvisesMapValueToKey()
    {
        IDataView rows = _ml.Data.LoadFromEnumerable(HeadRows.Make(9));
        IDataView hashed = _ml.Transforms.Conversion.Hash("Label", "Class", numberOfBits: 31).Fit(rows).Transform(rows);
        Assert.That(() => _ml.MulticlassClassification.Trainers.LinearHead().Fit(hashed),
            Throws.ArgumentException.With.Message.Contains("'Label'").And.Message.Contains("2147483648").And.Message.Contains("MapValueToKey"));
    }

    [Test]
    public void ClassWeights_OfDifferentKinds_AreNotEqual()
    {
        Assert.That(ClassWeights.Balanced, Is.Not.EqualTo(ClassWeights.None));
        Assert.That((ClassWeights.Balanced with { }).Resolve(["a", "b"], [1, 3]), Is.EqualTo(new[] { 2, 2 / 3.0 }).Within(1e-12), "a copy is of the same kind");
    }

    [Test]
    public void Fit_ClassWeightOfNoClass_ListsTheClasses() =>
        Assert.That(() => _ml.MulticlassClassification.Trainers.LinearHead(
                new LinearHeadOptions { ClassWeights = ClassWeights.ByName(new Dictionary<string, double> { ["dog"] = 2 }) }).Fit(HeadRows.Keyed(_ml, HeadRows.Make(9))),
            Throws.ArgumentException.With.Message.Contains("'dog'").And.Message.Contains("'ant', 'bee', 'cat'"));

    [Test]
    public void LinearHead_OptionsThatContradict_AreRefusedWhenThePipelineIsBuilt()
    {
        Assert.That(() => _ml.Regression.Trainers.LinearHead(new LinearHeadOptions { ClassWeights = ClassWeights.Balanced }), Throws.ArgumentException.With.Message.Contains("ClassWeights"));
        Assert.That(() => _ml.Regression.Trainers.LinearHead(new LinearHeadOptions { Regularization = 1, RegularizationSearch = new() }),
            Throws.ArgumentException.With.Message.Contains("RegularizationSearch"));
        Assert.That(() => new LinearHeadOptions { Regularization = 0 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new LinearHeadOptions { Tolerance = double.NaN }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new LinearHeadOptions { LabelColumnName = " " }, Throws.ArgumentException);
        Assert.That(() => ClassWeights.ByName(new Dictionary<string, double> { ["a"] = -1 }), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new RegularizationSearch { FoldCount = 1 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
    }
}
