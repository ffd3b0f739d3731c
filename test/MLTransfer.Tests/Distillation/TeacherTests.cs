using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Distillation;

namespace MLTransfer.Tests.Distillation;

/// <summary>Models of ML.NET as teachers, and those that cannot teach.</summary>
internal sealed class TeacherTests
{
    private readonly MLContext _ml = new(0);

    [Test]
    public void Fit_MaximumEntropyTeacherWithItsClassesInAnotherOrder_IsAgreedWith()
    {
        var model = _ml.MulticlassClassification.Trainers.SdcaMaximumEntropy("Label", nameof(DistillRow.Hint))
            .Fit(DistillRows.Keyed(_ml, DistillRows.Make(150, seed: 5), ["cat", "ant", "bee"]));
        IDataView rows = DistillRows.Keyed(_ml, DistillRows.Make(150, 25));
        using DistilledTransformer student = _ml.MulticlassClassification.Trainers.Distilled(new DistilledOptions { Teacher = Teacher.FromModel(model), Student = Hinted() }).Fit(rows);
        string[] taught = Answers(model.Transform(rows)), learnt = Answers(student.Transform(rows));
        Assert.That(taught.Zip(learnt, (a, b) => a == b ? 1.0 : 0).Average(), Is.GreaterThan(0.95));
        Assert.That(taught.Distinct().Count(), Is.EqualTo(3));
    }

    [Test]
    public void Classes_OfLabelsThatAreNumbers_AreMatchedByThem()
    {
        // ML.NET names slots by texts only; other classes stand in an annotation of their own.
        NumberedRow[] rows = [.. DistillRows.Make(90, seed: 5).Select((r, i) => new NumberedRow { Hint = r.Hint, Class = 10 * ((i + 2) % 3 + 1) })];
        IDataView data = _ml.Data.LoadFromEnumerable(rows);
        IDataView byOccurrence = _ml.Transforms.Conversion.MapValueToKey("Label", "Class").Fit(data).Transform(data);
        var model = _ml.MulticlassClassification.Trainers.SdcaMaximumEntropy("Label", nameof(NumberedRow.Hint)).Fit(byOccurrence);
        float[] found = Signal(Teacher.FromModel(model), data).Classes(["10", "20", "30"], areNamed: true);
        float[][] said = Support.Columns.Vectors(model.Transform(byOccurrence), "Score");
        // By occurrence: 30, 10, 20.
        float[] expected = [.. said.SelectMany(s => new[] { s[1], s[2], s[0] }).Select(p => MathF.Log(MathF.Max(p, 1e-7f)))];
        Assert.That(found, Is.EqualTo(expected).Within(1e-6f));
    }

    [Test]
    public void Yes_OfACalibratedModel_TakesItsProbability()
    {
        IDataView rows = BooleanRows(120);
        var model = _ml.BinaryClassification.Trainers.AveragedPerceptron("Yes", nameof(DistillRow.Hint)).Append(_ml.BinaryClassification.Calibrators.Platt("Yes")).Fit(rows);
        IDataView scored = model.Transform(rows);
        float[] probabilities = [.. scored.GetColumn<float>("Probability")], scores = [.. scored.GetColumn<float>("Score")];
        float[] found = Signal(Teacher.FromModel(model), rows).Yes();
        Assert.That(found, Is.EqualTo(probabilities.Select(p => MathF.Log(p / (1 - p)))).Within(0.01).Percent);
        Assert.That(found[0], Is.Not.EqualTo(scores[0]).Within(1).Percent, "the raw score says something else");
        Assert.That(Signal(Teacher.FromModel(model, scores: TeacherScores.Logits), rows).Yes(), Is.EqualTo(scores), "unless the user says so");
    }

    [Test]
    public void Fit_MachineWithoutProbability_IsTakenByItsScore()
    {
        IDataView rows = BooleanRows(120);
        var model = _ml.BinaryClassification.Trainers.LinearSvm("Yes", nameof(DistillRow.Hint)).Fit(rows);
        Assert.That(Signal(Teacher.FromModel(model), rows).Yes(), Is.EqualTo(model.Transform(rows).GetColumn<float>("Score")));
    }

    [Test]
    public void Fit_RegressionTrainer_IsAgreedWith()
    {
        IDataView rows = DistillRows.Keyed(_ml, DistillRows.Make(150, 2));
        var model = _ml.Regression.Trainers.Sdca(nameof(DistillRow.Amount), nameof(DistillRow.Hint)).Fit(DistillRows.Keyed(_ml, DistillRows.Make(150, seed: 5)));
        using DistilledTransformer student = _ml.Regression.Trainers.Distilled(new DistilledOptions { LabelColumnName = "Amount", Teacher = Teacher.FromModel(model), Student = Hinted() }).Fit(rows);
        float[] taught = [.. model.Transform(rows).GetColumn<float>("Score")], learnt = [.. student.Transform(rows).GetColumn<float>("Score")];
        Assert.That(taught.Zip(learnt, (a, b) => Math.Abs(a - b)).Average(), Is.LessThan(2), "of quantities from 50 to 70");
    }

