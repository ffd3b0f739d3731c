using Microsoft.ML;
using MLTransfer.Distillation;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Distillation;

/// <summary>What a teacher said is asked for once.</summary>
internal sealed class TeacherCacheTests
{
    private readonly MLContext _ml = new(0);
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("mltransfer-taught-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Fit_ASecondTime_RunsTheTeacherForNoRow_AndGivesTheSameStudent()
    {
        IDataView rows = DistillRows.Keyed(_ml, DistillRows.Make(40, 2));
        var teacher = new CountingTeacher(_ml, rows, DistillRows.FitTeacher(_ml, "multiclass"));
        using DistilledTransformer first = Fit(teacher.Model, rows);
        Assert.That((first.Report.TeacherRowsRun, first.Report.TeacherRowsCached), Is.EqualTo((40, 0)));
        Assert.That(teacher.Rows, Has.Count.EqualTo(40));
        using DistilledTransformer second = Fit(teacher.Model, rows);
        Assert.That((second.Report.TeacherRowsRun, second.Report.TeacherRowsCached), Is.EqualTo((0, 40)));
        Assert.That(teacher.Rows, Has.Count.EqualTo(40), "the teacher's own count");
        Assert.That(MemoryFile.Entries(MemoryFile.Save(_ml, second, rows.Schema)), Is.EqualTo(MemoryFile.Entries(MemoryFile.Save(_ml, first, rows.Schema))));
    }

    [Test]
    public void Fit_WithoutCacheFolder_RunsTheTeacherAnew()
    {
        IDataView rows = DistillRows.Keyed(_ml, DistillRows.Make(40, 2));
        var teacher = new CountingTeacher(_ml, rows, DistillRows.FitTeacher(_ml, "multiclass"));
        for (int run = 1; run <= 2; run++)
        {
            using DistilledTransformer student = Fit(teacher.Model, rows, o => o with { CacheFolder = null });
            Assert.That(student.Report.TeacherRowsRun, Is.EqualTo(40));
            Assert.That(teacher.Rows, Has.Count.EqualTo(40 * run));
        }
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Fit_RowsThatAreTwice_AreRunOnce(bool cached)
    {
        DistillRow[] distinct = DistillRows.Make(30, 2);
        IDataView rows = DistillRows.Keyed(_ml, [.. distinct.SelectMany(r => new[] { r, r }), .. distinct.Take(7)]);
        var teacher = new CountingTeacher(_ml, rows, DistillRows.FitTeacher(_ml, "multiclass"));
        using DistilledTransformer student = Fit(teacher.Model, rows, o => o with { CacheFolder = cached ? _folder : null });
        Assert.That((student.Report.TeacherRowsRun, student.Report.RowCount), Is.EqualTo((30, 67)));
        Assert.That(teacher.Rows, Has.Count.EqualTo(30));
        float[] said = Signal(Teacher.FromModel(teacher.Model), rows, new TeacherCount()).Classes([.. DistillRows.Classes], areNamed: true);
        float[][] answers = [.. said.Chunk(3)];
        Assert.That(Enumerable.Range(0, 67).Select(i => answers[i]), Is.EqualTo(Enumerable.Range(0, 67).Select(i => answers[i < 60 ? i / 2 * 2 : 2 * (i - 60)])), "each row has its own answer");
        Assert.That(said.Distinct().Count(), Is.GreaterThan(80));
    }

    [Test]
    public void Fit_SomeRowsMore_RunsOnlyThose()
    {
        DistillRow[] all = DistillRows.Make(50, 2);
        IDataView rows = DistillRows.Keyed(_ml, all);
        var teacher = new CountingTeacher(_ml, rows, DistillRows.FitTeacher(_ml, "multiclass"));
        Fit(teacher.Model, DistillRows.Keyed(_ml, all.Where((_, i) => i % 4 != 0))).Dispose();
        using DistilledTransformer student = Fit(teacher.Model, rows);
        Assert.That((student.Report.TeacherRowsRun, student.Report.TeacherRowsCached), Is.EqualTo((13, 37)));
        Assert.That(teacher.Rows.Skip(37).Select(h => h[0]), Is.EquivalentTo(all.Where((_, i) => i % 4 == 0).Select(r => r.Hint[0])));
    }

    [TestCase("head")]
    [TestCase("maximum entropy")]
    [TestCase("chain")]
    public void Fit_ModelLoadedFromItsFile_IsTheSameTeacher(string kind)
    {
        IDataView rows = DistillRows.Keyed(_ml, DistillRows.Make(40, 2));
        ITransformer model = kind switch
        {
            "head" => DistillRows.FitTeacher(_ml, "multiclass"),
            "maximum entropy" => _ml.MulticlassClassification.Trainers.SdcaMaximumEntropy("Label", nameof(DistillRow.Hint)).Fit(rows),
            _ => _ml.Transforms.NormalizeMeanVariance("Scaled", nameof(DistillRow.Hint)).Append(_ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy("Label", "Scaled"))
                .Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedLabel")).Fit(rows),
        };
        Fit(model, rows).Dispose();
        ITransformer loaded = MemoryFile.Load(new MLContext(3), MemoryFile.Save(_ml, model, rows.Schema));
        Assert.That(ModelFingerprint.Of(loaded, "|Score"), Is.EqualTo(ModelFingerprint.Of(model, "|Score")));
        Assert.That(ModelFingerprint.Of(loaded, "|Probability"), Is.Not.EqualTo(ModelFingerprint.Of(model, "|Score")));
        using DistilledTransformer student = Fit(loaded, rows);
        Assert.That((student.Report.TeacherRowsRun, student.Report.TeacherRowsCached), Is.EqualTo((0, 40)));
    }

    [Test]
    public void Fit_AnotherModel_RunsAgain_AndBothAreKept()
    {
        IDataView rows = DistillRows.Keyed(_ml, DistillRows.Make(40, 2));
        ITransformer model = DistillRows.FitTeacher(_ml, "multiclass");
        ITransformer other = _ml.MulticlassClassification.Trainers.LinearHead("Label", nameof(DistillRow.Hint), regularization: 0.02).Fit(rows);
        long[] run = [.. new[] { model, other, model, other }.Select(m =>
        {
            using DistilledTransformer student = Fit(m, rows);
            return student.Report.TeacherRowsRun;
        })];
        Assert.That(run, Is.EqualTo(new[] { 40, 40, 0, 0 }));
    }

    [Test]
    public void Fit_SegmentOfAnotherModelUnderThisOnesName_IsRefused()
    {
        IDataView rows = DistillRows.Keyed(_ml, DistillRows.Make(20));
        ITransformer model = DistillRows.FitTeacher(_ml, "multiclass");
        Fit(_ml.MulticlassClassification.Trainers.LinearHead("Label", nameof(DistillRow.Hint), regularization: 0.02).Fit(rows), rows).Dispose();
        string foreign = Directory.GetFiles(_folder, "*", SearchOption.AllDirectories).Single();
        Fit(model, rows).Dispose();
        string own = Directory.GetFiles(_folder, "*", SearchOption.AllDirectories).Single(f => f != foreign);
        string copied = Path.Combine(Path.GetDirectoryName(own)!, Path.GetFileName(foreign));
        File.Copy(foreign, copied);
        Assert.That(() => Fit(model, rows), Throws.TypeOf<InvalidDataException>().With.Message.Contains(copied).And.Message.Contains("another model"));
        File.Delete(copied);
        using DistilledTransformer student = Fit(model, rows);
        Assert.That(student.Report.TeacherRowsRun, Is.Zero);
    }

    [Test]
    public void Fit_DamagedRecord_IsRunAgain()
    {
        IDataView rows = DistillRows.Keyed(_ml, DistillRows.Make(20));
        ITransformer model = DistillRows.FitTeacher(_ml, "multiclass");
        Fit(model, rows).Dispose();
        string file = Directory.GetFiles(_folder, "*", SearchOption.AllDirectories).Single();
        byte[] bytes = File.ReadAllBytes(file);
        // Within the numbers of the last record.
        bytes[^12] ^= 0x40;
        File.WriteAllBytes(file, bytes);
        using DistilledTransformer student = Fit(model, rows);
        Assert.That((student.Report.TeacherRowsRun, student.Report.TeacherRowsCached), Is.EqualTo((1, 19)));
        using DistilledTransformer mended = Fit(model, rows);
        Assert.That(mended.Report.TeacherRowsRun, Is.Zero);
    }

    [Test]
    public void Fit_CancelledBetweenBatches_KeepsWhatWasDone()
    {
        IDataView rows = DistillRows.Keyed(_ml, DistillRows.Make(50, 2));
        var teacher = new CountingTeacher(_ml, rows, DistillRows.FitTeacher(_ml, "multiclass"));
        using var cancellation = new CancellationTokenSource();
        var seen = new List<DistillationProgress>();
        var progress = new Told(p =>
        {
            seen.Add(p);
            if (p.RowsRun == 16)
                cancellation.Cancel();
        });
        Assert.That(() => Fit(teacher.Model, rows, o => o with { TeacherProgress = progress, Student = Short(new TrainingOptions { CancellationToken = cancellation.Token }) }),
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That(seen, Is.EqualTo(new[] { new DistillationProgress(0, 0, 0, 50), new DistillationProgress(8, 8, 0, 50), new DistillationProgress(16, 16, 0, 50) }));
        seen.Clear();
        using DistilledTransformer student = Fit(teacher.Model, rows, o => o with { TeacherProgress = progress });
        Assert.That((student.Report.TeacherRowsRun, student.Report.TeacherRowsCached), Is.EqualTo((34, 16)));
        Assert.That(teacher.Rows, Has.Count.EqualTo(50), "no row was run twice");
        Assert.That(seen[0], Is.EqualTo(new DistillationProgress(16, 0, 16, 50)));
        Assert.That(seen[^1], Is.EqualTo(new DistillationProgress(50, 34, 16, 50)));
    }

    [Test]
    public void Fit_TeacherThatFails_KeepsTheBatchesBefore()
    {
        DistillRow[] all = DistillRows.Make(50, 2);
        IDataView rows = DistillRows.Keyed(_ml, all);
        bool isBroken = true;
        var teacher = new CountingTeacher(_ml, rows, DistillRows.FitTeacher(_ml, "multiclass"), hint =>
        {
            if (isBroken && hint[0] == all[21].Hint[0])
                throw new InvalidOperationException("out of order");
        });
        Assert.That(() => Fit(teacher.Model, rows), Throws.InvalidOperationException.With.Message.Contains("out of order"));
        isBroken = false;
        using DistilledTransformer student = Fit(teacher.Model, rows);
        Assert.That((student.Report.TeacherRowsRun, student.Report.TeacherRowsCached), Is.EqualTo((34, 16)));
    }

    [Test]
    public void Features_OfColumnsInAnotherOrder_AreThoseOfTheirNames()
    {
        ITransformer model = _ml.Transforms.Concatenate("Both", "First", "Second").Fit(_ml.Data.LoadFromEnumerable([new Forwards()]));
        Teacher teacher = Teacher.FromFeatures(model, "Both");
        var count = new TeacherCount();
        (float[] one, _) = Signal(teacher, _ml.Data.LoadFromEnumerable([new Forwards { First = 1, Second = 2 }]), count).Features();
        (float[] other, _) = Signal(teacher, _ml.Data.LoadFromEnumerable([new Backwards { First = 2, Second = 1 }, new Backwards { First = 1, Second = 2 }]), count).Features();
        Assert.That(one, Is.EqualTo(new float[] { 1, 2 }));
        Assert.That(other, Is.EqualTo(new float[] { 2, 1, 1, 2 }));
        Assert.That((count.RunRows, count.CachedRows), Is.EqualTo((2L, 1L)), "the same row is known in whatever order its columns lie");
    }

    [Test]
    public void Estimates_OfAFileThatChanged_AreRunAgain()
    {
        string[] paths = [Path.Combine(_folder, "one.txt"), Path.Combine(_folder, "other.txt")];
        Array.ForEach(paths, p => File.WriteAllText(p, "abc"));
        IDataView rows = _ml.Data.LoadFromEnumerable(paths.Select(p => new PathRow { Path = p }));
        ITransformer model = _ml.Transforms.CustomMapping<PathRow, Size>((from, to) => to.Score = File.ReadAllText(from.Path).Length, "sizes").Fit(rows);
        var count = new TeacherCount();
        Assert.That(Signal(Teacher.FromModel(model), rows, count).Estimates(), Is.EqualTo(new float[] { 3, 3 }));
        File.WriteAllText(paths[1], "abcdef");
        Assert.That(Signal(Teacher.FromModel(model), rows, count).Estimates(), Is.EqualTo(new float[] { 3, 6 }));
        Assert.That((count.RunRows, count.CachedRows), Is.EqualTo((3L, 1L)));
    }

    [Test]
    public void Fit_ModelThatCannotBeSaved_IsRefusedForTheDiskOnly()
    {
        IDataView rows = DistillRows.Keyed(_ml, DistillRows.Make(20));
        ITransformer unnamed = _ml.Transforms.CustomMapping<PathRow, Size>((_, to) => to.Score = 1, null).Fit(_ml.Data.LoadFromEnumerable([new PathRow()]));
        var data = _ml.Data.LoadFromEnumerable([new PathRow { Path = "a" }]);
        Assert.That(() => Signal(Teacher.FromModel(unnamed), data, new TeacherCount()).Estimates(), Throws.TypeOf<NotSupportedException>().With.Message.Contains("CacheFolder").And.Message.Contains("contract name"));
        Assert.That(new TeacherSignal("Test", Teacher.FromModel(unnamed), data, new TeacherSettings(null, 8, null, CancellationToken.None), new TeacherCount()).Estimates(), Is.EqualTo(new[] { 1f }));
    }

    [Test]
    public void Fit_CacheFolderThatIsAFile_SaysSo_BeforeTheTeacherRuns()
    {
        IDataView rows = DistillRows.Keyed(_ml, DistillRows.Make(20));
        var teacher = new CountingTeacher(_ml, rows, DistillRows.FitTeacher(_ml, "multiclass"));
        string file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");
        Assert.That(() => Fit(teacher.Model, rows, o => o with { CacheFolder = file }), Throws.TypeOf<IOException>().With.Message.Contains(file));
        Assert.That(teacher.Rows, Is.Empty);
    }

    private static Student Short(TrainingOptions? training = null) =>
        Student.Head(new MlpHeadOptions { FeatureColumnName = "obs", HiddenUnits = [8], MinimumStepCount = 0, Training = (training ?? new TrainingOptions()) with { EpochCount = 2, Seed = 3 } });

    private DistilledTransformer Fit(ITransformer model, IDataView rows, Func<DistilledOptions, DistilledOptions>? change = null)
    {
        DistilledOptions options = new() { Teacher = Teacher.FromModel(model), Student = Short(), CacheFolder = _folder, TeacherBatchSize = 8 };
        return _ml.MulticlassClassification.Trainers.Distilled(change is null ? options : change(options)).Fit(rows);
    }

    private TeacherSignal Signal(Teacher teacher, IDataView data, TeacherCount count) =>
        new("Test", teacher, data, new TeacherSettings(Path.Combine(_folder, "signals"), 8, null, CancellationToken.None), count);

    private sealed class Told(Action<DistillationProgress> tell) : IProgress<DistillationProgress>
    {
        public void Report(DistillationProgress value) => tell(value);
    }

    private sealed class Forwards
    {
        public float First { get; set; }

        public float Second { get; set; }
    }

    private sealed class Backwards
    {
        public float Second { get; set; }

        public float First { get; set; }
    }

    private sealed class PathRow
    {
        public string Path { get; set; } = "";
    }

    private sealed class Size
    {
        public float Score { get; set; }
    }
}
