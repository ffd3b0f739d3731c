using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Onnx.Sessions;
using MLTransfer.Tests.Export;
using MLTransfer.Tests.Persistence;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.FineTuning;

/// <summary>What every fine-tuning keeps, whatever its backbone reads and its head predicts.</summary>
internal abstract class FineTuneContract(string task)
{
    // One row by itself and many in packs go through different matrix kernels.
    private const float Tolerance = 1e-5f;

    protected string Task { get; } = task;

    /// <summary>A column that the backbone reads.</summary>
    protected abstract string InputColumn { get; }

    protected abstract Backbone Backbone();

    protected abstract FineTuneEstimator Multiclass(MLContext ml, Backbone backbone, FineTuneOptions options);

    protected abstract FineTuneEstimator Binary(MLContext ml, Backbone backbone, FineTuneOptions options);

    protected abstract FineTuneEstimator Regression(MLContext ml, Backbone backbone, FineTuneOptions options);

    /// <summary>The embedding step over a backbone, with the options that it is trained with.</summary>
    protected abstract ITransformer Embed(MLContext ml, Backbone backbone, IDataView data);

    /// <summary>What an exported graph makes of rows.</summary>
    protected abstract IReadOnlyDictionary<string, Array> Run(ExportedModel exported, Backbone backbone, FineTuneRow[] rows);

    /// <summary>The program that loads a saved model.</summary>
    protected abstract string Program { get; }

    /// <summary>Rows as the program reads them, with the columns that it needs; null where its text files cannot hold them.</summary>
    protected abstract string? Line(FineTuneRow row);

    private string LabelColumn => Task switch
    {
        "multiclass" => "Label",
        "binary" => nameof(FineTuneRow.Flag),
        _ => nameof(FineTuneRow.Amount),
    };

    [Test]
    public void GetOutputSchema_OfAShape_PromisesWhatIsDelivered()
    {
        var ml = new MLContext(0);
        IDataView data = FineTuneRows.Keyed(ml, FineTuneRows.Make(24));
        FineTuneEstimator estimator = Estimator(ml);
        using FineTunedTransformer model = estimator.Fit(data);
        string[] promised = Sorted(estimator.GetOutputSchema(Shapes.Of(data.Schema)));
        Assert.That(Sorted(Shapes.Of(model.Transform(data).Schema)), Is.EqualTo(promised));
        Assert.That(Sorted(Shapes.Of(model.GetOutputSchema(data.Schema))), Is.EqualTo(promised));
    }

    [Test]
    public void Transform_RowByRow_EqualsCursorEqualsPredictionEngine()
    {
        var ml = new MLContext(0);
        FineTuneRow[] rows = FineTuneRows.Make(30);
        IDataView data = FineTuneRows.Keyed(ml, rows);
        using FineTunedTransformer model = Estimator(ml).Fit(data);
        float[] cursor = Scores(model.Transform(data));
        float[] engined;
        if (Task == "multiclass")
        {
            using var engine = ml.Model.CreatePredictionEngine<FineTuneRow, Vector>(model, new PredictionEngineOptions { OwnsTransformer = false });
            engined = [.. rows.SelectMany(r => engine.Predict(r).Score)];
        }
        else
        {
            using var engine = ml.Model.CreatePredictionEngine<FineTuneRow, Number>(model, new PredictionEngineOptions { OwnsTransformer = false });
            engined = [.. rows.Select(r => engine.Predict(r).Score)];
        }
        Assert.That(engined, Is.EqualTo(cursor).Within(Tolerance));
        Assert.That(cursor.Distinct().Count(), Is.GreaterThan(5), "The rows are too much alike to show anything.");
    }

    [Test]
    public void SaveAndLoad_GivesTheSameScores_AndTheSameSeedTheSameBytes()
    {
        var ml = new MLContext(0);
        IDataView data = FineTuneRows.Keyed(ml, FineTuneRows.Make(40));
        using FineTunedTransformer model = Estimator(ml).Fit(data);
        byte[] zip = MemoryFile.Save(ml, model, data.Schema);
        ITransformer loaded = MemoryFile.Load(new MLContext(1), zip);
        using var _ = loaded as IDisposable;
        Assert.That(Scores(loaded.Transform(data)), Is.EqualTo(Scores(model.Transform(data))));
        Assert.That(MemoryFile.Entries(MemoryFile.Save(ml, loaded, data.Schema)), Is.EqualTo(MemoryFile.Entries(zip)), "saved again");
        var again = new MLContext(0);
        IDataView same = FineTuneRows.Keyed(again, FineTuneRows.Make(40));
        using FineTunedTransformer second = Estimator(again).Fit(same);
        Assert.That(MemoryFile.Entries(MemoryFile.Save(again, second, same.Schema)), Is.EqualTo(MemoryFile.Entries(zip)), "fitted again");
    }

