using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Heads;

internal sealed class LinearHeadTests
{
    private sealed class Reports : IProgress<HeadTrainingProgress>
    {
        public List<HeadTrainingProgress> All { get; } = [];

        public Action<HeadTrainingProgress>? Then { get; init; }

        public void Report(HeadTrainingProgress value)
        {
            All.Add(value);
            Then?.Invoke(value);
        }
    }

    [Test]
    public void Fit_Multiclass_EvaluatesNamesCrossValidatesAndPermutes()
    {
        var ml = new MLContext(0);
        IDataView data = HeadRows.Keyed(ml, HeadRows.Make(90));
        MulticlassLinearHead head = ml.MulticlassClassification.Trainers.LinearHead();
        MulticlassPredictionTransformer<MaximumEntropyModelParameters> model = head.Fit(data);
        IDataView scored = model.Transform(data);
        MulticlassClassificationMetrics metrics = ml.MulticlassClassification.Evaluate(scored);
        Assert.That(metrics.MicroAccuracy, Is.GreaterThan(0.8));
        Assert.That(metrics.ConfusionMatrix.GetFormattedConfusionTable(), Does.Contain("ant").And.Contain("bee").And.Contain("cat"));
        string[] predicted = [.. ml.Transforms.Conversion.MapKeyToValue("PredictedLabel").Fit(scored).Transform(scored).GetColumn<string>("PredictedLabel")];
        Assert.That(predicted.Distinct().Order(), Is.EqualTo(HeadRows.ClassNames));
        Assert.That(ml.MulticlassClassification.CrossValidate(data, head, 3).Select(f => f.Metrics.MicroAccuracy), Is.All.GreaterThan(0.7));
        var importance = ml.MulticlassClassification.PermutationFeatureImportance(model, scored, permutationCount: 2);
        Assert.That(importance.Select(i => Math.Abs(i.MicroAccuracy.Mean)).Take(3), Is.All.GreaterThan(0.02), "the features that make the classes");
    }

    [Test]
    public void Fit_Binary_EvaluatesWithProbabilities()
    {
        var ml = new MLContext(0);
        IDataView data = ml.Data.LoadFromEnumerable(HeadRows.Make(90));
        var model = ml.BinaryClassification.Trainers.LinearHead("Flag").Fit(data);
        IDataView scored = model.Transform(data);
        CalibratedBinaryClassificationMetrics metrics = ml.BinaryClassification.Evaluate(scored, "Flag");
        Assert.That(metrics.AreaUnderRocCurve, Is.GreaterThan(0.85));
        float[] scores = [.. scored.GetColumn<float>("Score")];
        // The calibrator computes in double and rounds once.
        Assert.That(scored.GetColumn<float>("Probability"), Is.EqualTo(scores.Select(s => (float)(1 / (1 + Math.Exp(-s))))).Within(1e-6));
        Assert.That(scored.GetColumn<bool>("PredictedLabel"), Is.EqualTo(scores.Select(s => s > 0)));
        Assert.That(ml.BinaryClassification.CrossValidate(data, ml.BinaryClassification.Trainers.LinearHead("Flag"), 3, "Flag").Select(f => f.Metrics.Accuracy), Is.All.GreaterThan(0.6));
    }

    [Test]
    public void Fit_Regression_FindsALinearLaw()
    {
        var ml = new MLContext(0);
        IDataView data = ml.Data.LoadFromEnumerable(HeadRows.Make(90));
        var model = ml.Regression.Trainers.LinearHead("Amount").Fit(data);
        RegressionMetrics metrics = ml.Regression.Evaluate(model.Transform(data), "Amount");
        Assert.That(metrics.RSquared, Is.GreaterThan(0.999));
        Assert.That(model.Model.Weights[0], Is.EqualTo(3).Within(0.05), "shrunk a little");
        Assert.That(ml.Regression.CrossValidate(data, ml.Regression.Trainers.LinearHead("Amount"), 3, "Amount").Select(f => f.Metrics.RSquared), Is.All.GreaterThan(0.99));
    }

    [Test]
    public void Fit_SoftLabelsOfOneHot_GivesWhatHardLabelsGive()
    {
        var ml = new MLContext(0);
        HeadRow[] rows = HeadRows.Make(45);
        foreach (HeadRow row in rows)
            row.Soft = [.. HeadRows.ClassNames.Select(n => n == row.Class ? 1f : 0f)];
        IDataView data = HeadRows.Keyed(ml, rows);
        var soft = ml.MulticlassClassification.Trainers.LinearHead("Soft", regularization: 0.01).Fit(data).Transform(data);
        var hard = ml.MulticlassClassification.Trainers.LinearHead(regularization: 0.01).Fit(data).Transform(data);
        Columns.AssertEqual(Columns.Vectors(soft, "Score"), Columns.Vectors(hard, "Score"), 1e-4f, "the same minimum, found to the same tolerance");
        VBuffer<ReadOnlyMemory<char>> names = default;
        soft.Schema["Score"].GetSlotNames(ref names);
        Assert.That(names.DenseValues().Select(n => n.ToString()), Is.EqualTo(new[] { "0", "1", "2" }));
    }

