using Microsoft.ML;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Distillation;

/// <summary>A backbone learns the features of another, of any size.</summary>
internal sealed class DistillBackboneTests
{
    private static readonly string[] Words = ["red", "blue", "green", "car", "bus", "train", "runs", "stops", "fast", "slowly", "today", "never", "the", "a", "big", "small"];

    private readonly MLContext _ml = new(0);
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("mltransfer-distilled-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [TestCase(48, 32)]
    [TestCase(32, 32)]
    [TestCase(24, 32)]
    public void DistillBackbone_TeacherLargerEqualOrSmaller_IsFollowed(int teacherSize, int studentSize)
    {
        string[] texts = Texts(600, 1), others = Texts(40, 2);
        Backbone teacher = Static(texts, teacherSize, 5), student = Static(texts, studentSize, 6);
        DistilledBackbone result = _ml.Transfer().DistillBackbone(teacher, student, Rows(texts), Options(30));
        Assert.That(result.Report.HeldOutAgreement, Is.GreaterThan(0.97));
        Assert.That((result.Report.TeacherRowsRun, result.Report.RowCount, result.Report.LabelledRowCount), Is.EqualTo((texts.Distinct().LongCount(), 600, 0)));
        float[][] wanted = Features(teacher, others), before = Features(student, others), after = Features(result.Backbone, others);
        Assert.That(after[0], Has.Length.EqualTo(studentSize));
        // How alike two texts are is what every size can take over: 16 words span no more than 16 axes.
        Assert.That(Likeness(wanted, after), Is.GreaterThan(0.95).And.GreaterThan(Likeness(wanted, before) + 0.1));
        if (teacherSize == studentSize)
            Assert.That(wanted.Zip(after, Cosine).Average(), Is.GreaterThan(0.97), "it can take the teacher's place, heads and all");
        if (teacherSize < studentSize)
            Assert.That(after.SelectMany(f => f[teacherSize..]).Average(Math.Abs), Is.LessThan(0.2 * after.SelectMany(f => f[..teacherSize]).Average(Math.Abs)), "zeros follow");
        Assert.That(Features(student, others), Is.EqualTo(before), "the student that was given is as it was");
    }

    [TestCase(48)]
    [TestCase(24)]
    public void DistillBackbone_StudentThatStartsFromTheTeacher_AgreesBeforeItHasLearntMuch(int dimension)
    {
        string[] texts = Texts(400, 1);
        Backbone teacher = Static(texts, 48, 5);
        Backbone student = StudentBackbones.StaticText(texts, new StaticTextOptions { Dimension = dimension, Teacher = teacher });
        DistilledBackbone result = _ml.Transfer().DistillBackbone(teacher, student, Rows(texts), new DistillBackboneOptions
        {
            FineTuning = DistillBackboneOptions.DefaultFineTuning with
            {
                Training = DistillBackboneOptions.DefaultFineTuning.Training with { EpochCount = 1, BatchSize = 400, LearningRate = 1e-6, HeldOutFraction = 0.1 },
            },
        });
        // Of 16 words 16 axes hold all; what is left is the weighting of words. With the axes as they come it is below 0.3.
        Assert.That(result.Report.HeldOutAgreement, Is.GreaterThan(0.85));
    }

    [Test]
    public void DistillBackbone_Tensors_AreTaught()
    {
        TensorRow[] rows = Numbers(400, 1), others = Numbers(40, 2);
        Backbone teacher = TrainableBackbones.Tensor();
        Backbone student = StudentBackbones.PerceptronTensor(3, new PerceptronTensorOptions { HiddenUnits = [16], OutputDimension = TrainableBackbones.TensorDimension });
        DistilledBackbone result = _ml.Transfer().DistillBackbone(teacher, student, _ml.Data.LoadFromEnumerable(rows), Options(40));
        Assert.That(result.Report.HeldOutAgreement, Is.GreaterThan(0.97));
        Assert.That(TensorFeatures(teacher, others).Zip(TensorFeatures(result.Backbone, others), Cosine).Average(), Is.GreaterThan(0.97));
    }

    [Test]
    public void DistillBackbone_Saved_GivesTheSameFeaturesWhenOpenedAgain()
    {
        string[] texts = Texts(60, 1);
        DistilledBackbone result = _ml.Transfer().DistillBackbone(Static(texts, 16, 5), Static(texts, 16, 6), Rows(texts), Options(2));
        string folder = Path.Combine(_folder, "student");
        result.Backbone.Save(folder);
        Assert.That(Features(Backbone.Open(folder), texts), Is.EqualTo(Features(result.Backbone, texts)));
        Assert.That(result.Backbone.Sha256, Is.Not.EqualTo(Static(texts, 16, 6).Sha256));
    }

    [Test]
    public void DistillBackbone_ASecondTime_RunsTheTeacherForNoRow_AndGivesTheSameStudent()
    {
        string[] texts = Texts(80, 1);
        DistillBackboneOptions options = Options(2) with { CacheFolder = _folder, TeacherBatchSize = 16 };
        DistilledBackbone[] results = [.. Enumerable.Range(0, 2).Select(_ => new MLContext(0).Transfer().DistillBackbone(Static(texts, 16, 5), Static(texts, 8, 6), Rows(texts), options))];
        int distinct = texts.Distinct().Count();
        Assert.That(results.Select(r => (r.Report.TeacherRowsRun, r.Report.TeacherRowsCached)), Is.EqualTo(new[] { ((long)distinct, 0L), (0L, distinct) }));
        Assert.That(results[1].Backbone.Sha256, Is.EqualTo(results[0].Backbone.Sha256));
    }

    [TestCase("hint")]
    [TestCase("distance")]
    [TestCase("angle")]
    public void DistillBackbone_OtherLosses_Train(string name)
    {
        string[] texts = Texts(200, 1), others = Texts(30, 2);
        Backbone teacher = Static(texts, 16, 5), student = Static(texts, 16, 6);
        DistillationLoss loss = name switch
        {
            "hint" => DistillationLoss.Hint(16),
            "distance" => DistillationLoss.RelationalDistance(),
            _ => DistillationLoss.RelationalAngle(),
        };
        DistilledBackbone result = _ml.Transfer().DistillBackbone(teacher, student, Rows(texts), Options(20) with { Losses = [loss] });
        float[][] wanted = Features(teacher, others);
        Assert.That(Likeness(wanted, Features(result.Backbone, others)), Is.GreaterThan(name == "angle" ? 0.55 : 0.8).And.GreaterThan(Likeness(wanted, Features(student, others)) + 0.2));
    }

    [Test]
    public void DistillBackbone_RowsOfWeightZero_PlayNoPart()
    {
        string[] texts = Texts(60, 1), changed = [.. texts.Select((t, i) => i % 3 == 0 ? "never never never" : t)];
        DistillBackboneOptions options = Options(2) with { Losses = [DistillationLoss.Cosine()], FineTuning = Options(2).FineTuning with { WeightColumnName = "Weight", Training = Training(2) with { HeldOutFraction = 0 } } };
        string Train(string[] given, DistillBackboneOptions o) =>
            new MLContext(0).Transfer().DistillBackbone(Static(texts, 16, 5), Static(texts, 16, 6), _ml.Data.LoadFromEnumerable(given.Select((t, i) => new TextRow { Text = t, Weight = i % 3 == 0 ? 0 : 1 })), o).Backbone.Sha256;
        Assert.That(Train(changed, options), Is.EqualTo(Train(texts, options)));
        Assert.That(Train(changed, options with { FineTuning = options.FineTuning with { WeightColumnName = null } }), Is.Not.EqualTo(Train(texts, options)));
    }

    [Test]
    public void DistillBackbone_WrongInputs_AreNamedBeforeTheTeacherRuns()
    {
        string[] texts = Texts(20, 1);
        Backbone text = Static(texts, 16, 5), tensor = TrainableBackbones.Tensor();
        IDataView rows = Rows(texts);
        TransferOperations operations = _ml.Transfer();
        Assert.That(() => operations.DistillBackbone(text, tensor, rows),
            Throws.ArgumentException.With.Message.Contains("student-static-text").And.Message.Contains("reads Text").And.Message.Contains("trainable-tensor").And.Message.Contains("reads Tensor"));
        Assert.That(() => operations.DistillBackbone(text, text, rows, Options(1) with { Losses = [DistillationLoss.Hinton()] }),
            Throws.ArgumentException.With.Message.Contains("Hinton").And.Message.Contains("nothing to act on").And.Message.Contains("Cosine"));
        Assert.That(() => operations.DistillBackbone(text, text, rows, Options(1) with { InputColumnName = "Sentence" }), Throws.ArgumentException.With.Message.Contains("'Sentence'"));
        var told = new List<DistillationProgress>();
        DistillBackboneOptions weighted = Options(1) with { TeacherProgress = new Told(told.Add), FineTuning = Options(1).FineTuning with { WeightColumnName = "missing" } };
        Assert.That(() => operations.DistillBackbone(text, text, rows, weighted), Throws.ArgumentException.With.Message.Contains("'missing'"));
        Assert.That(told, Is.Empty);
        Assert.That(() => operations.DistillBackbone(TinyMediaBackbones.Image(), TinyMediaBackbones.Image(), rows), Throws.TypeOf<NotSupportedException>().With.Message.Contains("DistillImageBackbone"));
        Assert.That(() => operations.DistillBackbone(text, text, _ml.Data.FilterRowsByColumn(rows, "Weight", lowerBound: 5)), Throws.InvalidOperationException.With.Message.Contains("no training rows"));
    }

    [Test]
    public void DistillBackbone_CancelledWhileTheTeacherRuns_Throws_AndLaterReturnsTheBestSoFar()
    {
        string[] texts = Texts(80, 1);
        using var early = new CancellationTokenSource();
        using var late = new CancellationTokenSource();
        DistillBackboneOptions Cancellable(CancellationToken token, IProgress<TrainingProgress>? progress = null) =>
            Options(40) with { TeacherBatchSize = 16, FineTuning = Options(40).FineTuning with { Training = Training(40) with { CancellationToken = token, Progress = progress } } };
        Assert.That(() => _ml.Transfer().DistillBackbone(Static(texts, 16, 5), Static(texts, 16, 6), Rows(texts), Cancellable(early.Token) with { TeacherProgress = new Told(_ => early.Cancel()) }),
            Throws.InstanceOf<OperationCanceledException>());
        var progress = new Stepped(step =>
        {
            if (step == 3)
                late.Cancel();
        });
        DistilledBackbone result = _ml.Transfer().DistillBackbone(Static(texts, 16, 5), Static(texts, 16, 6), Rows(texts), Cancellable(late.Token, progress));
        Assert.That(result.Report.StepCount, Is.EqualTo(3));
    }

    private static TrainingOptions Training(int epochCount) =>
        DistillBackboneOptions.DefaultFineTuning.Training with { EpochCount = epochCount, BatchSize = 64, LearningRate = 1e-2, HeldOutFraction = 0.1, Seed = 1 };

    private static DistillBackboneOptions Options(int epochCount) => new() { InputColumnName = null, FineTuning = DistillBackboneOptions.DefaultFineTuning with { Training = Training(epochCount) } };

    private static Backbone Static(string[] texts, int dimension, int seed) => StudentBackbones.StaticText(texts, new StaticTextOptions { Dimension = dimension, Seed = seed });

    private static string[] Texts(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => string.Join(' ', Enumerable.Range(0, random.Next(3, 9)).Select(_ => Words[random.Next(Words.Length)])))];
    }

    private static TensorRow[] Numbers(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => new TensorRow { Features = [.. Enumerable.Range(0, 3).Select(_ => 2 * random.NextSingle() - 1)] })];
    }

    private IDataView Rows(string[] texts) => _ml.Data.LoadFromEnumerable(texts.Select(t => new TextRow { Text = t }));

    private float[][] Features(Backbone backbone, string[] texts)
    {
        IDataView rows = Rows(texts);
        using TextEmbeddingTransformer model = _ml.Transforms.EmbedText("Out", backbone, "Text").Fit(rows);
        return Columns.Vectors(model.Transform(rows), "Out");
    }

    private float[][] TensorFeatures(Backbone backbone, TensorRow[] rows)
    {
        IDataView data = _ml.Data.LoadFromEnumerable(rows);
        using TensorEmbeddingTransformer model = _ml.Transforms.EmbedTensor("Out", backbone, "Features").Fit(data);
        return Columns.Vectors(model.Transform(data), "Out");
    }

    /// <summary>The correlation of the cosines of all pairs on both sides.</summary>
    private static double Likeness(float[][] a, float[][] b)
    {
        (int, int)[] pairs = [.. Enumerable.Range(0, a.Length).SelectMany(i => Enumerable.Range(0, i).Select(j => (i, j)))];
        double[] x = [.. pairs.Select(p => Cosine(a[p.Item1], a[p.Item2]))], y = [.. pairs.Select(p => Cosine(b[p.Item1], b[p.Item2]))];
        double meanX = x.Average(), meanY = y.Average();
        return x.Zip(y, (u, v) => (u - meanX) * (v - meanY)).Sum() / Math.Sqrt(x.Sum(u => (u - meanX) * (u - meanX)) * y.Sum(v => (v - meanY) * (v - meanY)));
    }

    private static double Cosine(float[] a, float[] b) => a.Zip(b, (x, y) => (double)x * y).Sum() / Math.Sqrt(a.Sum(x => (double)x * x) * b.Sum(y => (double)y * y));

    private sealed class TextRow
    {
        public string Text { get; set; } = "";

        public float Weight { get; set; } = 1;
    }

    private sealed class TensorRow
    {
        [Microsoft.ML.Data.VectorType(3)]
        public float[] Features { get; set; } = [];
    }

    private sealed class Told(Action<DistillationProgress> tell) : IProgress<DistillationProgress>
    {
        public void Report(DistillationProgress value) => tell(value);
    }

    private sealed class Stepped(Action<long> tell) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => tell(value.Step);
    }
}