    [Test]
    public async Task Load_InAnotherProcess_GivesTheSameScores()
    {
        var ml = new MLContext(0);
        FineTuneRow[] rows = FineTuneRows.Make(20);
        if (Line(rows[0]) is null)
            Assert.Ignore("The program reads text files, which hold no pictures; MediaSpineTests shows their way.");
        IDataView data = FineTuneRows.Keyed(ml, rows);
        using FineTunedTransformer model = Estimator(ml).Fit(data);
        IDataView only = ml.Transforms.SelectColumns(InputColumn).Fit(data).Transform(data);
        string folder = Directory.CreateDirectory(Path.Combine(TestContext.CurrentContext.WorkDirectory, $"tuned-{Guid.NewGuid():N}")).FullName;
        try
        {
            string zip = Path.Combine(folder, "model.zip"), tsv = Path.Combine(folder, "rows.tsv");
            ml.Model.Save(model, only.Schema, zip);
            await File.WriteAllLinesAsync(tsv, rows.Select(r => Line(r)!));
            LoadProbe.Result result = await LoadProbe.RunAsync(Program, false, [zip, tsv, "Score"]);
            Assert.That(result.Errors, Is.Empty);
            Assert.That(result.LeftBehind, Is.Empty);
            float[] found = [.. result.Lines.SelectMany(l => l.Split(' ')).Select(v => float.Parse(v, System.Globalization.CultureInfo.InvariantCulture))];
            Assert.That(found, Is.EqualTo(Scores(model.Transform(data))).Within(Tolerance));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public void CrossValidate_TrainsAndMeasuresEachFold()
    {
        var ml = new MLContext(0);
        IDataView data = FineTuneRows.Keyed(ml, FineTuneRows.Make(40));
        double[] measured = Task switch
        {
            "multiclass" => [.. ml.MulticlassClassification.CrossValidate(data, Estimator(ml), 2).Select(r => r.Metrics.LogLoss)],
            "binary" => [.. ml.BinaryClassification.CrossValidate(data, Estimator(ml), 2, LabelColumn).Select(r => r.Metrics.LogLoss)],
            _ => [.. ml.Regression.CrossValidate(data, Estimator(ml), 2, LabelColumn).Select(r => r.Metrics.RootMeanSquaredError)],
        };
        Assert.That(measured, Has.Length.EqualTo(2).And.All.GreaterThan(0).And.All.LessThan(100));
    }

    [Test]
    public void Fit_ReadsTheDataOnce_AndOnlyItsColumns()
    {
        var ml = new MLContext(0);
        int unused = 0, passes = 0;
        IDataView data = FineTuneRows.Keyed(ml, FineTuneRows.Make(24));
        data = ml.Transforms.CustomMapping<UnusedColumn, UnusedColumn>((from, to) =>
        {
            Interlocked.Increment(ref unused);
            to.Unused = from.Unused;
        }, null).Append(ml.Transforms.CustomMapping<LabelledColumns, LabelledColumns>((from, to) =>
        {
            Interlocked.Increment(ref passes);
            (to.Flag, to.Amount) = (from.Flag, from.Amount);
        }, null)).Fit(data).Transform(data);
        Estimator(ml).Fit(data).Dispose();
        Assert.That(unused, Is.Zero);
        Assert.That(passes, Is.EqualTo(Task == "multiclass" ? 0 : 24));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Fit_ColumnMissing_NamesIt(bool label)
    {
        var ml = new MLContext(0);
        string name = label ? LabelColumn : InputColumn;
        IDataView data = FineTuneRows.Keyed(ml, FineTuneRows.Make(6));
        IDataView without = ml.Transforms.DropColumns(name).Fit(data).Transform(data);
        Assert.That(() => Estimator(ml).Fit(without), Throws.ArgumentException.With.Message.Contains($"'{name}'").And.Message.Contains("'Unused'"));
        Assert.That(() => Estimator(ml).GetOutputSchema(Shapes.Of(without.Schema)), Throws.ArgumentException.With.Message.Contains($"'{name}'"));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Fit_ColumnMistyped_NamesIt(bool label)
    {
        var ml = new MLContext(0);
        string name = label ? LabelColumn : InputColumn;
        IDataView data = FineTuneRows.Keyed(ml, FineTuneRows.Make(6));
        IDataView other = ml.Transforms.CopyColumns(name, label ? nameof(FineTuneRow.Unused) : nameof(FineTuneRow.Weight)).Fit(data).Transform(data);
        Assert.That(() => Estimator(ml).Fit(other), Throws.ArgumentException.With.Message.Contains($"'{name}'"));
        Assert.That(() => Estimator(ml).GetOutputSchema(Shapes.Of(other.Schema)), Throws.ArgumentException.With.Message.Contains($"'{name}'"));
    }

    [Test]
    public void Fit_ZeroRows_SaysSo()
    {
        var ml = new MLContext(0);
        IDataView none = ml.Data.FilterRowsByColumn(FineTuneRows.Keyed(ml, FineTuneRows.Make(6)), nameof(FineTuneRow.Amount), lowerBound: 1e9);
        Assert.That(() => Estimator(ml).Fit(none), Throws.InvalidOperationException.With.Message.Contains("no training rows"));
    }

    [Test]
    public void Dispose_Twice_IsHarmless_UseAfterwardsIsRefused_AndSessionsEnd()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        int before = SessionPool.Shared.SessionCount;
        var ml = new MLContext(0);
        IDataView data = FineTuneRows.Keyed(ml, FineTuneRows.Make(24));
        FineTunedTransformer model = Estimator(ml).Fit(data);
        Scores(model.Transform(data));
        Assert.That(SessionPool.Shared.SessionCount, Is.EqualTo(before + 2), "those of the adapted backbone and of the head; training has given its own back");
        IDataView view = model.Transform(data);
        model.Dispose();
        model.Dispose();
        Assert.That(SessionPool.Shared.SessionCount, Is.EqualTo(before));
        Assert.That(() => model.Transform(data), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => Scores(view), Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public void Fit_LastBlock_ChangesItsWeightsAndNoOthers()
    {
        var ml = new MLContext(0);
        Backbone backbone = Backbone();
        IReadOnlyList<BackboneBlock> blocks = backbone.ListBlocks();
        Assert.That(blocks, Has.Count.GreaterThan(1).And.All.Property(nameof(BackboneBlock.IsTrainable)).True);
        using FineTunedTransformer model = Make(ml, backbone, Options()).Fit(FineTuneRows.Keyed(ml, FineTuneRows.Make(24)));
        Dictionary<string, byte[]> before = TrainableBackbones.Weights(backbone), after = TrainableBackbones.Weights(model.Backbone);
        string[] changed = [.. before.Where(b => !b.Value.AsSpan().SequenceEqual(after[b.Key])).Select(b => b.Key)];
        Assert.That(changed, Is.EquivalentTo(blocks[^1].ParameterNames));
        Assert.That(after.Keys, Is.EquivalentTo(before.Keys));
        Assert.That(model.Backbone.Sha256, Is.Not.EqualTo(backbone.Sha256));
        Assert.That(model.Backbone.ListBlocks().Select(b => b.EndsAt), Is.EqualTo(blocks.Select(b => b.EndsAt)), "the adapted backbone can be fine-tuned further");
    }

    [Test]
    public void Backbone_InAnEmbeddingStep_GivesTheFeaturesThatTheHeadReads()
    {
        var ml = new MLContext(0);
        Backbone backbone = Backbone();
        IDataView data = FineTuneRows.Keyed(ml, FineTuneRows.Make(24));
        using FineTunedTransformer model = Make(ml, backbone, Options()).Fit(data);
        float[][] expected = Columns.Vectors(model.Transform(data), "Features");
        ITransformer step = Embed(ml, model.Backbone, data);
        Columns.AssertEqual(Columns.Vectors(step.Transform(data), "Features"), expected, Tolerance, "the adapted backbone");
        ITransformer original = Embed(ml, backbone, data);
        Assert.That(Columns.Vectors(original.Transform(data), "Features")[0], Is.Not.EqualTo(expected[0]).Within(1e-4f), "the original one gives others");
    }

    [Test]
    public void ExportOnnx_GivesTheSameScores_AndIsReadBack()
    {
        var ml = new MLContext(0);
        FineTuneRow[] rows = FineTuneRows.Make(24);
        IDataView data = FineTuneRows.Keyed(ml, rows);
        using FineTunedTransformer model = Estimator(ml).Fit(data);
        float[] expected = Scores(model.Transform(data));
        using ExportedModel exported = ExportedModel.Of(model);
        Assert.That((float[])Run(exported, model.Backbone, rows)["Score"], Is.EqualTo(expected).Within(Tolerance));
        string folder = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"export-{Guid.NewGuid():N}");
        Directory.CreateDirectory(folder);
        try
        {
            string target = Path.Combine(folder, "model");
            model.ExportOnnx(target);
            ITransformer again = Embed(ml, MLTransfer.Backbone.Open(target), data);
            Columns.AssertEqual(Columns.Vectors(again.Transform(data), "Features"), Columns.Vectors(model.Transform(data), "Features"), Tolerance, "read back");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private FineTuneEstimator Estimator(MLContext ml) => Make(ml, Backbone(), Options());

    private FineTuneEstimator Make(MLContext ml, Backbone backbone, FineTuneOptions options) => Task switch
    {
        "multiclass" => Multiclass(ml, backbone, options),
        "binary" => Binary(ml, backbone, options),
        _ => Regression(ml, backbone, options),
    };

    private FineTuneOptions Options() => new()
    {
        LabelColumnName = LabelColumn,
        Freezing = FreezingPlan.LastBlocks(1),
        Training = new TrainingOptions { EpochCount = 3, BatchSize = 8, LearningRate = 3e-3 },
    };

    private static float[] Scores(IDataView scored) => scored.Schema["Score"].Type is VectorDataViewType ? ExportedModel.Flat(Columns.Vectors(scored, "Score"))
        : [.. scored.GetColumn<float>("Score")];

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

    private sealed class UnusedColumn
    {
        public string Unused { get; set; } = "";
    }

    private sealed class LabelledColumns
    {
        public bool Flag { get; set; }

        public float Amount { get; set; }
    }
}
