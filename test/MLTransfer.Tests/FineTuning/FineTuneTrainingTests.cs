using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.FineTuning;

/// <summary>What training does: it learns, it can be ended, stopped and resumed, and the same seed gives the same bytes.</summary>
internal sealed class FineTuneTrainingTests
{
    private static readonly TrainingOptions Training = new() { EpochCount = 3, BatchSize = 8, LearningRate = 1e-2 };

    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("mltransfer-tuned-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void FineTuneTensor_LearnsWhatALinearHeadOnFrozenFeaturesCannot()
    {
        var ml = new MLContext(0);
        IDataView training = FineTuneRows.Keyed(ml, FineTuneRows.Make(200)), test = FineTuneRows.Keyed(ml, FineTuneRows.Make(200, seed: 9));
        var embed = ml.Transforms.EmbedTensor(TrainableBackbones.Tensor(), new TensorEmbeddingOptions());
        double frozen = ml.MulticlassClassification.Evaluate(embed.Append(ml.MulticlassClassification.Trainers.LinearHead()).Fit(training).Transform(test)).MicroAccuracy;
        var options = new FineTuneOptions { Freezing = FreezingPlan.Everything, Dropout = 0, Training = new TrainingOptions { EpochCount = 60, BatchSize = 20, LearningRate = 0.02 } };
        using FineTunedTransformer tuned = ml.MulticlassClassification.Trainers.FineTuneTensor(TrainableBackbones.Tensor(), options, new TensorEmbeddingOptions()).Fit(training);
        double found = ml.MulticlassClassification.Evaluate(tuned.Transform(test)).MicroAccuracy;
        Assert.That(frozen, Is.LessThan(0.85), "the features are nearly linear");
        Assert.That(found, Is.GreaterThan(0.97));
    }

    [Test]
    public void FindLearningRate_SuggestsARateThatLearns_AndTheSameAgain()
    {
        var ml = new MLContext(0);
        IDataView training = FineTuneRows.Keyed(ml, FineTuneRows.Make(200)), test = FineTuneRows.Keyed(ml, FineTuneRows.Make(200, seed: 9));
        var options = new FineTuneOptions { Freezing = FreezingPlan.Everything, Dropout = 0, StartFromLinearHead = false, Training = new TrainingOptions { EpochCount = 60, BatchSize = 20, Seed = 3 } };
        FineTuneEstimator Estimator(FineTuneOptions o) => ml.MulticlassClassification.Trainers.FineTuneTensor(TrainableBackbones.Tensor(), o, new TensorEmbeddingOptions());

        LearningRateSweep sweep = Estimator(options).FindLearningRate(training);
        using FineTunedTransformer tuned = Estimator(options with { Training = options.Training with { LearningRate = sweep.Suggestion } }).Fit(training);

        Assert.That(sweep.Rates, Is.Ordered.Ascending.And.Count.EqualTo(sweep.Losses.Count));
        Assert.That(Estimator(options).FindLearningRate(training).Losses, Is.EqualTo(sweep.Losses));
        Assert.That(ml.MulticlassClassification.Evaluate(tuned.Transform(test)).MicroAccuracy, Is.GreaterThan(0.95));
    }

    [Test]
    public void FindLearningRate_TellsOfEachStep_AndThrowsWhenCancelled()
    {
        var ml = new MLContext(0);
        IDataView training = FineTuneRows.Keyed(ml, FineTuneRows.Make(40));
        using var cancellation = new CancellationTokenSource();
        List<TrainingProgress> told = [];
        var options = new FineTuneOptions
        {
            Training = new TrainingOptions
            {
                BatchSize = 20,
                Seed = 3,
                CancellationToken = cancellation.Token,
                Progress = new Steps(p =>
                {
                    told.Add(p);
                    if (p.Step == 7)
                        cancellation.Cancel();
                }),
            },
        };

        Assert.That(() => ml.MulticlassClassification.Trainers.FineTuneTensor(TrainableBackbones.Tensor(), options, new TensorEmbeddingOptions()).FindLearningRate(training),
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That(told.Select(t => t.Step), Is.EqualTo(Enumerable.Range(1, 7)));
        Assert.That(told.Select(t => t.LearningRate), Is.Ordered.Ascending);
        Assert.That(told, Has.All.Property("StepCount").EqualTo(100).And.All.Property("RowsPerSecond").GreaterThan(0));
    }

    [Test]
    public void FineTuneText_LearnsWhatALinearHeadOnFrozenFeaturesCannot()
    {
        var ml = new MLContext(0);
        IDataView training = FineTuneRows.Keyed(ml, FineTuneRows.Make(160)), test = FineTuneRows.Keyed(ml, FineTuneRows.Make(160, seed: 9));
        var options = new FineTuneOptions { Training = new TrainingOptions { EpochCount = 25, BatchSize = 16, LearningRate = 2e-3 }, Dropout = 0 };
        using FineTunedTransformer tuned = ml.MulticlassClassification.Trainers.FineTuneText(TrainableBackbones.Text(), options, new TextEmbeddingOptions()).Fit(training);
        Assert.That(ml.MulticlassClassification.Evaluate(tuned.Transform(test)).MicroAccuracy, Is.GreaterThan(0.97));
        Assert.That((tuned.EpochCount, tuned.StepCount, tuned.BestEpoch), Is.EqualTo((25, 250L, (int?)null)));
    }

    [Test]
    public void Fit_PrefixOnDisk_GivesTheSameBytes()
    {
        byte[] inMemory = Save(new FineTuneOptions { Training = Training });
        Assert.That(MemoryFile.Entries(Save(new FineTuneOptions { Training = Training, PrefixMemory = 0 })), Is.EqualTo(MemoryFile.Entries(inMemory)));
        Assert.That(MemoryFile.Entries(Save(new FineTuneOptions { Training = Training, PrefixMemory = 10_000 })), Is.EqualTo(MemoryFile.Entries(inMemory)));
        Assert.That(MemoryFile.Entries(Save(new FineTuneOptions { Training = Training with { Seed = 5 } })), Is.Not.EqualTo(MemoryFile.Entries(inMemory)));
    }

    [Test]
    public void Fit_CancelledAndBegunAgainFromItsCheckpoint_GivesTheSameBytes()
    {
        byte[] uninterrupted = Save(new FineTuneOptions { Training = Training });
        string checkpoint = Path.Combine(_folder, "run.checkpoint");
        using var cancellation = new CancellationTokenSource();
        var progress = new Steps(p =>
        {
            if (p.Step == 7)
                cancellation.Cancel();
        });
        FineTuneOptions options = new() { Training = Training with { CheckpointPath = checkpoint, CheckpointEverySteps = 2 } };
        byte[] cancelled = Save(options with { Training = options.Training with { CancellationToken = cancellation.Token, Progress = progress } });
        Assert.That(MemoryFile.Entries(cancelled), Is.Not.EqualTo(MemoryFile.Entries(uninterrupted)), "the best so far");
        Assert.That(File.Exists(checkpoint), Is.True);
        Assert.That(MemoryFile.Entries(Save(options)), Is.EqualTo(MemoryFile.Entries(uninterrupted)));
    }

    [Test]
    public void Fit_FromACheckpointOfOtherOptions_SaysWhatDiffers()
    {
        string checkpoint = Path.Combine(_folder, "run.checkpoint");
        FineTuneOptions options = new() { Training = Training with { CheckpointPath = checkpoint, CheckpointEverySteps = 2 } };
        Save(options);
        Assert.That(() => Save(options with { Training = options.Training with { LearningRate = 0.5 } }), Throws.TypeOf<InvalidDataException>().With.Message.Contains("LearningRate"));
        Assert.That(() => Save(options with { HeadLearningRateFactor = 3 }), Throws.TypeOf<InvalidDataException>().With.Message.Contains("rate × "));
        Assert.That(() => Save(options, text: new TextEmbeddingOptions { Normalize = true }), Throws.TypeOf<InvalidDataException>().With.Message.Contains("data"));
        Assert.That(() => Save(options, rows: 39), Throws.TypeOf<InvalidDataException>().With.Message.Contains("rows"));
    }

    [Test]
    public void Fit_Cancelled_KeepsTheBestSoFar_AndSaysSo()
    {
        List<string> messages = [];
        var ml = Context(messages);
        using var cancellation = new CancellationTokenSource();
        var options = new FineTuneOptions
        {
            Training = Training with
            {
                EpochCount = 1000,
                CancellationToken = cancellation.Token,
                Progress = new Steps(p =>
            {
                if (p.Step == 11)
                    cancellation.Cancel();
            })
            },
        };
        using FineTunedTransformer model = Fit(ml, options, FineTuneRows.Make(40));
        Assert.That(model.StepCount, Is.EqualTo(11));
        Assert.That(messages, Has.One.Contains("cancelled after 11 steps"));
    }

    [Test]
    public void Fit_CancelledWhileRowsAreRead_IsCancelled()
    {
        var ml = new MLContext(0);
        using var cancellation = new CancellationTokenSource();
        int read = 0;
        IDataView data = ml.Transforms.CustomMapping<TextColumn, TextColumn>((from, to) =>
        {
            if (Interlocked.Increment(ref read) == 300)
                cancellation.Cancel();
            to.Text = from.Text;
        }, null).Fit(FineTuneRows.Keyed(ml, FineTuneRows.Make(6))).Transform(FineTuneRows.Keyed(ml, FineTuneRows.Make(20_000)));
        var options = new FineTuneOptions { Training = Training with { CancellationToken = cancellation.Token } };
        Assert.That(() => ml.MulticlassClassification.Trainers.FineTuneText(TrainableBackbones.Text(), options, new TextEmbeddingOptions()).Fit(data),
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That(read, Is.LessThan(10_000), "two windows, and what ML.NET reads ahead");
    }

    [Test]
    public void Fit_WithProgress_TellsStepsLossRateAndTimeLeft()
    {
        List<TrainingProgress> told = [];
        var ml = new MLContext(0);
        using FineTunedTransformer model = Fit(ml, new FineTuneOptions { Training = Training with { HeldOutFraction = 0.25, Progress = new Steps(told.Add) } }, FineTuneRows.Make(40));
        Assert.That(told.Select(t => t.StepCount).Distinct(), Has.One.Items);
        Assert.That(told[^1].Step, Is.EqualTo(told[0].StepCount));
        Assert.That(told.Where(t => t.HeldOutLoss is not null).Select(t => t.Epoch), Is.EqualTo(new[] { 1, 2, 3 }));
        Assert.That(told.Where(t => t.HeldOutLoss is not null).Select(t => t.Metric), Has.All.InRange(0, 1));
        Assert.That(told[0].TimeLeft, Is.GreaterThan(TimeSpan.Zero));
        Assert.That(told[0].RowsPerSecond, Is.Positive);
    }

    [Test]
    public void Fit_EarlyStopping_KeepsTheBestEpochsWeights()
    {
        var ml = new MLContext(0);
        List<TrainingProgress> told = [];
        // Labels at random: what is learnt by heart does not help the rows held out.
        FineTuneRow[] rows = FineTuneRows.Make(60);
        var random = new Random(3);
        foreach (FineTuneRow row in rows)
            row.Class = random.Next(2) == 0 ? "alike" : "other";
        var options = new FineTuneOptions
        {
            Training = Training with { EpochCount = 100, HeldOutFraction = 0.3, EarlyStopping = new EarlyStopping { Patience = 2 }, SelectionCriterion = SelectionCriterion.Loss, Progress = new Steps(told.Add) },
        };
        using FineTunedTransformer model = Fit(ml, options, rows);
        TrainingProgress[] epochs = [.. told.Where(t => t.HeldOutLoss is not null)];
        Assert.That(model.EpochCount, Is.LessThan(100).And.EqualTo(epochs.Length));
        Assert.That(model.BestEpoch, Is.EqualTo(epochs.Index().MinBy(e => e.Item.HeldOutLoss).Index));
        Assert.That(model.EpochCount, Is.EqualTo(model.BestEpoch + 3));
    }

    [Test]
    public void Fit_WeightsOfRows_Count()
    {
        var ml = new MLContext(0);
        FineTuneRow[] rows = FineTuneRows.Make(40);
        float[] plain = Scores(Fit(ml, new FineTuneOptions { Training = Training }, rows), ml, rows);
        // Rows of weight 0 are as if they were not there.
        FineTuneRow[] half = [.. rows.Where((_, i) => i % 2 == 0)];
        foreach ((int i, FineTuneRow row) in rows.Index())
            row.Weight = i % 2 == 0 ? 3 : 0;
        float[] weighted = Scores(Fit(ml, new FineTuneOptions { Training = Training, WeightColumnName = "Weight", StartFromLinearHead = false, Dropout = 0 }, rows), ml, rows);
        Assert.That(weighted, Is.Not.EqualTo(plain).Within(1e-3f));
        // The order of rows depends on their indices, so a whole epoch is one batch here.
        FineTuneOptions whole = new() { Training = Training with { BatchSize = 64, Seed = 3 }, StartFromLinearHead = false, Dropout = 0 };
        Assert.That(Scores(Fit(ml, whole with { WeightColumnName = "Weight" }, rows), ml, rows), Is.EqualTo(Scores(Fit(ml, whole, half), ml, rows)).Within(1e-4f));
    }

    [TestCase(-1f)]
    [TestCase(float.NaN)]
    public void Fit_AWeightThatIsNone_NamesTheRow(float weight)
    {
        FineTuneRow[] rows = FineTuneRows.Make(10);
        rows[4].Weight = weight;
        Assert.That(() => Fit(new MLContext(0), new FineTuneOptions { WeightColumnName = "Weight" }, rows), Throws.InvalidOperationException.With.Message.Contains("'Weight'").And.Message.Contains("5"));
    }

    [Test]
    public void Fit_SoftLabels_AreLearnt()
    {
        var ml = new MLContext(0);
        FineTuneRow[] rows = FineTuneRows.Make(120);
        IDataView data = ml.Data.LoadFromEnumerable(rows);
        var options = new FineTuneOptions
        {
            LabelColumnName = "Soft",
            Freezing = FreezingPlan.Everything,
            Dropout = 0,
            Training = new TrainingOptions { EpochCount = 80, BatchSize = 20, LearningRate = 0.02 },
        };
        using FineTunedTransformer model = ml.MulticlassClassification.Trainers.FineTuneTensor(TrainableBackbones.Tensor(), options, new TensorEmbeddingOptions()).Fit(data);
        float[][] scores = Columns.Vectors(model.Transform(data), "Score");
        double error = scores.Zip(rows, (s, r) => Math.Abs(s[0] - r.Soft[0])).Average();
        Assert.That(error, Is.LessThan(0.06), "the probabilities themselves, 0.9 and 0.2, not the nearest class");
    }

    [Test]
    public void Fit_MissingLabels_AreSkippedAndCounted()
    {
        List<string> messages = [];
        var ml = Context(messages);
        FineTuneRow[] rows = FineTuneRows.Make(40);
        IDataView known = FineTuneRows.Keyed(ml, rows);
        FineTuneRow[] more = FineTuneRows.Make(43);
        more[5].Class = more[9].Class = more[40].Class = "never seen";
        IDataView data = ml.Transforms.Conversion.MapValueToKey("Label", nameof(FineTuneRow.Class), keyOrdinality: Microsoft.ML.Transforms.ValueToKeyMappingEstimator.KeyOrdinality.ByValue)
            .Fit(known).Transform(ml.Data.LoadFromEnumerable(more));
        using FineTunedTransformer model = ml.MulticlassClassification.Trainers.FineTuneText(TrainableBackbones.Text(), new FineTuneOptions { Training = Training }, new TextEmbeddingOptions()).Fit(data);
        Assert.That(messages, Has.One.Contains("skipped 3 rows whose label is missing"));
    }

    [Test]
    public void Evaluate_ALabelThatTrainingNeverSaw_CountsAsMissing_AndTheRowIsScored()
    {
        var ml = new MLContext(0);
        IDataView training = FineTuneRows.Keyed(ml, FineTuneRows.Make(40));
        var keys = ml.Transforms.Conversion.MapValueToKey("Label", nameof(FineTuneRow.Class)).Fit(training);
        FineTuneRow[] test = FineTuneRows.Make(20, seed: 3);
        test[2].Class = "never seen";
        using FineTunedTransformer model = Fit(ml, new FineTuneOptions { Training = Training }, FineTuneRows.Make(40));
        IDataView scored = model.Transform(keys.Transform(ml.Data.LoadFromEnumerable(test)));
        Assert.That(Columns.Vectors(scored, "Score")[2].Sum(), Is.EqualTo(1).Within(1e-5));
        MulticlassClassificationMetrics metrics = ml.MulticlassClassification.Evaluate(scored);
        Assert.That(metrics.ConfusionMatrix.Counts.Sum(row => row.Sum()), Is.EqualTo(19), "ML.NET's evaluator leaves rows of a missing label out");
    }

    private static byte[] Save(FineTuneOptions options, TextEmbeddingOptions? text = null, int rows = 40)
    {
        var ml = new MLContext(1);
        IDataView data = FineTuneRows.Keyed(ml, FineTuneRows.Make(rows));
        using FineTunedTransformer model = ml.MulticlassClassification.Trainers.FineTuneText(TrainableBackbones.Text(), options with { Freezing = FreezingPlan.LastBlocks(1) },
            text ?? new TextEmbeddingOptions()).Fit(data);
        return MemoryFile.Save(ml, model, data.Schema);
    }

    private static FineTunedTransformer Fit(MLContext ml, FineTuneOptions options, FineTuneRow[] rows) =>
        ml.MulticlassClassification.Trainers.FineTuneText(TrainableBackbones.Text(), options with { Freezing = FreezingPlan.LastBlocks(1) }, new TextEmbeddingOptions()).Fit(FineTuneRows.Keyed(ml, rows));

    private static float[] Scores(FineTunedTransformer model, MLContext ml, FineTuneRow[] rows)
    {
        using (model)
            return [.. Columns.Vectors(model.Transform(FineTuneRows.Keyed(ml, rows)), "Score").SelectMany(s => s)];
    }

    private static MLContext Context(List<string> messages)
    {
        var ml = new MLContext(0);
        ml.Log += (_, e) =>
        {
            lock (messages)
                messages.Add(e.Message);
        };
        return ml;
    }

    private sealed class Steps(Action<TrainingProgress> onStep) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => onStep(value);
    }

    private sealed class TextColumn
    {
        public string Text { get; set; } = "";
    }
}