    [Test]
    public void Fit_AWeightOfTwo_CountsLikeTheRowTwice()
    {
        var ml = new MLContext(0);
        HeadRow[] rows = HeadRows.Make(30);
        foreach (HeadRow row in rows)
            row.Weight = row.Class == "ant" ? 2 : 1;
        IDataView weighted = HeadRows.Keyed(ml, rows);
        IDataView repeated = HeadRows.Keyed(ml, rows.Concat(rows.Where(r => r.Class == "ant")));
        var byWeight = ml.MulticlassClassification.Trainers.LinearHead(weightColumnName: "Weight", regularization: 0.01).Fit(weighted);
        var byRows = ml.MulticlassClassification.Trainers.LinearHead(regularization: 0.01).Fit(repeated);
        Columns.AssertEqual(Columns.Vectors(byWeight.Transform(weighted), "Score"), Columns.Vectors(byRows.Transform(weighted), "Score"), 1e-3f, "the same loss");
    }

    [Test]
    public void Fit_ClassWeightsByName_RaiseThatClass()
    {
        var ml = new MLContext(0);
        IDataView data = HeadRows.Keyed(ml, HeadRows.Make(60));
        LinearHeadOptions options = new() { Regularization = 0.1 };
        float Mean(LinearHeadOptions o) => Columns.Vectors(ml.MulticlassClassification.Trainers.LinearHead(o).Fit(data).Transform(data), "Score").Average(s => s[1]);
        Assert.That(Mean(options with { ClassWeights = ClassWeights.ByName(new Dictionary<string, double> { ["bee"] = 10 }) }), Is.GreaterThan(Mean(options) + 0.1f));
    }

    [Test]
    public void Fit_Search_ReportsEachStrengthAndUsesTheBest()
    {
        var ml = new MLContext(0);
        List<string> log = [];
        ml.Log += (_, e) => log.Add(e.Message);
        Reports reports = new();
        ml.MulticlassClassification.Trainers.LinearHead(new LinearHeadOptions { Progress = reports, RegularizationSearch = new() { Strongest = 1, Weakest = 0.01, StepsPerDecade = 1 } })
            .Fit(HeadRows.Keyed(ml, HeadRows.Make(60)));
        HeadTrainingProgress[] tried = [.. reports.All.Where(r => r.Stage == HeadTrainingStage.StrengthTried)];
        Assert.That(tried.Select(t => t.Regularization), Is.EqualTo(new[] { 1, 0.1, 0.01 }).Within(1e-9));
        HeadTrainingProgress best = tried.MinBy(t => t.HeldOutLoss)!;
        Assert.That(reports.All[^1], Has.Property("Stage").EqualTo(HeadTrainingStage.Finished).And.Property("Regularization").EqualTo(best.Regularization).And.Property("HeldOutLoss").EqualTo(best.HeldOutLoss));
        Assert.That(log, Has.Some.Contains("held-out loss"));
    }

    [Test]
    public void Fit_OneRowAClass_UsesTheFewShotStrength_AndSaysSo()
    {
        var ml = new MLContext(0);
        List<string> log = [];
        ml.Log += (_, e) => log.Add(e.Message);
        Reports reports = new();
        IDataView data = HeadRows.Keyed(ml, HeadRows.Make(3));
        var model = ml.MulticlassClassification.Trainers.LinearHead(new LinearHeadOptions { Progress = reports }).Fit(data);
        Assert.That(reports.All[^1].Regularization, Is.EqualTo(LinearHeadOptions.FewShotRegularization));
        Assert.That(log, Has.Some.Contains("no class has two rows"));
        Assert.That(ml.MulticlassClassification.Evaluate(model.Transform(data)).MicroAccuracy, Is.EqualTo(1));
    }

    [Test]
    public void Fit_AnyNumberOfThreads_GivesTheSameBytes()
    {
        byte[] Bytes(int threads)
        {
            var ml = new MLContext(0);
            IDataView data = HeadRows.Keyed(ml, HeadRows.Make(400));
            return [.. MemoryFile.Entries(MemoryFile.Save(ml, ml.MulticlassClassification.Trainers.LinearHead(new LinearHeadOptions { ThreadCount = threads }).Fit(data), data.Schema)).Values.SelectMany(v => v)];
        }
        Assert.That(Bytes(1), Is.EqualTo(Bytes(5)));
    }

