using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Tests.Export;
using MLTransfer.Tests.Persistence;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Distillation;

/// <summary>What every distillation keeps, whoever learns and whatever is predicted. Half of the rows have no label.</summary>
internal abstract class DistilledContract(string task)
{
    // One row by itself and many in packs go through different matrix kernels.
    private const float Tolerance = 1e-5f;

    /// <summary>The column that the student reads.</summary>
    protected abstract string InputColumn { get; }

    protected abstract Student Student(TrainingOptions training);

    /// <summary>What an exported graph makes of rows.</summary>
    protected abstract IReadOnlyDictionary<string, Array> Run(ExportedModel exported, ITransformer model, DistillRow[] rows);

    /// <summary>Fits a student with all that belongs into its graph.</summary>
    /// <param name="ml">Where.</param>
    /// <param name="data">The rows.</param>
    /// <param name="estimator">Makes the estimator of a student; null for that of the fixture.</param>
    protected virtual ITransformer FitWhole(MLContext ml, IDataView data, Func<Student?, DistilledEstimator> estimator) => estimator(null).Fit(data);

    /// <summary>A row's input column as text.</summary>
    protected abstract string Line(DistillRow row);

    private string LabelColumn => task switch
    {
        "multiclass" => "Label",
        "binary" => nameof(DistillRow.Flag),
        _ => nameof(DistillRow.Amount),
    };

    [Test]
    public void GetOutputSchema_OfAShape_PromisesWhatIsDelivered()
    {
        var ml = new MLContext(0);
        IDataView data = Data(ml, 24);
        DistilledEstimator estimator = Estimator(ml);
        using DistilledTransformer model = estimator.Fit(data);
        string[] promised = Sorted(estimator.GetOutputSchema(Shapes.Of(data.Schema)));
        Assert.That(Sorted(Shapes.Of(model.Transform(data).Schema)), Is.EqualTo(promised));
        Assert.That(Sorted(Shapes.Of(model.GetOutputSchema(data.Schema))), Is.EqualTo(promised));
    }

    [Test]
    public void Transform_RowByRow_EqualsCursorEqualsPredictionEngine()
    {
        var ml = new MLContext(0);
        DistillRow[] rows = DistillRows.Make(30, 2);
        IDataView data = DistillRows.Keyed(ml, rows);
        using DistilledTransformer model = Estimator(ml).Fit(data);
        float[] cursor = Scores(model.Transform(data));
        float[] engined;
        if (task == "multiclass")
        {
            using var engine = ml.Model.CreatePredictionEngine<DistillRow, Vector>(model, new PredictionEngineOptions { OwnsTransformer = false });
            engined = [.. rows.SelectMany(r => engine.Predict(r).Score)];
        }
        else
        {
            using var engine = ml.Model.CreatePredictionEngine<DistillRow, Number>(model, new PredictionEngineOptions { OwnsTransformer = false });
            engined = [.. rows.Select(r => engine.Predict(r).Score)];
        }
        Assert.That(engined, Is.EqualTo(cursor).Within(1e-5).Percent.Or.EqualTo(cursor).Within(Tolerance));
        Assert.That(cursor.Distinct().Count(), Is.GreaterThan(5), "The rows are too much alike to show anything.");
    }

    [Test]
    public void SaveAndLoad_GivesTheSameScores_AndTheSameSeedTheSameBytes()
    {
        var ml = new MLContext(0);
        IDataView data = Data(ml, 40);
        using DistilledTransformer model = Estimator(ml).Fit(data);
        byte[] zip = MemoryFile.Save(ml, model, data.Schema);
        ITransformer loaded = MemoryFile.Load(new MLContext(1), zip);
        using var _ = loaded as IDisposable;
        Assert.That(Scores(loaded.Transform(data)), Is.EqualTo(Scores(model.Transform(data))));
        Assert.That(MemoryFile.Entries(MemoryFile.Save(ml, loaded, data.Schema)), Is.EqualTo(MemoryFile.Entries(zip)), "saved again");
        var again = new MLContext(0);
        IDataView same = Data(again, 40);
        using DistilledTransformer second = Estimator(again).Fit(same);
        Assert.That(MemoryFile.Entries(MemoryFile.Save(again, second, same.Schema)), Is.EqualTo(MemoryFile.Entries(zip)), "fitted again");
    }

