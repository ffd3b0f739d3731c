using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Media;

/// <summary>Rows that cannot be read: every policy, every way to be bad, nothing lost without a word.</summary>
internal sealed class RowErrorTests
{
    private string _folder = "";
    private List<string> _warnings = [];

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("mltransfer-rows").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Throw_DeliversTheRowsBefore_ThenNamesRowPathAndReason()
    {
        IDataView data = Data(Context(), good: 5, bad: "missing.bmp", after: 4);
        using ImageEmbeddingTransformer model = Fit(data, RowErrorPolicy.Throw);
        IDataView view = model.Transform(data);
        using DataViewRowCursor cursor = view.GetRowCursor([view.Schema["Features"]]);
        ValueGetter<VBuffer<float>> getter = cursor.GetGetter<VBuffer<float>>(view.Schema["Features"]);
        VBuffer<float> value = default;
        for (int row = 0; row < 5; row++)
        {
            Assert.That(cursor.MoveNext(), Is.True);
            Assert.That(() => getter(ref value), Throws.Nothing);
        }
        Assert.That(cursor.MoveNext(), Is.True);
        Assert.That(() => getter(ref value), Throws.TypeOf<InvalidDataException>().With.Message.Contains("EmbedImage").And.Message.Contains("'Image'")
            .And.Message.Contains("position 5").And.Message.Contains("'missing.bmp'").And.Message.Contains("no such file").And.Message.Contains("OnError"));
        Assert.That(cursor.MoveNext(), Is.True);
        Assert.That(() => getter(ref value), Throws.Nothing, "the row behind it is whole");
    }

    [Test]
    public void NaN_FillsTheRow_WarnsAndReports()
    {
        IDataView data = Data(Context(), good: 3, bad: "missing.bmp", after: 2);
        var errors = new Errors();
        using ImageEmbeddingTransformer model = Fit(data, RowErrorPolicy.NaN, errors);
        float[][] features = Columns.Vectors(model.Transform(data), "Features");
        Assert.That(features, Has.Length.EqualTo(6));
        Assert.That(features[3], Has.All.NaN);
        Assert.That(features.Where((_, i) => i != 3).SelectMany(f => f), Has.All.Matches<float>(float.IsFinite));
        Assert.That(errors, Has.Count.EqualTo(1));
        Assert.That(errors[0], Is.EqualTo(new RowError("EmbedImage", "Image", 3, "missing.bmp", errors[0].Reason)));
        Assert.That(_warnings, Has.One.Contains("'missing.bmp'").And.One.Contains("not-a-number"));
    }

    [Test]
    public void SkipRow_LeavesItOut_InEveryCursorAlike()
    {
        MLContext ml = Context();
        IDataView data = Data(ml, good: 20, bad: "missing.bmp", after: 20);
        var errors = new Errors();
        using ImageEmbeddingTransformer model = Fit(data, RowErrorPolicy.SkipRow, errors);
        IDataView view = model.Transform(data);
        float[] numbers = [.. view.GetColumn<float>("Number")];
        Assert.That(numbers, Is.EqualTo(Enumerable.Range(0, 41).Where(i => i != 20).Select(i => (float)i)));
        Assert.That(Columns.Vectors(view, "Features"), Has.Length.EqualTo(40));
        Assert.That(view.GetRowCount(), Is.Null);
        Assert.That(errors.Select(e => e.Row), Is.All.EqualTo(20));
        float[][] alone = Columns.Vectors(model.Transform(Data(ml, good: 41, bad: null, after: 0)), "Features");
        Columns.AssertEqual(Columns.Vectors(view, "Features"), [.. alone.Where((_, i) => i != 20)], 0, "the others");
        foreach (DataViewRowCursor cursor in view.GetRowCursorSet([view.Schema["Number"]], 3))
            cursor.Dispose();
    }

    [Test]
    public void SkipRow_EveryRowBad_GivesNoRows()
    {
        IDataView data = Data(Context(), good: 0, bad: "missing.bmp", after: 0);
        using ImageEmbeddingTransformer model = Fit(data, RowErrorPolicy.SkipRow);
        Assert.That(Columns.Vectors(model.Transform(data), "Features"), Is.Empty);
        Assert.That(_warnings, Has.One.Contains("left out"));
    }

    [Test]
    public void SkipRow_InAPredictionEngine_IsAnError()
    {
        MLContext ml = Context();
        IDataView data = Data(ml, good: 1, bad: null, after: 0);
        using ImageEmbeddingTransformer model = Fit(data, RowErrorPolicy.SkipRow);
        using PredictionEngine<Row, Output> engine = ml.Model.CreatePredictionEngine<Row, Output>(model, new PredictionEngineOptions { OwnsTransformer = false });
        Assert.That(() => engine.Predict(new Row { Image = "missing.bmp" }), Throws.TypeOf<InvalidDataException>().With.Message.Contains("'missing.bmp'"));
        Assert.That(engine.Predict(new Row { Image = "0.bmp" }).Features, Has.All.Matches<float>(float.IsFinite), "the engine goes on");
    }