    [Test]
    public void Fit_EnsembleByConfidence_Trains()
    {
        IDataView rows = DistillRows.Keyed(_ml, DistillRows.Make(60, 2));
        ITransformer model = DistillRows.FitTeacher(_ml, "multiclass");
        ITransformer other = _ml.MulticlassClassification.Trainers.NaiveBayes("Label", nameof(DistillRow.Hint)).Fit(DistillRows.Keyed(_ml, DistillRows.Make(60, seed: 6)));
        var teacher = Teacher.Ensemble(TeacherWeighting.Confidence, (Teacher.FromModel(model), 2), (Teacher.FromModel(other), 1));
        using DistilledTransformer student = _ml.MulticlassClassification.Trainers.Distilled(new DistilledOptions { Teacher = teacher, Student = Hinted() }).Fit(rows);
        Assert.That(student.Report.TeacherRowsRun, Is.EqualTo(120));
    }

    [Test]
    public void Fit_TeacherOfOtherClasses_NamesThem()
    {
        ITransformer model = DistillRows.FitTeacher(_ml, "multiclass");
        DistillRow[] rows = DistillRows.Make(30);
        foreach (DistillRow row in rows)
            row.Class = row.Class == "ant" ? "dog" : row.Class;
        Assert.That(() => Fit(Teacher.FromModel(model), DistillRows.Keyed(_ml, rows, ["bee", "cat", "dog"])),
            Throws.ArgumentException.With.Message.Contains("Only the teacher has: 'ant'").And.Message.Contains("Only the student has: 'dog'").And.Message.Contains("'labels'"));
        Assert.That(() => Fit(Teacher.FromModel(model, labels: ["dog", "bee", "cat"]), DistillRows.Keyed(_ml, rows, ["bee", "cat", "dog"])), Throws.Nothing, "as the user names them");
    }

    [Test]
    public void Fit_TeacherOfMoreClasses_SaysHowMany()
    {
        ITransformer model = DistillRows.FitTeacher(_ml, "multiclass");
        IDataView rows = DistillRows.Keyed(_ml, DistillRows.Make(30).Where(r => r.Class != "cat"), ["ant", "bee"]);
        Assert.That(() => Fit(Teacher.FromModel(model), rows),
            Throws.ArgumentException.With.Message.Contains("has 3 numbers ('ant', 'bee', 'cat')").And.Message.Contains("student has 2 classes ('ant', 'bee')"));
    }

    [TestCase("Scores", "adds no column 'Scores'", "PredictedLabel")]
    [TestCase("PredictedLabel", "'PredictedLabel' is Key", "expected Single")]
    public void Fit_ColumnThatIsNoScore_SaysWhatThereIs(string column, string found, string more) => Assert.That(
        () => Fit(Teacher.FromModel(DistillRows.FitTeacher(_ml, "multiclass"), column), DistillRows.Keyed(_ml, DistillRows.Make(30))),
        Throws.ArgumentException.With.Message.Contains(found).And.Message.Contains(more));

    [Test]
    public void Fit_ColumnOfTheTeacherMissingInTheRows_NamesIt()
    {
        IDataView rows = DistillRows.Keyed(_ml, DistillRows.Make(30));
        IDataView without = _ml.Transforms.DropColumns(nameof(DistillRow.Hint)).Fit(rows).Transform(rows);
        Assert.That(() => Fit(Teacher.FromModel(DistillRows.FitTeacher(_ml, "multiclass")), without, Student.Head("obs")),
            Throws.ArgumentException.With.Message.Contains("'Hint'").And.Message.Contains("do not fit the teacher").And.Message.Contains("needs them only while it is fitted"));
    }

    [Test]
    public void Fit_ScoreThatIsNoNumber_NamesRowAndSlot()
    {
        DistillRow[] rows = DistillRows.Make(30);
        rows[17].Hint[2] = float.NaN;
        ITransformer features = _ml.Transforms.CopyColumns("Score", nameof(DistillRow.Hint)).Fit(DistillRows.Keyed(_ml, rows));
        Assert.That(() => Signal(Teacher.FromFeatures(features, "Score"), DistillRows.Keyed(_ml, rows)).Features(),
            Throws.InvalidOperationException.With.Message.Contains("'Score' holds NaN in row number 18, slot index 2"));
    }

