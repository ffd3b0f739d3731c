using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Heads;

internal sealed class MlpHeadTests
{
    private static readonly TrainingOptions Short = MlpHeadOptions.DefaultTraining with { EpochCount = 5 };

    private readonly MLContext _ml = new(0);

    private sealed class Reports : IProgress<TrainingProgress>
    {
        public List<TrainingProgress> All { get; } = [];

        public Action<TrainingProgress>? Then { get; init; }

        public void Report(TrainingProgress value)
        {
            All.Add(value);
            Then?.Invoke(value);
        }
    }

    // True where exactly one of two numbers is above 0: no straight line parts the two.
    private sealed class Xor
    {
        public bool Label { get; set; }

        public float Amount { get; set; }

        [VectorType(2)]
        public float[] Features { get; set; } = [];

        public static Xor[] Make(int count, int seed)
        {
            Random random = new(seed);
            return [.. Enumerable.Range(0, count).Select(_ =>
            {
                float a = random.NextSingle() * 2 - 1, b = random.NextSingle() * 2 - 1;
                return new Xor { Features = [a, b], Label = a > 0 != b > 0, Amount = 1000 + 50 * a * b };
            })];
        }
    }

    [Test]
    public void Fit_Xor_IsLearntWhereALinearHeadCannot()
    {
        IDataView train = _ml.Data.LoadFromEnumerable(Xor.Make(400, 1)), test = _ml.Data.LoadFromEnumerable(Xor.Make(400, 2));
        using MlpHeadTransformer model = _ml.BinaryClassification.Trainers.MlpHead(hiddenUnits: [32], epochCount: 60).Fit(train);
        Assert.That(_ml.BinaryClassification.Evaluate(model.Transform(test)).Accuracy, Is.GreaterThan(0.93));
        Assert.That(_ml.BinaryClassification.Evaluate(_ml.BinaryClassification.Trainers.LinearHead().Fit(train).Transform(test)).Accuracy, Is.LessThan(0.65));
    }

    [Test]
    public void Fit_ProductOfFeatures_IsLearntInTheUnitsOfTheLabel()
    {
        IDataView train = _ml.Data.LoadFromEnumerable(Xor.Make(400, 1)), test = _ml.Data.LoadFromEnumerable(Xor.Make(400, 2));
        foreach (HeadLoss loss in (HeadLoss[])[HeadLoss.Squared, HeadLoss.Huber()])
        {
            using MlpHeadTransformer model = _ml.Regression.Trainers.MlpHead(new MlpHeadOptions { LabelColumnName = "Amount", HiddenUnits = [32], Dropout = 0, Loss = loss }).Fit(train);
            RegressionMetrics metrics = _ml.Regression.Evaluate(model.Transform(test), "Amount");
            Assert.That(metrics.RSquared, Is.GreaterThan(0.9), $"{loss}");
        }
        Assert.That(_ml.Regression.Evaluate(_ml.Regression.Trainers.LinearHead("Amount").Fit(train).Transform(test), "Amount").RSquared, Is.LessThan(0.2));
    }

    [Test]
    public void Fit_Multiclass_EvaluatesNamesCrossValidatesAndPermutes()
    {
        IDataView data = HeadRows.Keyed(_ml, HeadRows.Make(90));
        MulticlassMlpHead head = _ml.MulticlassClassification.Trainers.MlpHead(hiddenUnits: [16]);
        using MlpHeadTransformer model = head.Fit(data);
        IDataView scored = model.Transform(data);
        MulticlassClassificationMetrics metrics = _ml.MulticlassClassification.Evaluate(scored);
        Assert.That(metrics.MicroAccuracy, Is.GreaterThan(0.8));
        Assert.That(metrics.ConfusionMatrix.GetFormattedConfusionTable(), Does.Contain("ant").And.Contain("bee").And.Contain("cat"));
        string[] predicted = [.. _ml.Transforms.Conversion.MapKeyToValue("PredictedLabel").Fit(scored).Transform(scored).GetColumn<string>("PredictedLabel")];
        Assert.That(predicted.Distinct().Order(), Is.EqualTo(HeadRows.ClassNames));
        Assert.That(_ml.MulticlassClassification.CrossValidate(data, head, 3).Select(f => f.Metrics.MicroAccuracy), Is.All.GreaterThan(0.6));
        var importance = _ml.MulticlassClassification.PermutationFeatureImportance(model, scored, permutationCount: 2);
        Assert.That(importance.Select(i => Math.Abs(i.MicroAccuracy.Mean)).Take(3), Is.All.GreaterThan(0.02), "the features that make the classes");
        Assert.That(model.Model, Has.Property("FeatureCount").EqualTo(5).And.Property("ParameterCount").EqualTo(6 * 16 + 17 * 3).And.Property("Labels").EqualTo(HeadRows.ClassNames));
    }

