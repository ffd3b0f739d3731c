using Microsoft.ML;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Distillation;

/// <summary>What training a student does: each term falls, labels count where there are some, and it can be stopped and resumed.</summary>
internal sealed class DistilledTrainingTests
{
    private static readonly TrainingOptions Plain = new()
    {
        EpochCount = 5,
        BatchSize = 1000,
        Optimizer = Optimizer.Sgd(momentum: 0),
        Schedule = LearningRateSchedule.Constant(),
        WeightDecay = 0,
        GradientClipNorm = null,
        HeldOutFraction = 0,
        Seed = 4,
    };

    private readonly MLContext _ml = new(0);
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("mltransfer-distilled-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    private static IEnumerable<TestCaseData> Terms =>
    [
        Term(DistillationLoss.Hard(1), false, false),
        Term(DistillationLoss.Hinton(3, 1), true, false),
        Term(DistillationLoss.Decoupled(weight: 1), true, false),
        Term(DistillationLoss.Hint(1), false, true),
        Term(DistillationLoss.Cosine(1), false, true),
        Term(DistillationLoss.RelationalDistance(1), false, true),
        Term(DistillationLoss.RelationalAngle(1), false, true),
        Term(DistillationLoss.Similarity(weight: 1), false, true),
    ];

    [TestCaseSource(nameof(Terms))]
    public void Fit_EachTerm_FallsOnRowsHeldOut(DistillationLoss loss, bool ofScores, bool ofFeatures)
    {
        IDataView rows = Rows(150, 2);
        var seen = new List<double>();
        var training = new TrainingOptions { EpochCount = 25, LearningRate = 0.01, HeldOutFraction = 0.2, Seed = 2, Progress = new Told(p => seen.AddRange(p.HeldOutLoss is double l ? [l] : [])) };
        // Labels count next to nothing beside a term on features.
        using DistilledTransformer student = Fit(rows, new DistilledOptions
        {
            Teacher = ofScores ? Scores() : null,
            FeatureTeacher = ofFeatures ? Features() : null,
            Student = Hidden(training),
            Losses = ofFeatures ? [DistillationLoss.Hard(1e-9), loss] : [loss],
        });
        Assert.That(seen, Has.Count.EqualTo(25));
        Assert.That(seen.Min(), Is.LessThan(0.8 * seen[0]), string.Join(", ", seen));
        Assert.That(student.Report.HeldOutLoss, Is.EqualTo(seen.Min()).Within(1e-9), "the best weights are kept");
    }

    [Test]
    public void Fit_TermOfLabels_CountsLabelledRowsAlone_AsAShareOfAll()
    {
        DistillRow[] all = DistillRows.Make(24, 2);
        DistillRow[] labelled = [.. all.Where(r => r.Class.Length > 0)];
        DistillRow[] moved = DistillRows.Make(24, 2);
        foreach (DistillRow row in moved.Where(r => r.Class.Length == 0))
            row.Obs = [7, -7, 3];
        DistilledOptions Options(double rate) => new() { Student = Whole(Plain with { LearningRate = rate }), Losses = [DistillationLoss.Hard(1)] };
        IDataView test = Rows(30, 1, seed: 3);
        // Half of the rows have a label: the sum over all rows' weights is twice as large, the gradient half.
        using DistilledTransformer one = Fit(DistillRows.Keyed(_ml, all), Options(0.5)), other = Fit(DistillRows.Keyed(_ml, labelled), Options(0.25)), third = Fit(DistillRows.Keyed(_ml, moved), Options(0.5));
        float[] expected = Flat(other, test);
        Assert.That(labelled, Has.Length.EqualTo(12));
        Assert.That(Flat(one, test), Is.EqualTo(expected).Within(1e-5f));
        Assert.That(Flat(third, test), Is.EqualTo(Flat(one, test)), "what stands in rows without a label plays no part");
        using DistilledTransformer faster = Fit(DistillRows.Keyed(_ml, labelled), Options(0.5));
        Assert.That(Flat(faster, test), Is.Not.EqualTo(expected).Within(1e-3f), "the rate does play one");
    }

    [Test]
    public void Fit_RowOfWeightTwo_IsTheRowTwice()
    {
        DistillRow[] rows = DistillRows.Make(12, 2);
        DistillRow[] twice = [.. rows, .. rows.Take(5)];
        for (int i = 0; i < rows.Length; i++)
            rows[i].Weight = i < 5 ? 2 : 1;
        DistilledOptions options = new() { Teacher = Scores(), Student = Whole(Plain with { LearningRate = 0.5 }) };
        IDataView test = Rows(30, 1, seed: 3);
        using DistilledTransformer weighted = Fit(DistillRows.Keyed(_ml, rows), options with { WeightColumnName = "Weight" }), doubled = Fit(DistillRows.Keyed(_ml, twice), options), plain = Fit(DistillRows.Keyed(_ml, rows), options);
        Assert.That(Flat(weighted, test), Is.EqualTo(Flat(doubled, test)).Within(1e-5f));
        Assert.That(Flat(plain, test), Is.Not.EqualTo(Flat(doubled, test)).Within(1e-4f));
    }

    [Test]
    public void Fit_Schedule_ChangesWhatIsLearnt_AndAConstantOneDoesNot()
    {
        IDataView rows = Rows(40, 2);
        byte[] Bytes(DistillationLoss hard)
        {
            using DistilledTransformer student = Fit(rows, new DistilledOptions { Teacher = Scores(), Student = Hidden(new TrainingOptions { EpochCount = 3, Seed = 1 }), Losses = [hard, DistillationLoss.Hinton()] });
            return [.. MemoryFile.Entries(MemoryFile.Save(_ml, student, rows.Schema)).Values.SelectMany(v => v)];
        }
        byte[] constant = Bytes(DistillationLoss.Hard());
        Assert.That(Bytes(DistillationLoss.Hard().WithSchedule(1, 1)), Is.EqualTo(constant));
        Assert.That(Bytes(DistillationLoss.Hard().WithSchedule(2, 0)), Is.Not.EqualTo(constant));
    }

    [Test]
    public void Fit_EarlyStoppingOnAgreement_KeepsTheEpochThatAgreesBest()
    {
        var seen = new List<double>();
        var training = new TrainingOptions
        {
            EpochCount = 300,
            LearningRate = 0.02,
            Schedule = LearningRateSchedule.Constant(),
            HeldOutFraction = 0.3,
            Seed = 2,
            SelectionCriterion = SelectionCriterion.Metric,
            EarlyStopping = new EarlyStopping { Patience = 5 },
            Progress = new Told(p => seen.AddRange(p.Metric is double m ? [m] : [])),
        };
        using DistilledTransformer student = Fit(Rows(90, 3), new DistilledOptions { Teacher = Scores(), Student = Hidden(training) });
        Assert.That(student.Report.EpochCount, Is.LessThan(300).And.EqualTo(seen.Count));
        Assert.That(student.Report.HeldOutAgreement, Is.EqualTo(seen.Max()));
        Assert.That(student.Report.BestEpoch, Is.EqualTo(seen.IndexOf(seen.Max())));
        Assert.That(seen.Max(), Is.GreaterThan(0.8).And.LessThanOrEqualTo(1));
    }

    [Test]
    public void Fit_CancelledWhileItTrains_ReturnsTheBestSoFar()
    {
        using var cancellation = new CancellationTokenSource();
        var training = new TrainingOptions
        {
            EpochCount = 50,
            BatchSize = 8,
            Seed = 2,
            CancellationToken = cancellation.Token,
            Progress = new Told(p =>
            {
                if (p.Step == 12)
                    cancellation.Cancel();
            }),
        };
        IDataView rows = Rows(40, 2);
        using DistilledTransformer student = Fit(rows, new DistilledOptions { Teacher = Scores(), Student = Hidden(training) });
        Assert.That(student.Report.StepCount, Is.EqualTo(12));
        Assert.That(Flat(student, rows), Has.All.Matches<float>(float.IsFinite));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Fit_CancelledAndBegunAgainFromItsCheckpoint_GivesTheSameBytes_ButNotWithAnotherTeacher(bool backbone)
    {
        IDataView rows = Rows(40, 2);
        using var cancellation = new CancellationTokenSource();
        TrainingOptions training = new() { EpochCount = 6, BatchSize = 8, LearningRate = 1e-2, Seed = 2 };
        TrainingOptions resumable = training with { CheckpointPath = Path.Combine(_folder, "run.checkpoint"), CheckpointEverySteps = 4 };
        TrainingOptions cancelled = resumable with
        {
            CancellationToken = cancellation.Token,
            Progress = new Told(p =>
            {
                if (p.Step == 13)
                    cancellation.Cancel();
            }),
        };
        DistilledOptions Options(TrainingOptions t) => new()
        {
            Teacher = Scores(),
            Student = backbone ? Student.Tensor(TrainableBackbones.Tensor(), new FineTuneOptions { Freezing = FreezingPlan.Everything, Training = t }, new TensorEmbeddingOptions()) : Hidden(t),
            Losses = [DistillationLoss.Hard().WithSchedule(0, 1), DistillationLoss.Hinton()],
        };
        byte[] Bytes(DistilledOptions options)
        {
            using DistilledTransformer student = Fit(rows, options);
            return [.. MemoryFile.Entries(MemoryFile.Save(_ml, student, rows.Schema)).Values.SelectMany(v => v)];
        }
        byte[] whole = Bytes(Options(training));
        Assert.That(Bytes(Options(cancelled)), Is.Not.EqualTo(whole));
        DistilledOptions again = Options(resumable);
        ITransformer other = _ml.MulticlassClassification.Trainers.LinearHead("Label", nameof(DistillRow.Hint), regularization: 3).Fit(Rows(40, 1));
        DistillationLoss hotter = DistillationLoss.Hinton(5), rising = DistillationLoss.Hard().WithSchedule(0, 2);
        foreach (DistilledOptions changed in new[] { again with { Teacher = Teacher.FromModel(other) }, again with { Losses = [again.Losses[0], hotter] }, again with { Losses = [rising, again.Losses[1]] }, again with { WeightColumnName = "Weight" } })
            Assert.That(() => Bytes(changed), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("another training"));
        Assert.That(Bytes(again), Is.EqualTo(whole));
    }

    [Test]
    public void Fit_FeaturesOfOneSize_AreTakenOver()
    {
        IDataView rows = Rows(120, 2);
        Teacher teacher = Features();
        MlpHeadOptions head = new() { FeatureColumnName = "obs", HiddenUnits = [DistillRow.HintCount], Activation = HeadActivation.Gelu, MinimumStepCount = 0, Training = new TrainingOptions { EpochCount = 60, LearningRate = 0.01, Seed = 1 } };
        using DistilledTransformer student = Fit(rows, new DistilledOptions { FeatureTeacher = teacher, Student = Student.Head(head), Losses = [DistillationLoss.Hard(), DistillationLoss.Hint(5)] });
        Assert.That(student.Head.HiddenUnits, Is.EqualTo(new[] { 4 }));
        Assert.That(_ml.MulticlassClassification.Evaluate(student.Transform(Rows(90, 1, seed: 8))).MicroAccuracy, Is.GreaterThan(0.85));
    }

    private static TestCaseData Term(DistillationLoss loss, bool ofScores, bool ofFeatures) => new TestCaseData(loss, ofScores, ofFeatures).SetArgDisplayNames($"{loss}");

    private IDataView Rows(int count, int labelledEvery, int seed = 0) => DistillRows.Keyed(_ml, DistillRows.Make(count, labelledEvery, seed));

    private Teacher Scores() => Teacher.FromModel(DistillRows.FitTeacher(_ml, "multiclass"));

    private Teacher Features() => Teacher.FromFeatures(_ml.Transforms.CopyColumns("Copy", nameof(DistillRow.Hint)).Fit(Rows(3, 1)), "Copy");

    private static Student Hidden(TrainingOptions training) => Student.Head(new MlpHeadOptions { FeatureColumnName = "obs", HiddenUnits = [8], MinimumStepCount = 0, Training = training });

    /// <summary>Trained as a whole from random weights, its inputs as they are: nothing depends on the rows but the gradient.</summary>
    private static Student Whole(TrainingOptions training) => Student.Tensor(TrainableBackbones.Tensor(),
        new FineTuneOptions { Freezing = FreezingPlan.Everything, StartFromLinearHead = false, Dropout = 0, HeadLearningRateFactor = 1, Training = training }, new TensorEmbeddingOptions());

    private DistilledTransformer Fit(IDataView rows, DistilledOptions options) => _ml.MulticlassClassification.Trainers.Distilled(options).Fit(rows);

    private static float[] Flat(DistilledTransformer student, IDataView rows) => [.. Columns.Vectors(student.Transform(rows), "Score").SelectMany(s => s)];

    private sealed class Told(Action<TrainingProgress> tell) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => tell(value);
    }
}