    [Test]
    public void FromModel_ThatFiltersRows_IsRefused() => Assert.That(() => Teacher.FromModel(new Sieve(_ml, DistillRows.FitTeacher(_ml, "multiclass"), isRowToRow: false)),
        Throws.ArgumentException.With.Message.Contains("does not map rows one to one").And.Message.Contains("'Score'"));

    [Test]
    public void Fit_ModelThatLeavesRowsOutUnsaid_IsRefused() => Assert.That(
        () => Fit(Teacher.FromModel(new Sieve(_ml, DistillRows.FitTeacher(_ml, "multiclass"), isRowToRow: true)), DistillRows.Keyed(_ml, DistillRows.Make(30))),
        Throws.InvalidOperationException.With.Message.Contains("answered").And.Message.Contains("rows of 30"));

    [Test]
    public void Fit_RowsThatChangeBetweenReadings_AreRefused()
    {
        ITransformer model = DistillRows.FitTeacher(_ml, "multiclass");
        int reading = 0;
        IEnumerable<DistillRow> Rows() => DistillRows.Make(reading++ < 3 ? 30 : 33);
        IDataView rows = DistillRows.Keyed(_ml, new Changing(Rows));
        Assert.That(() => Fit(Teacher.FromModel(model), rows), Throws.InvalidOperationException.With.Message.Contains("when it was first read").And.Message.Contains("Cache it"));
    }

    [Test]
    public void Ensemble_WrongMembers_AreRefused()
    {
        Teacher one = Teacher.FromModel(DistillRows.FitTeacher(_ml, "multiclass"));
        Assert.That(() => Teacher.Ensemble(TeacherWeighting.Fixed), Throws.ArgumentException.With.Message.Contains("at least one"));
        foreach (double weight in new[] { 0, -1, double.NaN, double.PositiveInfinity })
            Assert.That(() => Teacher.Ensemble(TeacherWeighting.Fixed, (one, weight)), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("above 0"));
        Assert.That(() => Teacher.Ensemble(TeacherWeighting.Fixed, (Teacher.Ensemble(TeacherWeighting.Fixed, (one, 1)), 1)), Throws.ArgumentException.With.Message.Contains("itself an ensemble"));
    }

    private static string[] Answers(IDataView scored)
    {
        VBuffer<ReadOnlyMemory<char>> names = default;
        scored.Schema["PredictedLabel"].GetKeyValues(ref names);
        string[] values = [.. names.DenseValues().Select(n => n.ToString())];
        return [.. scored.GetColumn<uint>("PredictedLabel").Select(k => values[k - 1])];
    }

    private static Student Hinted() => Student.Head(new MlpHeadOptions { FeatureColumnName = nameof(DistillRow.Hint), HiddenUnits = [8], Training = MlpHeadOptions.DefaultTraining with { EpochCount = 40, LearningRate = 0.02, Seed = 1 } });

    private void Fit(Teacher teacher, IDataView rows, Student? student = null) =>
        _ml.MulticlassClassification.Trainers.Distilled(new DistilledOptions { Teacher = teacher, Student = student ?? Hinted() }).Fit(rows).Dispose();

    private static TeacherSignal Signal(Teacher teacher, IDataView data) => new("Test", teacher, data, new TeacherSettings(null, 16, null, CancellationToken.None), new TeacherCount());

    private IDataView BooleanRows(int count)
    {
        IDataView rows = DistillRows.Keyed(_ml, DistillRows.Make(count));
        return _ml.Transforms.Conversion.ConvertType("Yes", nameof(DistillRow.Flag), DataKind.Boolean).Fit(rows).Transform(rows);
    }

    private sealed class NumberedRow
    {
        [VectorType(DistillRow.HintCount)]
        public float[] Hint { get; set; } = [];

        public int Class { get; set; }
    }

    /// <summary>Rows made anew each time they are read.</summary>
    private sealed class Changing(Func<IEnumerable<DistillRow>> make) : IEnumerable<DistillRow>
    {
        public IEnumerator<DistillRow> GetEnumerator() => make().GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }

    /// <summary>Leaves out rows of some classes.</summary>
    private sealed class Sieve(MLContext ml, ITransformer model, bool isRowToRow) : ITransformer
    {
        public bool IsRowToRowMapper => isRowToRow;

        public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => model.GetOutputSchema(inputSchema);

        public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => model.GetRowToRowMapper(inputSchema);

        public IDataView Transform(IDataView input) => ml.Data.FilterRowsByKeyColumnFraction(model.Transform(input), "PredictedLabel", 0.3, 1);

        public void Save(ModelSaveContext ctx) => throw new NotSupportedException();
    }
}