    [Test]
    public void Transform_Multiclass_HasTheColumnsThatMlNetsOwnScorerHas()
    {
        IDataView data = HeadRows.Keyed(_ml, HeadRows.Make(30));
        using MlpHeadTransformer model = _ml.MulticlassClassification.Trainers.MlpHead(hiddenUnits: [4], epochCount: 1).Fit(data);
        var linear = _ml.MulticlassClassification.Trainers.LinearHead(regularization: 1).Fit(data);
        Assert.That(Described(model.Transform(data).Schema), Is.EqualTo(Described(linear.Transform(data).Schema)));
        IDataView flags = _ml.Data.LoadFromEnumerable(HeadRows.Make(30));
        using MlpHeadTransformer binary = _ml.BinaryClassification.Trainers.MlpHead("Flag", hiddenUnits: [4], epochCount: 1).Fit(flags);
        Assert.That(Described(binary.Transform(flags).Schema), Is.EqualTo(Described(_ml.BinaryClassification.Trainers.LinearHead("Flag", regularization: 1).Fit(flags).Transform(flags).Schema)));
        using MlpHeadTransformer regression = _ml.Regression.Trainers.MlpHead("Amount", hiddenUnits: [4], epochCount: 1).Fit(flags);
        Assert.That(Described(regression.Transform(flags).Schema), Is.EqualTo(Described(_ml.Regression.Trainers.LinearHead("Amount", regularization: 1).Fit(flags).Transform(flags).Schema)));
    }

    [Test]
    public void Fit_Binary_GivesTheLogisticOfTheScoreAsProbability()
    {
        IDataView data = _ml.Data.LoadFromEnumerable(HeadRows.Make(90));
        using MlpHeadTransformer model = _ml.BinaryClassification.Trainers.MlpHead("Flag", hiddenUnits: [16]).Fit(data);
        IDataView scored = model.Transform(data);
        Assert.That(_ml.BinaryClassification.Evaluate(scored, "Flag").AreaUnderRocCurve, Is.GreaterThan(0.85));
        float[] scores = [.. scored.GetColumn<float>("Score")];
        Assert.That(scored.GetColumn<float>("Probability"), Is.EqualTo(scores.Select(s => (float)(1 / (1 + Math.Exp(-s))))).Within(1e-6), "rounded once more than in double");
        Assert.That(scored.GetColumn<bool>("PredictedLabel"), Is.EqualTo(scores.Select(s => s > 0)));
    }

    [Test]
    public void Fit_Multilabel_FindsLabelsAndTunesThresholds()
    {
        IDataView train = HeadRows.Tagged(_ml, HeadRows.Make(240));
        using MlpHeadTransformer model = _ml.MulticlassClassification.Trainers.MultilabelMlpHead("Tags", hiddenUnits: [16]).Fit(train);
        IDataView scored = model.Transform(train);
        MultilabelMetrics metrics = _ml.Transfer().EvaluateMultilabel(scored, "Tags");
        Assert.That(metrics.MicroF1, Is.GreaterThan(0.85));
        Assert.That(metrics.Labels.Select(l => l.Name), Is.EquivalentTo(new[] { "ant", "bee", "cat", "high" }));
        Assert.That(model.Model.Labels, Is.EqualTo(metrics.Labels.Select(l => l.Name)));
        float[] thresholds = [.. model.Model.Thresholds];
        Assert.That(thresholds, Has.Length.EqualTo(4).And.Some.Not.EqualTo(0.5f).And.All.InRange(0.02f, 0.98f));
        float[][] scores = Columns.Vectors(scored, "Score");
        Assert.That(scored.GetColumn<bool[]>("PredictedLabel"), Is.EqualTo(scores.Select(s => s.Select((p, k) => p >= thresholds[k]).ToArray())));
        VBuffer<ReadOnlyMemory<char>> names = default;
        scored.Schema["PredictedLabel"].GetSlotNames(ref names);
        Assert.That(names.DenseValues().Select(n => n.ToString()), Is.EqualTo(model.Model.Labels));
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(3)]
    public void Fit_MultilabelFolds_ChangeThresholdsAndNothingElse(int folds)
    {
        IDataView data = HeadRows.Tagged(_ml, HeadRows.Make(120));
        MlpHeadOptions options = new() { LabelColumnName = "Tags", HiddenUnits = [8], MinimumStepCount = 0, Training = Short with { Seed = 3, HeldOutFraction = 0.2 } };
        using MlpHeadTransformer tuned = _ml.MulticlassClassification.Trainers.MultilabelMlpHead(options with { ThresholdFoldCount = folds }).Fit(data);
        using MlpHeadTransformer five = _ml.MulticlassClassification.Trainers.MultilabelMlpHead(options).Fit(data);
        Columns.AssertEqual(Columns.Vectors(tuned.Transform(data), "Score"), Columns.Vectors(five.Transform(data), "Score"), 0, "thresholds come after scores");
        Assert.That(tuned.Model.Thresholds.All(t => t == 0.5f), Is.EqualTo(folds == 0));
    }