    [Test]
    public async Task Load_InAnotherProcess_GivesTheSameScores()
    {
        var ml = new MLContext(0);
        DistillRow[] rows = DistillRows.Make(20, 2);
        IDataView data = DistillRows.Keyed(ml, rows);
        using DistilledTransformer model = Estimator(ml).Fit(data);
        IDataView only = ml.Transforms.SelectColumns(InputColumn).Fit(data).Transform(data);
        string folder = Directory.CreateTempSubdirectory("mltransfer-distilled-").FullName;
        try
        {
            string zip = Path.Combine(folder, "model.zip"), tsv = Path.Combine(folder, "rows.tsv");
            ml.Model.Save(model, only.Schema, zip);
            await File.WriteAllLinesAsync(tsv, rows.Select(Line));
            LoadProbe.Result result = await LoadProbe.RunAsync(false, [zip, tsv, "Score"]);
            Assert.That(result.Errors, Is.Empty);
            float[] found = [.. result.Lines.SelectMany(l => l.Split(' ')).Select(v => float.Parse(v, CultureInfo.InvariantCulture))];
            Assert.That(found, Is.EqualTo(Scores(model.Transform(only))).Within(1e-5).Percent.Or.EqualTo(Scores(model.Transform(only))).Within(Tolerance));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public void Transform_WithoutTeacherItsColumnsAndTheLabel_GivesTheSameScores()
    {
        var ml = new MLContext(0);
        IDataView data = Data(ml, 24);
        ITransformer teacher = DistillRows.FitTeacher(ml, task);
        using DistilledTransformer model = Make(ml, Options(teacher)).Fit(data);
        float[] expected = Scores(model.Transform(data));
        ((IDisposable)teacher).Dispose();
        IDataView without = ml.Transforms.SelectColumns(InputColumn).Fit(data).Transform(data);
        Assert.That(Scores(model.Transform(without)), Is.EqualTo(expected));
    }

    [Test]
    public void CrossValidate_TrainsAndMeasuresEachFold()
    {
        var ml = new MLContext(0);
        IDataView data = Data(ml, 60);
        double[] measured = task switch
        {
            "multiclass" => [.. ml.MulticlassClassification.CrossValidate(data, Estimator(ml), 2).Select(r => r.Metrics.LogLoss)],
            "binary" => [.. ml.BinaryClassification.CrossValidate(data, Estimator(ml), 2, LabelColumn).Select(r => r.Metrics.LogLoss)],
            _ => [.. ml.Regression.CrossValidate(data, Estimator(ml), 2, LabelColumn).Select(r => r.Metrics.RootMeanSquaredError)],
        };
        Assert.That(measured, Has.Length.EqualTo(2).And.All.GreaterThan(0).And.All.LessThan(100));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Fit_ColumnMissing_NamesItBeforeTheTeacherRuns(bool label)
    {
        var ml = new MLContext(0);
        string name = label ? LabelColumn : InputColumn;
        IDataView data = Data(ml, 6);
        IDataView without = ml.Transforms.DropColumns(name).Fit(data).Transform(data);
        DistilledEstimator estimator = Make(ml, Options(Counting(ml, data, out CountingTeacher teacher)));
        Assert.That(() => estimator.Fit(without), Throws.ArgumentException.With.Message.Contains($"'{name}'").And.Message.Contains("'Unused'"));
        Assert.That(() => estimator.GetOutputSchema(Shapes.Of(without.Schema)), Throws.ArgumentException.With.Message.Contains($"'{name}'"));
        Assert.That(teacher.Rows, Is.Empty);
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Fit_ColumnMistyped_NamesItBeforeTheTeacherRuns(bool label)
    {
        var ml = new MLContext(0);
        string name = label ? LabelColumn : InputColumn;
        IDataView data = Data(ml, 6);
        IDataView other = ml.Transforms.CopyColumns(name, label ? nameof(DistillRow.Unused) : nameof(DistillRow.Weight)).Fit(data).Transform(data);
        DistilledEstimator estimator = Make(ml, Options(Counting(ml, data, out CountingTeacher teacher)));
        Assert.That(() => estimator.Fit(other), Throws.ArgumentException.With.Message.Contains($"'{name}'"));
        Assert.That(() => estimator.GetOutputSchema(Shapes.Of(other.Schema)), Throws.ArgumentException.With.Message.Contains($"'{name}'"));
        Assert.That(teacher.Rows, Is.Empty);
    }

    [TestCase("missing", null)]
    [TestCase("Weight", nameof(DistillRow.Unused))]
    public void Fit_WeightColumnMissingOrMistyped_NamesItBeforeTheTeacherRuns(string name, string? copied)
    {
        var ml = new MLContext(0);
        IDataView data = Data(ml, 6);
        if (copied is not null)
            data = ml.Transforms.CopyColumns(name, copied).Fit(data).Transform(data);
        DistilledEstimator estimator = Make(ml, Options(Counting(ml, data, out CountingTeacher teacher)) with { WeightColumnName = name });
        Assert.That(() => estimator.Fit(data), Throws.ArgumentException.With.Message.Contains($"'{name}'"));
        Assert.That(() => estimator.GetOutputSchema(Shapes.Of(data.Schema)), Throws.ArgumentException.With.Message.Contains($"'{name}'"));
        Assert.That(teacher.Rows, Is.Empty);
    }

    [Test]
    public void Fit_NoRowHasALabel_IsRefusedBeforeTheTeacherRuns()
    {
        var ml = new MLContext(0);
        IDataView data = DistillRows.Keyed(ml, DistillRows.Make(12, labelledEvery: 0));
        DistilledEstimator estimator = Make(ml, Options(Counting(ml, data, out CountingTeacher teacher)));
        Assert.That(() => estimator.Fit(data), Throws.InvalidOperationException.With.Message.Contains($"'{LabelColumn}'").And.Message.Contains("all 12 rows").And.Message.Contains("DistillationLoss.Hard"));
        Assert.That(teacher.Rows, Is.Empty);
    }

    [Test]
    public void Fit_NoRowHasALabel_LearnsFromTheTeacherAlone()
    {
        var ml = new MLContext(0);
        IDataView data = DistillRows.Keyed(ml, DistillRows.Make(60, labelledEvery: 0));
        DistillationLoss soft = task == "regression" ? DistillationLoss.Estimate(1) : DistillationLoss.Hinton(1, 1);
        ITransformer teacher = DistillRows.FitTeacher(ml, task);
        DistilledOptions options = Options(teacher, epochCount: 60) with { Losses = [soft] };
        using DistilledTransformer model = Make(ml, options).Fit(data);
        Assert.That((model.Report.RowCount, model.Report.LabelledRowCount), Is.EqualTo((60, 0)));
        float[] taught = Scores(teacher.Transform(data)), learnt = Scores(model.Transform(data));
        Assert.That(Correlation(taught, learnt), Is.GreaterThan(0.8));
        if (task == "regression")
            Assert.That(learnt.Average(), Is.EqualTo(taught.Average()).Within(3), "in the teacher's unit, from 50 to 70");
    }

    [Test]
    public void Fit_ZeroRows_SaysSo()
    {
        var ml = new MLContext(0);
        IDataView none = ml.Data.FilterRowsByColumn(Data(ml, 6), nameof(DistillRow.Weight), lowerBound: 1e9);
        Assert.That(() => Estimator(ml).Fit(none), Throws.InvalidOperationException.With.Message.Contains("no training rows"));
    }

    [Test]
    public void Dispose_Twice_IsHarmless_AndUseAfterwardsIsRefused()
    {
        var ml = new MLContext(0);
        IDataView data = Data(ml, 24);
        DistilledTransformer model = Estimator(ml).Fit(data);
        IDataView view = model.Transform(data);
        Scores(view);
        model.Dispose();
        model.Dispose();
        Assert.That(() => model.Transform(data), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => Scores(view), Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public void ExportOnnx_GivesTheSameScores()
    {
        var ml = new MLContext(0);
        DistillRow[] rows = DistillRows.Make(24, 2);
        IDataView data = DistillRows.Keyed(ml, rows);
        DistilledOptions options = Options(DistillRows.FitTeacher(ml, task));
        ITransformer model = FitWhole(ml, data, student => Make(ml, options with { Student = student ?? options.Student }));
        using var _ = model as IDisposable;
        float[] expected = Scores(model.Transform(data));
        using ExportedModel exported = ExportedModel.Of(model);
        Assert.That((float[])Run(exported, model, rows)["Score"], Is.EqualTo(expected).Within(1e-5).Percent.Or.EqualTo(expected).Within(Tolerance));
    }

    [Test]
    public void Fit_LogitsOfTheTeacherAndFeatures_TrainsAllTerms()
    {
        var ml = new MLContext(0);
        IDataView data = Data(ml, 30);
        DistilledOptions options = Options(DistillRows.FitTeacher(ml, task));
        // Hints have 4 numbers, the students' features more: a projection is learnt.
        ITransformer features = ml.Transforms.CopyColumns("HintFeatures", nameof(DistillRow.Hint)).Fit(data);
        options = options with
        {
            FeatureTeacher = Teacher.FromFeatures(features, "HintFeatures"),
            Losses = [.. Losses(), DistillationLoss.Hint(), DistillationLoss.Cosine(), DistillationLoss.Similarity(), DistillationLoss.RelationalDistance(1), DistillationLoss.RelationalAngle(1)],
        };
        using DistilledTransformer model = Make(ml, options).Fit(data);
        Assert.That(Scores(model.Transform(data)), Has.All.Matches<float>(float.IsFinite));
        Assert.That(model.Report.TeacherRowsRun, Is.EqualTo(60), "both teachers ran");
        int outputCount = task == "multiclass" ? 3 : 1, inputs = model.Head.FeatureCount;
        int[] sizes = [inputs, .. model.Head.HiddenUnits, outputCount];
        Assert.That(model.Head.ParameterCount, Is.EqualTo(Enumerable.Range(0, sizes.Length - 1).Sum(i => sizes[i] * sizes[i + 1] + sizes[i + 1])), "the projection is thrown away");
        if (model.Backbone is null)
            return;
        using ExportedModel exported = ExportedModel.Of(model);
        Assert.That(exported.Model.Graph.Initializers.Select(i => i.Name), Has.None.Contains("hint"), "here, too");
    }

    private IEnumerable<DistillationLoss> Losses() => [DistillationLoss.Hard(), task == "regression" ? DistillationLoss.Estimate() : DistillationLoss.Hinton()];

    private ITransformer Counting(MLContext ml, IDataView data, out CountingTeacher teacher) => (teacher = new CountingTeacher(ml, data, DistillRows.FitTeacher(ml, task))).Model;

    private DistilledEstimator Estimator(MLContext ml) => Make(ml, Options(DistillRows.FitTeacher(ml, task)));

    private DistilledOptions Options(ITransformer teacher, int epochCount = 4) => new()
    {
        LabelColumnName = LabelColumn,
        Teacher = Teacher.FromModel(teacher),
        Student = Student(new TrainingOptions { EpochCount = epochCount, BatchSize = 8, LearningRate = 1e-2, HeldOutFraction = 0.1 }),
    };

    private DistilledEstimator Make(MLContext ml, DistilledOptions options) => task switch
    {
        "multiclass" => ml.MulticlassClassification.Trainers.Distilled(options),
        "binary" => ml.BinaryClassification.Trainers.Distilled(options),
        _ => ml.Regression.Trainers.Distilled(options),
    };

    private static IDataView Data(MLContext ml, int count) => DistillRows.Keyed(ml, DistillRows.Make(count, 2));

    private static float[] Scores(IDataView scored) => scored.Schema["Score"].Type is VectorDataViewType ? ExportedModel.Flat(Columns.Vectors(scored, "Score"))
        : [.. scored.GetColumn<float>("Score")];

    private static double Correlation(float[] a, float[] b)
    {
        double meanA = a.Average(), meanB = b.Average();
        return a.Zip(b, (x, y) => (x - meanA) * (y - meanB)).Sum() / Math.Sqrt(a.Sum(x => (x - meanA) * (x - meanA)) * b.Sum(y => (y - meanB) * (y - meanB)));
    }

    private static string[] Sorted(SchemaShape shape) => [.. shape.OrderBy(c => c.Name, StringComparer.Ordinal)
        .Select(c => $"{c.Name}: {c.Kind} {c.ItemType} key={c.IsKey} [{string.Join(", ", c.Annotations.Select(a => $"{a.Name} {a.Kind} {a.ItemType} {a.IsKey}").Order(StringComparer.Ordinal))}]")];

    private sealed class Vector
    {
        public float[] Score { get; set; } = [];
    }

    private sealed class Number
    {
        public float Score { get; set; }
    }
}
