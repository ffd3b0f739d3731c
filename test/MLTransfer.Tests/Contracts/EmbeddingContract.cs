using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Onnx.Sessions;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Contracts;

/// <summary>What every embedding step keeps, whatever it embeds.</summary>
/// <typeparam name="TTransformer">The fitted step.</typeparam>
/// <typeparam name="TRow">A row with the columns the step reads, a column "Number" (Single), "Name" (text) and "Weights" (vector).</typeparam>
internal abstract class EmbeddingContract<TTransformer, TRow>
    where TTransformer : EmbeddingTransformer
    where TRow : class
{
    // One row by itself and many rows in packs go through different matrix kernels; fp32 differs in the last digits.
    private const float BatchTolerance = 1e-5f;
    private const string Feature = "Features";

    private int _sessionsBefore;

    /// <summary>The estimator, writing "Features", on a cache of its own.</summary>
    protected abstract EmbeddingEstimator<TTransformer> Estimator(MLContext ml);

    /// <summary>Varied rows, some of them equal.</summary>
    protected abstract TRow[] Rows(int count);

    /// <summary>A column that the step reads.</summary>
    protected abstract string InputColumn { get; }

    /// <summary>Data in which that column has another type.</summary>
    protected abstract IDataView WrongType(MLContext ml);

    /// <summary>The feature of an output row of a prediction engine.</summary>
    protected sealed class Output
    {
        public float[] Features { get; set; } = [];
    }

    [SetUp]
    public void CountSessions()
    {
        // Forgotten models of other tests give their sessions back when they are collected.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        _sessionsBefore = SessionPool.Shared.SessionCount;
    }

    [Test]
    public void GetOutputSchema_OfAShape_PromisesWhatIsDelivered()
    {
        var ml = new MLContext(0);
        IDataView data = ml.Data.LoadFromEnumerable(Rows(3));
        EmbeddingEstimator<TTransformer> estimator = Estimator(ml);
        using TTransformer model = estimator.Fit(data);
        string[] promised = Shapes.Describe(estimator.GetOutputSchema(Shapes.Of(data.Schema)));
        string[] delivered = Shapes.Describe(Shapes.Of(model.Transform(data).Schema));
        Assert.That(delivered, Is.EqualTo(promised));
        Assert.That(Shapes.Describe(Shapes.Of(model.GetOutputSchema(data.Schema))), Is.EqualTo(promised));
    }

    [Test]
    public void Fit_InputColumnMissing_NamesIt()
    {
        var ml = new MLContext(0);
        IDataView data = ml.Transforms.DropColumns(InputColumn).Fit(ml.Data.LoadFromEnumerable(Rows(2))).Transform(ml.Data.LoadFromEnumerable(Rows(2)));
        Assert.That(() => Estimator(ml).Fit(data), Throws.ArgumentException.With.Message.Contains($"'{InputColumn}'").And.Message.Contains("'Number'"));
        Assert.That(() => Estimator(ml).GetOutputSchema(Shapes.Of(data.Schema)), Throws.ArgumentException.With.Message.Contains($"'{InputColumn}'"));
    }

    [Test]
    public void Fit_InputColumnOfAnotherType_NamesItAndBothTypes()
    {
        var ml = new MLContext(0);
        IDataView data = WrongType(ml);
        Assert.That(() => Estimator(ml).Fit(data),
            Throws.ArgumentException.With.Message.Contains($"'{InputColumn}'").And.Message.Contains("expects").And.Message.Contains("but it"));
        Assert.That(() => Estimator(ml).GetOutputSchema(Shapes.Of(data.Schema)), Throws.ArgumentException.With.Message.Contains($"'{InputColumn}'"));
    }

    [Test]
    public void Transform_RowByRow_EqualsCursorEqualsPredictionEngine()
    {
        var ml = new MLContext(0);
        TRow[] rows = Rows(70);
        IDataView data = ml.Data.LoadFromEnumerable(rows);
        using TTransformer model = Estimator(ml).Fit(data);
        float[][] cursor = Columns.Vectors(model.Transform(data), Feature);
        using TTransformer single = Estimator(ml).Fit(data);
        using PredictionEngine<TRow, Output> engine = ml.Model.CreatePredictionEngine<TRow, Output>(single, new PredictionEngineOptions { OwnsTransformer = false });
        float[][] engined = [.. rows.Select(r => engine.Predict(r).Features)];
        Columns.AssertEqual(engined, cursor, BatchTolerance, "prediction engine against cursor");
        Assert.That(cursor.SelectMany(v => v).All(float.IsFinite));
        Assert.That(cursor.Select(v => string.Join(" ", v)).Distinct().Count(), Is.GreaterThan(5), "The rows are too much alike to show anything.");
    }

    [Test]
    public void Transform_FeatureNotAskedFor_RunsNothing()
    {
        var ml = new MLContext(0);
        IDataView data = ml.Data.LoadFromEnumerable(Rows(20));
        using TTransformer model = Estimator(ml).Fit(data);
        long before = model.RowsRun;
        float[] numbers = [.. model.Transform(data).GetColumn<float>("Number")];
        Assert.That(numbers, Is.EqualTo(data.GetColumn<float>("Number")));
        Assert.That(model.RowsRun, Is.EqualTo(before));
        Columns.Vectors(model.Transform(data), Feature);
        Assert.That(model.RowsRun, Is.GreaterThan(before));
    }

    [Test]
    public void Transform_EqualRows_RunOnce()
    {
        var ml = new MLContext(0);
        TRow[] rows = Rows(9);
        IDataView data = ml.Data.LoadFromEnumerable(rows.Concat(rows).Concat(rows));
        using TTransformer model = Estimator(ml).Fit(data);
        long before = model.RowsRun;
        float[][] first = Columns.Vectors(model.Transform(data), Feature);
        float[][] second = Columns.Vectors(model.Transform(data), Feature);
        Assert.That(model.RowsRun - before, Is.EqualTo(first.Take(rows.Length).Select(v => string.Join(" ", v)).Distinct().Count()));
        Columns.AssertEqual(second, first, 0, "second pass");
    }

    [Test]
    public void Transform_TwoCursorsInTurns_Agree()
    {
        var ml = new MLContext(0);
        IDataView data = ml.Data.LoadFromEnumerable(Rows(40));
        using TTransformer model = Estimator(ml).Fit(data);
        IDataView view = model.Transform(data);
        DataViewSchema.Column[] asked = [view.Schema[Feature], view.Schema["Name"]];
        using DataViewRowCursor one = view.GetRowCursor(asked);
        using DataViewRowCursor two = view.GetRowCursor(asked);
        ValueGetter<VBuffer<float>> featureOne = one.GetGetter<VBuffer<float>>(asked[0]);
        ValueGetter<VBuffer<float>> featureTwo = two.GetGetter<VBuffer<float>>(asked[0]);
        VBuffer<float> a = default;
        VBuffer<float> b = default;
        for (int row = 0; row < 40; row++)
        {
            Assert.That(one.MoveNext(), Is.True);
            Assert.That(two.MoveNext(), Is.True);
            featureOne(ref a);
            featureTwo(ref b);
            Assert.That(a.DenseValues().ToArray(), Is.EqualTo(b.DenseValues().ToArray()));
            Assert.That(one.Position, Is.EqualTo(row));
        }
        Assert.That(one.MoveNext(), Is.False);
        Assert.That(one.Position, Is.EqualTo(-1));
    }

    [Test]
    public void Transform_OtherColumnsAndIds_PassUnchanged()
    {
        var ml = new MLContext(0);
        IDataView data = ml.Data.LoadFromEnumerable(Rows(45));
        using TTransformer model = Estimator(ml).Fit(data);
        IDataView view = model.Transform(data);
        Assert.That(Passing(view, withFeature: true), Is.EqualTo(Passing(data, withFeature: false)));
        Assert.That(view.GetRowCount(), Is.EqualTo(data.GetRowCount()));
    }

    [Test]
    public void Transform_ColumnOfThatNameThere_IsReplacedAndTheOthersPass()
    {
        var ml = new MLContext(0);
        IDataView data = ml.Data.LoadFromEnumerable(Rows(10));
        using TTransformer model = Estimator(ml).Fit(data);
        float[][] expected = Columns.Vectors(model.Transform(data), Feature);
        // Twice hidden: once by ML.NET's own step, once by ours.
        IDataView taken = ml.Transforms.CopyColumns(Feature, "Number").Append(ml.Transforms.CopyColumns("Number", "Name")).Fit(data).Transform(data);
        EmbeddingEstimator<TTransformer> estimator = Estimator(ml);
        using TTransformer over = estimator.Fit(taken);
        IDataView view = over.Transform(taken);
        Assert.That(Shapes.Describe(Shapes.Of(view.Schema)), Is.EqualTo(Shapes.Describe(estimator.GetOutputSchema(Shapes.Of(taken.Schema)))));
        Columns.AssertEqual(Columns.Vectors(view, Feature), expected, BatchTolerance, "beside hidden columns");
        Assert.That(view.GetColumn<string>("Number"), Is.EqualTo(data.GetColumn<string>("Name")));
        using DataViewRowCursor all = view.GetRowCursor(view.Schema);
        ValueGetter<float> hidden = all.GetGetter<float>(view.Schema.First(c => c.Name == Feature));
        float value = -1;
        Assert.That(all.MoveNext(), Is.True);
        hidden(ref value);
        Assert.That(value, Is.Zero, "the number of the first row, under the name it was copied to");
    }

    [Test]
    public void GetRowCursorSet_GivesEveryRowOnce()
    {
        var ml = new MLContext(0);
        IDataView data = ml.Data.Cache(ml.Data.LoadFromEnumerable(Rows(60)));
        using TTransformer model = Estimator(ml).Fit(data);
        IDataView view = model.Transform(data);
        foreach (string[] names in (string[][])[["Number"], ["Number", Feature]])
        {
            List<float> numbers = [];
            foreach (DataViewRowCursor part in view.GetRowCursorSet(view.Schema.Where(c => names.Contains(c.Name)), 3))
            {
                using DataViewRowCursor cursor = part;
                ValueGetter<float> getter = cursor.GetGetter<float>(view.Schema["Number"]);
                float value = 0;
                while (cursor.MoveNext())
                {
                    getter(ref value);
                    numbers.Add(value);
                }
            }
            Assert.That(numbers, Is.EquivalentTo(data.GetColumn<float>("Number")));
        }
    }

    [Test]
    public void Transform_Shuffled_KeepsFeatureBesideItsRow()
    {
        var ml = new MLContext(0);
        IDataView data = ml.Data.LoadFromEnumerable(Rows(45));
        using TTransformer model = Estimator(ml).Fit(data);
        IDataView shufflable = ml.Data.Cache(data);
        IDataView view = model.Transform(shufflable);
        Assert.That(view.CanShuffle, Is.True);
        Dictionary<float, string> expected = [];
        foreach ((float number, float[] vector) in view.GetColumn<float>("Number").Zip(Columns.Vectors(view, Feature)))
            expected.TryAdd(number, string.Join(" ", vector));
        var order = new List<float>();
        using DataViewRowCursor cursor = view.GetRowCursor(view.Schema, new Random(3));
        ValueGetter<float> numberGetter = cursor.GetGetter<float>(view.Schema["Number"]);
        ValueGetter<VBuffer<float>> featureGetter = cursor.GetGetter<VBuffer<float>>(view.Schema[Feature]);
        VBuffer<float> feature = default;
        float value = 0;
        while (cursor.MoveNext())
        {
            numberGetter(ref value);
            featureGetter(ref feature);
            order.Add(value);
            Assert.That(string.Join(" ", feature.DenseValues()), Is.EqualTo(expected[value]));
        }
        Assert.That(order, Is.Not.EqualTo(data.GetColumn<float>("Number")));
        Assert.That(order, Is.EquivalentTo(data.GetColumn<float>("Number")));
    }

    [Test]
    public void Transform_ZeroRows_GivesZeroRows()
    {
        var ml = new MLContext(0);
        IDataView none = ml.Data.LoadFromEnumerable(Rows(0));
        using TTransformer model = Estimator(ml).Fit(none);
        Assert.That(Columns.Vectors(model.Transform(none), Feature), Is.Empty);
    }

    [Test]
    public void Transform_FromEightThreads_GivesTheSameValues()
    {
        var ml = new MLContext(0);
        IDataView data = ml.Data.LoadFromEnumerable(Rows(50));
        using TTransformer model = Estimator(ml).Fit(data);
        float[][] expected = Columns.Vectors(model.Transform(data), Feature);
        Backbone backbone = model.Backbone;
        backbone.Cache.Clear();
        float[][][] results = new float[8][][];
        Thread[] threads = [.. Enumerable.Range(0, 8).Select(i => new Thread(() => results[i] = Columns.Vectors(model.Transform(data), Feature)))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        foreach (float[][] result in results)
            Columns.AssertEqual(result, expected, BatchTolerance, "a thread against one thread");
    }

    [Test]
    public void GetGetter_OfAColumnNotAskedFor_NamesIt()
    {
        var ml = new MLContext(0);
        IDataView data = ml.Data.LoadFromEnumerable(Rows(2));
        using TTransformer model = Estimator(ml).Fit(data);
        IDataView view = model.Transform(data);
        using DataViewRowCursor cursor = view.GetRowCursor([view.Schema["Number"]]);
        Assert.That(() => cursor.GetGetter<VBuffer<float>>(view.Schema[Feature]), Throws.InvalidOperationException.With.Message.Contains($"'{Feature}'"));
    }

    [Test]
    public void SaveAndLoad_GivesTheSameFeaturesAndTheSameBytes()
    {
        var ml = new MLContext(0);
        IDataView data = ml.Data.LoadFromEnumerable(Rows(20));
        using TTransformer model = Estimator(ml).Fit(data);
        byte[] zip = MemoryFile.Save(ml, model, data.Schema);
        ITransformer loaded = MemoryFile.Load(new MLContext(1), zip);
        using var _ = loaded as IDisposable;
        Columns.AssertEqual(Columns.Vectors(loaded.Transform(data), Feature), Columns.Vectors(model.Transform(data), Feature), 0, "loaded against saved");
        Assert.That(MemoryFile.Entries(MemoryFile.Save(ml, loaded, data.Schema)), Is.EqualTo(MemoryFile.Entries(zip)));
        using TTransformer again = Estimator(new MLContext(0)).Fit(data);
        Assert.That(MemoryFile.Entries(MemoryFile.Save(ml, again, data.Schema)), Is.EqualTo(MemoryFile.Entries(zip)));
    }

    [Test]
    public void Dispose_Twice_IsHarmless_AndUseAfterwardsIsRefused()
    {
        var ml = new MLContext(0);
        IDataView data = ml.Data.LoadFromEnumerable(Rows(3));
        TTransformer model = Estimator(ml).Fit(data);
        IDataView view = model.Transform(data);
        model.Dispose();
        model.Dispose();
        Assert.That(() => model.Transform(data), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => model.GetRowToRowMapper(data.Schema), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => Columns.Vectors(view, Feature), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(view.GetColumn<float>("Number"), Is.EqualTo(data.GetColumn<float>("Number")), "columns that need no session still pass");
        Assert.That(() => MemoryFile.Save(ml, model, data.Schema), Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public void Dispose_OfAllThatUsedIt_EndsTheSession()
    {
        var ml = new MLContext(0);
        IDataView data = ml.Data.LoadFromEnumerable(Rows(3));
        TTransformer model = Estimator(ml).Fit(data);
        PredictionEngine<TRow, Output> engine = ml.Model.CreatePredictionEngine<TRow, Output>(model);
        engine.Predict(Rows(1)[0]);
        Columns.Vectors(model.Transform(data), Feature);
        // One for packs; one for single rows where there are several cores.
        Assert.That(SessionPool.Shared.SessionCount, Is.EqualTo(_sessionsBefore + (Environment.ProcessorCount == 1 ? 1 : 2)));
        engine.Dispose();
        model.Dispose();
        Assert.That(SessionPool.Shared.SessionCount, Is.EqualTo(_sessionsBefore));
    }

    private static List<string> Passing(IDataView view, bool withFeature)
    {
        string[] names = withFeature ? ["Number", "Name", "Weights", Feature] : ["Number", "Name", "Weights"];
        using DataViewRowCursor cursor = view.GetRowCursor(view.Schema.Where(c => names.Contains(c.Name)));
        ValueGetter<float> number = cursor.GetGetter<float>(view.Schema["Number"]);
        ValueGetter<ReadOnlyMemory<char>> name = cursor.GetGetter<ReadOnlyMemory<char>>(view.Schema["Name"]);
        ValueGetter<VBuffer<float>> weights = cursor.GetGetter<VBuffer<float>>(view.Schema["Weights"]);
        ValueGetter<VBuffer<float>>? feature = withFeature ? cursor.GetGetter<VBuffer<float>>(view.Schema[Feature]) : null;
        ValueGetter<DataViewRowId> id = cursor.GetIdGetter();
        var lines = new List<string>();
        float numberValue = 0;
        ReadOnlyMemory<char> nameValue = default;
        VBuffer<float> weightValues = default;
        VBuffer<float> featureValues = default;
        DataViewRowId idValue = default;
        while (cursor.MoveNext())
        {
            number(ref numberValue);
            name(ref nameValue);
            weights(ref weightValues);
            feature?.Invoke(ref featureValues);
            id(ref idValue);
            lines.Add($"{cursor.Position} {idValue} {numberValue} {nameValue} {string.Join(",", weightValues.DenseValues())}");
        }
        return lines;
    }
}