    [Test]
    public void ManyBadRows_AreNamedTenTimes_ThenCounted()
    {
        MLContext ml = Context();
        IDataView data = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 37).Select(i => new Row { Image = $"none-{i}.bmp", Number = i }));
        var errors = new Errors();
        using ImageEmbeddingTransformer model = Fit(data, RowErrorPolicy.NaN, errors);
        Assert.That(Columns.Vectors(model.Transform(data), "Features"), Has.Length.EqualTo(37));
        Assert.That(errors.Select(e => e.Row), Is.EqualTo(Enumerable.Range(0, 37)));
        Assert.That(_warnings.Count(w => w.Contains("none-", StringComparison.Ordinal)), Is.EqualTo(10));
        Assert.That(_warnings, Has.One.Contains("37 rows"));
    }

    [Test]
    public void EqualBadRows_AreEachReported()
    {
        MLContext ml = Context();
        IDataView data = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 4).Select(i => new BytesRow { Image = [1, 2, 3] }));
        var errors = new Errors();
        using ImageEmbeddingTransformer model = Fit(data, RowErrorPolicy.NaN, errors);
        Assert.That(Columns.Vectors(model.Transform(data), "Features").SelectMany(f => f), Has.All.NaN);
        Assert.That(errors.Select(e => e.Row), Is.EqualTo([0, 1, 2, 3]));
    }

    [Test]
    public void ABadRow_IsNotRemembered()
    {
        MLContext ml = Context();
        IDataView data = Data(ml, good: 2, bad: "late.bmp", after: 0);
        using ImageEmbeddingTransformer model = Fit(data, RowErrorPolicy.NaN);
        Assert.That(Columns.Vectors(model.Transform(data), "Features")[2], Has.All.NaN);
        File.WriteAllBytes(Path.Combine(_folder, "late.bmp"), TinyMedia.Bmp(4, 4, 99));
        Assert.That(Columns.Vectors(model.Transform(data), "Features")[2], Has.All.Matches<float>(float.IsFinite));
    }

    [TestCase("empty.bmp", "0 bytes")]
    [TestCase("text.jpg", "")]
    [TestCase("", "path is empty")]
    [TestCase(".", "folder")]
    [TestCase("a\0b.bmp", "null character")]
    [TestCase("large.bmp", "MaximumBytes")]
    public void BadFiles_SayWhatIsWrong(string path, string reason)
    {
        File.WriteAllBytes(Path.Combine(_folder, "empty.bmp"), []);
        File.WriteAllText(Path.Combine(_folder, "text.jpg"), "This is no picture.");
        File.WriteAllBytes(Path.Combine(_folder, "large.bmp"), new byte[2000]);
        IDataView data = Data(Context(), good: 1, bad: path, after: 1);
        var errors = new Errors();
        using ImageEmbeddingTransformer model = Fit(data, RowErrorPolicy.NaN, errors, maximumBytes: 1000);
        Columns.Vectors(model.Transform(data), "Features");
        Assert.That(errors, Has.Count.EqualTo(1));
        Assert.That(errors[0].Row, Is.EqualTo(1));
        Assert.That(errors[0].Reason, Does.Contain(reason));
    }

    private MLContext Context()
    {
        var ml = new MLContext(0);
        _warnings = [];
        ml.Log += (_, e) =>
        {
            if (e.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning)
                _warnings.Add(e.Message);
        };
        return ml;
    }

    private IDataView Data(MLContext ml, int good, string? bad, int after)
    {
        var rows = new List<Row>();
        for (int i = 0; i < good; i++)
            rows.Add(Good(i));
        if (bad is not null)
            rows.Add(new Row { Image = bad, Number = good });
        for (int i = 0; i < after; i++)
            rows.Add(Good(good + 1 + i));
        _context = ml;
        return ml.Data.LoadFromEnumerable(rows);
    }

    private MLContext? _context;

    private Row Good(int number)
    {
        File.WriteAllBytes(Path.Combine(_folder, $"{number}.bmp"), TinyMedia.Bmp(4, 4, number));
        return new Row { Image = $"{number}.bmp", Number = number };
    }

    private ImageEmbeddingTransformer Fit(IDataView data, RowErrorPolicy policy, IProgress<RowError>? errors = null, long maximumBytes = 1 << 20) =>
        (_context ?? Context()).Transforms.EmbedImage(TinyMediaBackbones.Image(),
            new ImageEmbeddingOptions { Folder = _folder, OnError = policy, RowErrors = errors, MaximumBytes = maximumBytes }).Fit(data);

    private sealed class Errors : List<RowError>, IProgress<RowError>
    {
        public void Report(RowError value) => Add(value);
    }

    private sealed class Row
    {
        public string Image { get; set; } = "";

        public float Number { get; set; }
    }

    private sealed class BytesRow
    {
        public byte[] Image { get; set; } = [];
    }

    private sealed class Output
    {
        public float[] Features { get; set; } = [];
    }
}