    [Test]
    public void Fit_LabelsAsBooleans_GivesWhatNumbersGive()
    {
        IDataView data = HeadRows.Tagged(_ml, HeadRows.Make(60));
        IDataView both = _ml.Transforms.Conversion.ConvertType("Flags", "Tags", DataKind.Boolean).Fit(data).Transform(data);
        MlpHeadOptions options = new() { LabelColumnName = "Tags", HiddenUnits = [8], ThresholdFoldCount = 2, MinimumStepCount = 0, Training = Short with { Seed = 3 } };
        using MlpHeadTransformer numbers = _ml.MulticlassClassification.Trainers.MultilabelMlpHead(options).Fit(both);
        using MlpHeadTransformer flags = _ml.MulticlassClassification.Trainers.MultilabelMlpHead(options with { LabelColumnName = "Flags" }).Fit(both);
        Columns.AssertEqual(Columns.Vectors(flags.Transform(both), "Score"), Columns.Vectors(numbers.Transform(both), "Score"), 0, "the same targets");
    }

    [Test]
    public void Fit_SoftLabelsOfOneHot_GivesWhatHardLabelsGive()
    {
        HeadRow[] rows = HeadRows.Make(45);
        foreach (HeadRow row in rows)
            row.Soft = [.. HeadRows.ClassNames.Select(n => n == row.Class ? 1f : 0f)];
        IDataView data = HeadRows.Keyed(_ml, rows);
        MlpHeadOptions options = new() { HiddenUnits = [8], MinimumStepCount = 0, Training = Short with { Seed = 1 } };
        using MlpHeadTransformer soft = _ml.MulticlassClassification.Trainers.MlpHead(options with { LabelColumnName = "Soft" }).Fit(data);
        using MlpHeadTransformer hard = _ml.MulticlassClassification.Trainers.MlpHead(options).Fit(data);
        Columns.AssertEqual(Columns.Vectors(soft.Transform(data), "Score"), Columns.Vectors(hard.Transform(data), "Score"), 0, "the same targets");
    }

    [Test]
    public void Fit_WeightZero_IsAsIfTheRowWereAbsent()
    {
        HeadRow[] rows = [.. HeadRows.Make(60).OrderBy(r => r.Class == "cat")];
        foreach (HeadRow row in rows)
            row.Weight = row.Class == "cat" ? 0 : 2;
        IDataView all = HeadRows.Keyed(_ml, rows), counting = _ml.Data.FilterRowsByColumn(all, "Weight", lowerBound: 1);
        MlpHeadOptions options = new() { WeightColumnName = "Weight", HiddenUnits = [8], MinimumStepCount = 0, Training = Short with { Seed = 1 } };
        using MlpHeadTransformer model = _ml.MulticlassClassification.Trainers.MlpHead(options).Fit(all);
        using MlpHeadTransformer without = _ml.MulticlassClassification.Trainers.MlpHead(options).Fit(counting);
        Assert.That(model.Model.Network.Parameters.SelectMany(p => p.Values), Is.EqualTo(without.Model.Network.Parameters.SelectMany(p => p.Values)));
    }

    [Test]
    public void Fit_ClassWeightsByName_RaiseThatClass()
    {
        IDataView data = HeadRows.Keyed(_ml, HeadRows.Make(60));
        MlpHeadOptions options = new() { HiddenUnits = [8], Training = MlpHeadOptions.DefaultTraining with { Seed = 1 } };
        float Mean(MlpHeadOptions o)
        {
            using MlpHeadTransformer model = _ml.MulticlassClassification.Trainers.MlpHead(o).Fit(data);
            return Columns.Vectors(model.Transform(data), "Score").Average(s => s[1]);
        }
        Assert.That(Mean(options with { ClassWeights = ClassWeights.ByName(new Dictionary<string, double> { ["bee"] = 10 }) }), Is.GreaterThan(Mean(options) + 0.1f));
    }

