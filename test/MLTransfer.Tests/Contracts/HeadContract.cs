using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Contracts;

/// <summary>What every head keeps, whatever it predicts.</summary>
/// <typeparam name="TTransformer">The fitted head.</typeparam>
/// <typeparam name="TRow">A row with the head's features in "Features", and "Unused", a column it does not read.</typeparam>
/// <typeparam name="TScore">The type of the score, as a property of a prediction: float, or float[].</typeparam>
internal abstract class HeadContract<TTransformer, TRow, TScore>
    where TTransformer : class, ITransformer
    where TRow : class
{
    private const string Feature = "Features";

    /// <summary>The estimator, reading "Features" and <see cref="LabelColumn"/>.</summary>
    protected abstract IEstimator<TTransformer> Estimator(MLContext ml);

    /// <summary>Varied rows.</summary>
    protected abstract TRow[] Rows(int count);

    /// <summary>The rows as the head wants them.</summary>
    protected abstract IDataView Data(MLContext ml, IEnumerable<TRow> rows);

    /// <summary>The label column.</summary>
    protected abstract string LabelColumn { get; }

    /// <summary>Numbers of a feature.</summary>
    protected abstract int FeatureCount { get; }

    /// <summary>A prediction of an engine.</summary>
    protected sealed class Output
    {
        public TScore? Score { get; set; }
    }

    [Test]
    public void GetOutputSchema_OfAShape_PromisesWhatIsDelivered()
    {
        var ml = new MLContext(0);
        IDataView data = Data(ml, Rows(30));
        IEstimator<TTransformer> estimator = Estimator(ml);
        string[] promised = Shapes.Describe(estimator.GetOutputSchema(Shapes.Of(data.Schema)));
        TTransformer model = estimator.Fit(data);
        Assert.That(Sorted(Shapes.Of(model.Transform(data).Schema)), Is.EqualTo(Sorted(estimator.GetOutputSchema(Shapes.Of(data.Schema)))));
        Assert.That(Sorted(Shapes.Of(model.GetOutputSchema(data.Schema))), Has.Length.EqualTo(promised.Length));
    }

    [Test]
    public void Transform_RowByRow_EqualsCursorEqualsPredictionEngine()
    {
        var ml = new MLContext(0);
        TRow[] rows = Rows(30);
        IDataView data = Data(ml, rows);
        TTransformer model = Estimator(ml).Fit(data);
        string[] cursor = Scores(model.Transform(data));
        using PredictionEngine<TRow, Output> engine = ml.Model.CreatePredictionEngine<TRow, Output>(model, new PredictionEngineOptions { OwnsTransformer = false });
        Assert.That(rows.Select(r => Text(engine.Predict(r).Score)), Is.EqualTo(cursor));
        Assert.That(cursor.Distinct().Count(), Is.GreaterThan(5), "The rows are too much alike to show anything.");
    }

    [Test]
    public void SaveAndLoad_GivesTheSameScores_AndTheSameSeedTheSameBytes()
    {
        var ml = new MLContext(0);
        IDataView data = Data(ml, Rows(40));
        TTransformer model = Estimator(ml).Fit(data);
        byte[] zip = MemoryFile.Save(ml, model, data.Schema);
        Assert.That(Scores(MemoryFile.Load(new MLContext(1), zip).Transform(data)), Is.EqualTo(Scores(model.Transform(data))));
        var again = new MLContext(0);
        IDataView same = Data(again, Rows(40));
        Assert.That(MemoryFile.Entries(MemoryFile.Save(again, Estimator(again).Fit(same), same.Schema)), Is.EqualTo(MemoryFile.Entries(zip)));
    }

    [Test]
    public void Fit_ReadsTheDataOnce_AndOnlyItsColumns()
    {
        var ml = new MLContext(0);
        int unused = 0;
        int features = 0;
        IDataView data = Data(ml, Rows(30));
        data = ml.Transforms.CustomMapping<UnusedColumn, UnusedColumn>((from, to) =>
        {
            Interlocked.Increment(ref unused);
            to.Unused = from.Unused;
        }, null).Fit(data).Transform(data);
        data = ml.Transforms.CustomMapping<FeatureColumn, FeatureColumn>((from, to) =>
        {
            Interlocked.Increment(ref features);
            to.Features = from.Features;
        }, null, SchemaDefinition(), SchemaDefinition()).Fit(data).Transform(data);
        Estimator(ml).Fit(data);
        Assert.That(unused, Is.Zero);
        Assert.That(features, Is.EqualTo(30));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Fit_ColumnMissing_NamesIt(bool label)
    {
        var ml = new MLContext(0);
        string name = label ? LabelColumn : Feature;
        IDataView data = Data(ml, Rows(6));
        IDataView without = ml.Transforms.DropColumns(name).Fit(data).Transform(data);
        // A key made from text hides nothing, but a column that hides another of its name uncovers it: such a test would show nothing.
        Assert.That(without.Schema.GetColumnOrNull(name), Is.Null);
        Assert.That(() => Estimator(ml).Fit(without), Throws.ArgumentException.With.Message.Contains($"'{name}'").And.Message.Contains("'Unused'"));
        Assert.That(() => Estimator(ml).GetOutputSchema(Shapes.Of(without.Schema)), Throws.ArgumentException.With.Message.Contains($"'{name}'"));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Fit_ColumnMistyped_NamesItAndBothTypes(bool label)
    {
        var ml = new MLContext(0);
        string name = label ? LabelColumn : Feature;
        IDataView data = Data(ml, Rows(6));
        IDataView text = ml.Transforms.CopyColumns(name, "Unused").Fit(data).Transform(data);
        Assert.That(() => Estimator(ml).Fit(text), Throws.ArgumentException.With.Message.Contains($"'{name}'").And.Message.Contains("but it is String"));
        Assert.That(() => Estimator(ml).GetOutputSchema(Shapes.Of(text.Schema)), Throws.ArgumentException.With.Message.Contains($"'{name}'").And.Message.Contains("String"));
    }

    [Test]
    public void Fit_FeaturesOfVariableSize_NamesTheColumn()
    {
        var ml = new MLContext(0);
        IDataView data = Data(ml, Rows(6));
        IDataView variable = ml.Transforms.Text.TokenizeIntoWords("Words", "Unused")
            .Append(ml.Transforms.Conversion.MapValue("Features", [new KeyValuePair<string, float>("a", 1)], "Words"))
            .Fit(data).Transform(data);
        Assert.That(() => Estimator(ml).Fit(variable), Throws.ArgumentException.With.Message.Contains("'Features'").And.Message.Contains("fixed size"));
        Assert.That(() => Estimator(ml).GetOutputSchema(Shapes.Of(variable.Schema)), Throws.ArgumentException.With.Message.Contains("'Features'").And.Message.Contains("variable"));
    }

    [Test]
    public void Transform_FeaturesOfAnotherSize_IsRefused()
    {
        var ml = new MLContext(0);
        IDataView data = Data(ml, Rows(20));
        TTransformer model = Estimator(ml).Fit(data);
        IDataView wider = ml.Transforms.Concatenate("Features", "Features", "Features").Fit(data).Transform(data);
        Assert.That(() => Scores(model.Transform(wider)), Throws.InvalidOperationException.With.Message.Contains("features").And.Message.Contains("Vector<Single"));
    }

    [Test]
    public void Fit_ZeroRows_SaysSo()
    {
        var ml = new MLContext(0);
        IDataView none = ml.Data.FilterRowsByColumn(Data(ml, Rows(6)), "Amount", lowerBound: 1e9);
        Assert.That(() => Estimator(ml).Fit(none), Throws.InvalidOperationException.With.Message.Contains("no training rows"));
    }

    private SchemaDefinition SchemaDefinition()
    {
        SchemaDefinition definition = Microsoft.ML.Data.SchemaDefinition.Create(typeof(FeatureColumn));
        definition[Feature].ColumnType = new VectorDataViewType(NumberDataViewType.Single, FeatureCount);
        return definition;
    }

    private static string[] Sorted(SchemaShape shape) => [.. shape.OrderBy(c => c.Name, StringComparer.Ordinal)
        .Select(c => $"{c.Name}: {c.Kind} {c.ItemType} key={c.IsKey} [{string.Join(", ", c.Annotations.Select(a => $"{a.Name} {a.Kind} {a.ItemType} {a.IsKey}").Order(StringComparer.Ordinal))}]")];

    private static string[] Scores(IDataView scored) => scored.Schema["Score"].Type is VectorDataViewType
        ? [.. scored.GetColumn<VBuffer<float>>("Score").Select(v => Text(v.DenseValues().ToArray()))]
        : [.. scored.GetColumn<float>("Score").Select(v => Text(v))];

    private static string Text(object? score) => score is float[] vector ? string.Join(" ", vector) : $"{score}";

    private sealed class UnusedColumn
    {
        public string Unused { get; set; } = "";
    }

    private sealed class FeatureColumn
    {
        public float[] Features { get; set; } = [];
    }
}