    [Test]
    public void Fit_Cancelled_GivesTheBestSoFar()
    {
        var ml = new MLContext(0);
        using CancellationTokenSource source = new();
        Reports reports = new() { Then = r => { if (r.Stage == HeadTrainingStage.Step) source.Cancel(); } };
        IDataView data = HeadRows.Keyed(ml, HeadRows.Make(60));
        var model = ml.MulticlassClassification.Trainers.LinearHead(
            new LinearHeadOptions { Regularization = 1e-4, Tolerance = 0, Progress = reports, CancellationToken = source.Token }).Fit(data);
        Assert.That(reports.All[^1], Has.Property("Stage").EqualTo(HeadTrainingStage.Finished).And.Property("Iteration").EqualTo(1));
        Assert.That(ml.MulticlassClassification.Evaluate(model.Transform(data)).MicroAccuracy, Is.GreaterThan(0.5));
    }

    [TestCase("LinearHead")]
    [TestCase("MlpHead")]
    [TestCase("Regression")]
    [TestCase("Binary")]
    public void Fit_CancelledWhileRowsAreRead_Throws(string head)
    {
        var ml = new MLContext(0);
        using CancellationTokenSource source = new();
        int read = 0;
        IEnumerable<HeadRow> Rows()
        {
            foreach (HeadRow row in Enumerable.Repeat(HeadRows.Make(9), 10_000).SelectMany(r => r))
            {
                if (Interlocked.Increment(ref read) == 2_000)
                    source.Cancel();
                yield return row;
            }
        }
        IDataView data = ml.Transforms.Conversion.MapValueToKey("Label", nameof(HeadRow.Class)).Fit(ml.Data.LoadFromEnumerable(HeadRows.Make(9))).Transform(ml.Data.LoadFromEnumerable(Rows()));
        var options = new LinearHeadOptions { LabelColumnName = head switch { "Regression" => "Amount", "Binary" => "Flag", _ => "Label" }, CancellationToken = source.Token };
        IEstimator<ITransformer> trainer = head switch
        {
            "MlpHead" => ml.MulticlassClassification.Trainers.MlpHead(new MlpHeadOptions { Training = MlpHeadOptions.DefaultTraining with { CancellationToken = source.Token } }),
            "Regression" => ml.Regression.Trainers.LinearHead(options),
            "Binary" => ml.BinaryClassification.Trainers.LinearHead(options),
            _ => ml.MulticlassClassification.Trainers.LinearHead(options),
        };

        Assert.That(() => trainer.Fit(data), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(read, Is.LessThan(20_000), "what ML.NET reads ahead");
    }

    [Test]
    public void GetOutputSchema_PromisesWhatMlNetsOwnTrainersPromise()
    {
        var ml = new MLContext(0);
        SchemaShape shape = Shapes.Of(HeadRows.Keyed(ml, HeadRows.Make(9)).Schema);
        Assert.That(Shapes.Describe(ml.MulticlassClassification.Trainers.LinearHead().GetOutputSchema(shape)),
            Is.EqualTo(Shapes.Describe(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy().GetOutputSchema(shape))));
        // Keys of truth values instead of texts: the classes keep that type, and the slots of the score have no names.
        IDataView flags = ml.Transforms.Conversion.MapValueToKey("FlagKey", "Flag").Fit(HeadRows.Keyed(ml, HeadRows.Make(9))).Transform(HeadRows.Keyed(ml, HeadRows.Make(9)));
        Assert.That(Shapes.Describe(ml.MulticlassClassification.Trainers.LinearHead("FlagKey").GetOutputSchema(Shapes.Of(flags.Schema))),
            Is.EqualTo(Shapes.Describe(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy("FlagKey").GetOutputSchema(Shapes.Of(flags.Schema)))));
        Assert.That(Shapes.Describe(ml.BinaryClassification.Trainers.LinearHead("Flag").GetOutputSchema(shape)),
            Is.EqualTo(Shapes.Describe(ml.BinaryClassification.Trainers.LbfgsLogisticRegression("Flag").GetOutputSchema(shape))));
        Assert.That(Shapes.Describe(ml.Regression.Trainers.LinearHead("Amount").GetOutputSchema(shape)),
            Is.EqualTo(Shapes.Describe(ml.Regression.Trainers.LbfgsPoissonRegression("Amount").GetOutputSchema(shape))));
    }
}