    [Test]
    public void Fit_LabelSmoothingAndFocalLoss_MakeProbabilitiesLessSure()
    {
        IDataView data = HeadRows.Keyed(_ml, HeadRows.Make(60)), flags = _ml.Data.LoadFromEnumerable(HeadRows.Make(60));
        MlpHeadOptions options = new() { HiddenUnits = [16], Dropout = 0, MinimumStepCount = 1000, Training = MlpHeadOptions.DefaultTraining with { Seed = 1 } };
        double Sureness(MlpHeadOptions o)
        {
            using MlpHeadTransformer model = _ml.MulticlassClassification.Trainers.MlpHead(o).Fit(data);
            using MlpHeadTransformer binary = _ml.BinaryClassification.Trainers.MlpHead(o with { LabelColumnName = "Flag" }).Fit(flags);
            return Columns.Vectors(model.Transform(data), "Score").Average(s => s.Max()) + binary.Transform(flags).GetColumn<float>("Probability").Average(p => Math.Max(p, 1 - p));
        }
        double plain = Sureness(options);
        Assert.That(Sureness(options with { LabelSmoothing = 0.3 }), Is.LessThan(plain - 0.1));
        Assert.That(Sureness(options with { Loss = HeadLoss.Focal() }), Is.LessThan(plain - 0.1));
    }

    [TestCase(0, 5)]
    [TestCase(9, 5)]
    [TestCase(31, 16)]
    public void Fit_MinimumStepCount_AddsEpochs(int minimum, int epochs)
    {
        Reports reports = new();
        MlpHeadOptions options = new() { HiddenUnits = [8], MinimumStepCount = minimum, Training = Short with { Progress = reports } };
        // 48 rows are two batches.
        using MlpHeadTransformer model = _ml.MulticlassClassification.Trainers.MlpHead(options).Fit(HeadRows.Keyed(_ml, HeadRows.Make(48)));
        Assert.That(reports.All[^1], Has.Property("Epoch").EqualTo(epochs).And.Property("Step").EqualTo(2 * epochs).And.Property("StepCount").EqualTo(2 * epochs));
    }

    [Test]
    public void Fit_Progress_TellsOfStepsAndOfHeldOutRows()
    {
        Reports reports = new();
        List<string> log = [];
        _ml.Log += (_, e) => log.Add(e.Message);
        using MlpHeadTransformer model = _ml.MulticlassClassification.Trainers.MlpHead(new MlpHeadOptions
        {
            HiddenUnits = [8],
            MinimumStepCount = 0,
            Training = Short with { HeldOutFraction = 0.2, EarlyStopping = new EarlyStopping(), SelectionCriterion = SelectionCriterion.Metric, Progress = reports },
        }).Fit(HeadRows.Keyed(_ml, HeadRows.Make(90)));
        TrainingProgress[] judged = [.. reports.All.Where(r => r.HeldOutLoss is not null)];
        Assert.That(judged, Has.Length.GreaterThan(1).And.All.Property("HeldOutLoss").GreaterThan(0).And.All.Property("Metric").InRange(0, 1));
        Assert.That(reports.All[^1].Step, Is.GreaterThan(0));
        Assert.That(log, Has.Some.Contains("held-out loss").And.Contains("accuracy"));
    }

    [Test]
    public void Fit_Cancelled_GivesTheBestSoFar()
    {
        using CancellationTokenSource source = new();
        List<string> log = [];
        _ml.Log += (_, e) => log.Add(e.Message);
        Reports reports = new() { Then = r => { if (r.Epoch == 4) source.Cancel(); } };
        IDataView data = HeadRows.Tagged(_ml, HeadRows.Make(120));
        using MlpHeadTransformer model = _ml.MulticlassClassification.Trainers.MultilabelMlpHead(new MlpHeadOptions
        {
            LabelColumnName = "Tags",
            HiddenUnits = [8],
            Training = MlpHeadOptions.DefaultTraining with { EpochCount = 1000, Progress = reports, CancellationToken = source.Token },
        }).Fit(data);
        Assert.That(reports.All[^1].Epoch, Is.EqualTo(4));
        Assert.That(log, Has.Some.Contains("was cancelled"));
        Assert.That(model.Model.Thresholds, Is.All.EqualTo(0.5f));
    }

    [Test]
    public void Fit_SameSeed_GivesTheSameBytes_AnotherSeedOthers()
    {
        byte[] Bytes(int seed, int? threads = null)
        {
            var ml = new MLContext(5);
            IDataView data = HeadRows.Keyed(ml, HeadRows.Make(100));
            using MlpHeadTransformer model = ml.MulticlassClassification.Trainers.MlpHead(new MlpHeadOptions { HiddenUnits = [8], MinimumStepCount = 0, Training = Short with { Seed = seed, ThreadCount = threads } }).Fit(data);
            return [.. MemoryFile.Entries(MemoryFile.Save(ml, model, data.Schema)).Values.SelectMany(v => v)];
        }
        byte[] first = Bytes(1);
        Assert.That(Bytes(1), Is.EqualTo(first));
        Assert.That(Bytes(2), Is.Not.EqualTo(first));
        Assert.That(Bytes(1, threads: 1), Is.EqualTo(first), "a head this small is never divided");
    }

    [Test]
    public void Fit_Checkpoint_OfOtherClassWeights_IsRefused()
    {
        var ml = new MLContext(0);
        string path = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"{Guid.NewGuid():N}.ckpt");
        MlpHeadOptions options = new() { HiddenUnits = [8], MinimumStepCount = 0, Training = Short with { Seed = 1, CheckpointPath = path } };
        IDataView data = HeadRows.Keyed(ml, HeadRows.Make(31));
        try
        {
            ml.MulticlassClassification.Trainers.MlpHead(options).Fit(data).Dispose();
            Assert.That(() => ml.MulticlassClassification.Trainers.MlpHead(options with { ClassWeights = ClassWeights.Balanced }).Fit(data),
                Throws.InstanceOf<InvalidDataException>().With.Message.Contains("another training"));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Fit_Checkpoint_OfOtherWeightsOfLabels_IsRefused(bool focal)
    {
        string path = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"{Guid.NewGuid():N}.ckpt");
        MlpHeadOptions options = new()
        {
            LabelColumnName = "Tags",
            HiddenUnits = [8],
            MinimumStepCount = 0,
            ThresholdFoldCount = 0,
            Loss = focal ? HeadLoss.Focal(2) : HeadLoss.CrossEntropy,
            ClassWeights = ClassWeights.Balanced,
            Training = Short with { Seed = 1, CheckpointPath = path },
        };
        IDataView data = HeadRows.Tagged(_ml, HeadRows.Make(60));
        try
        {
            _ml.MulticlassClassification.Trainers.MultilabelMlpHead(options).Fit(data).Dispose();
            Assert.That(() => _ml.MulticlassClassification.Trainers.MultilabelMlpHead(options).Fit(data).Dispose(), Throws.Nothing, "the same weights");
            Assert.That(() => _ml.MulticlassClassification.Trainers.MultilabelMlpHead(options with { ClassWeights = ClassWeights.ByName(new Dictionary<string, double> { ["ant"] = 3 }) }).Fit(data),
                Throws.InstanceOf<InvalidDataException>().With.Message.Contains("another training"));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Test]
    public void Fit_Checkpoint_OfOtherLabels_IsRefused()
    {
        string path = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"{Guid.NewGuid():N}.ckpt");
        MlpHeadOptions options = new() { HiddenUnits = [8], MinimumStepCount = 0, Training = Short with { Seed = 1, CheckpointPath = path } };
        HeadRow[] rows = HeadRows.Make(30);
        try
        {
            byte[] Weights()
            {
                IDataView data = HeadRows.Keyed(_ml, rows);
                using MlpHeadTransformer model = _ml.MulticlassClassification.Trainers.MlpHead(options).Fit(data);
                return [.. MemoryFile.Entries(MemoryFile.Save(_ml, model, data.Schema)).Values.SelectMany(v => v)];
            }
            byte[] first = Weights();
            Assert.That(Weights(), Is.EqualTo(first), "a finished run comes back");
            (rows[0].Class, rows[1].Class) = (rows[1].Class, rows[0].Class);
            Assert.That(Weights, Throws.InstanceOf<InvalidDataException>().With.Message.Contains("another training"));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Test]
    public void Transform_AnyNumberOfRows_GivesEachRowTheSameBits()
    {
        HeadRow[] rows = HeadRows.Make(70);
        // Wide enough for the kernels of matrix products that differ between one row and several.
        IDataView Wide(int count)
        {
            IDataView data = HeadRows.Keyed(_ml, rows.Take(count));
            return _ml.Transforms.Concatenate("Features", [.. Enumerable.Repeat("Features", 61)]).Fit(data).Transform(data);
        }
        using MlpHeadTransformer model = _ml.MulticlassClassification.Trainers.MlpHead(new MlpHeadOptions
        {
            HiddenUnits = [129, 33],
            Activation = HeadActivation.Gelu,
            Normalization = HeadNormalization.Layer,
            MinimumStepCount = 0,
            Training = Short,
        }).Fit(Wide(70));
        float[][] together = Columns.Vectors(model.Transform(Wide(70)), "Score");
        foreach (int count in (int[])[1, 2, 3, 5, 17, 31])
            Columns.AssertEqual(Columns.Vectors(model.Transform(Wide(count)), "Score"), together[..count], 0, $"{count} rows");
    }

    [Test]
    public void Transform_ByManyThreads_EachGetsItsOwnRows()
    {
        IDataView data = HeadRows.Keyed(_ml, HeadRows.Make(60));
        using MlpHeadTransformer model = _ml.MulticlassClassification.Trainers.MlpHead(hiddenUnits: [8], epochCount: 2).Fit(data);
        float[][] expected = Columns.Vectors(model.Transform(data), "Score");
        Parallel.For(0, 8, _ => Columns.AssertEqual(Columns.Vectors(model.Transform(data), "Score"), expected, 0, "a thread of its own"));
    }

    [Test]
    public void Transform_FeaturesThatAreNotFinite_GiveNoPrediction()
    {
        HeadRow[] rows = HeadRows.Make(30);
        IDataView data = HeadRows.Keyed(_ml, rows);
        using MlpHeadTransformer model = _ml.MulticlassClassification.Trainers.MlpHead(hiddenUnits: [8], epochCount: 2).Fit(data);
        rows[3].Features[1] = float.NaN;
        uint[] keys = [.. model.Transform(HeadRows.Keyed(_ml, rows)).GetColumn<uint>("PredictedLabel")];
        Assert.That(keys.Select((k, i) => (k == 0) == (i == 3)), Is.All.True, "a missing key, in that row alone");
    }

    [Test]
    public void Evaluate_LabelThatTrainingNeverSaw_IsLeftOutByMlNet()
    {
        // A pipeline maps a class it has not seen to the missing key.
        HeadRow[] rows = HeadRows.Make(60);
        IDataView known = _ml.Data.LoadFromEnumerable(rows.Where(r => r.Class != "cat"));
        using TransformerChain<MlpHeadTransformer> model = _ml.Transforms.Conversion.MapValueToKey("Label", "Class").Append(_ml.MulticlassClassification.Trainers.MlpHead(hiddenUnits: [8])).Fit(known);
        IDataView scored = model.Transform(_ml.Data.LoadFromEnumerable(rows));
        Assert.That(scored.GetColumn<uint>("Label").Count(k => k == 0), Is.EqualTo(20));
        uint[] labels = [.. scored.GetColumn<uint>("Label")], predicted = [.. scored.GetColumn<uint>("PredictedLabel")];
        double right = labels.Zip(predicted).Count(p => p.First != 0 && p.First == p.Second) / 40.0;
        Assert.That(_ml.MulticlassClassification.Evaluate(scored).MicroAccuracy, Is.EqualTo(right).Within(1e-9).And.GreaterThan(2 / 3.0));
        Assert.That(predicted.Distinct().Order(), Is.EqualTo(new[] { 1u, 2u }), "every row gets one of the classes that were there");
    }

    [Test]
    public void Dispose_Transformer_RefusesFurtherUse()
    {
        IDataView data = HeadRows.Keyed(_ml, HeadRows.Make(12));
        MlpHeadTransformer model = _ml.MulticlassClassification.Trainers.MlpHead(hiddenUnits: [8], epochCount: 1).Fit(data);
        IDataView view = model.Transform(data);
        model.Dispose();
        model.Dispose();
        Assert.That(() => model.Transform(data), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => Columns.Vectors(view, "Score"), Throws.InstanceOf<ObjectDisposedException>());
    }

    private static string[] Described(DataViewSchema schema) => [.. schema.Where(c => !c.IsHidden).OrderBy(c => c.Name, StringComparer.Ordinal).Select(c =>
        $"{c.Name}: {c.Type} [{string.Join(", ", c.Annotations.Schema.OrderBy(a => a.Name, StringComparer.Ordinal).Select(a => $"{a.Name} {a.Type}"))}]")];
}
