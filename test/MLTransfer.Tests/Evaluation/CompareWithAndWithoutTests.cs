using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Microsoft.ML.Transforms;

namespace MLTransfer.Tests.Evaluation;

/// <summary>Over cheap pipelines of numbers: "Signal" tells the classes apart, "Noise" does not.</summary>
public sealed class CompareWithAndWithoutTests
{
    private readonly MLContext _ml = new(seed: 0);

    [Test]
    public void Compare_WithKnowsMore_SaysHelped()
    {
        TransferComparison found = _ml.Transfer().CompareWithAndWithout(Data(), Column("Signal"), Options());

        Assert.That(found.Verdict, Is.EqualTo(TransferVerdict.Helped));
        Assert.That(found.ToString(), Does.StartWith("Transfer helped: accuracy "));
        Assert.That(found.IsComplete);
        Assert.That(found.Summaries.Select(s => s.LabelsPerClass), Is.EqualTo(new[] { 2, 5 }));
        Assert.That(found.Runs, Has.Count.EqualTo(6));
    }

    [Test]
    public void Compare_WithKnowsLess_SaysHurt()
    {
        TransferComparison found = _ml.Transfer().CompareWithAndWithout(Data(), Column("Noise"), Options() with { Without = Column("Signal") });

        Assert.That(found.Verdict, Is.EqualTo(TransferVerdict.Hurt));
        Assert.That(found.ToString(), Does.StartWith("Transfer hurt: accuracy "));
    }

    [Test]
    public void Compare_SamePipelineOnBothSides_SameNumbersBecauseSameRows()
    {
        TransferComparison found = _ml.Transfer().CompareWithAndWithout(Data(), Column("Noise"), Options() with { Without = Column("Noise") });

        Assert.That(found.Runs.Select(r => r.With), Is.EqualTo(found.Runs.Select(r => r.Without)));
        Assert.That(found.Verdict, Is.EqualTo(TransferVerdict.Undecided));
    }

    [Test]
    public void Compare_Twice_SameNumbers()
    {
        TransferComparison first = _ml.Transfer().CompareWithAndWithout(Data(), Column("Signal"), Options());
        TransferComparison second = _ml.Transfer().CompareWithAndWithout(Data(), Column("Signal"), Options());

        Assert.That(second.Runs, Is.EqualTo(first.Runs));
    }

    [Test]
    public void Compare_NoPipelineWithout_HashesTheTextsWords()
    {
        // The words tell the classes apart completely.
        TransferComparison found = _ml.Transfer().CompareWithAndWithout(Data(), Column("Noise"), Options() with { Without = null });

        Assert.That(found.Summaries[^1].Without.Accuracy.Median, Is.GreaterThan(0.9));
        Assert.That(found.Verdict, Is.EqualTo(TransferVerdict.Hurt));
    }

    [Test]
    public void Compare_TestData_IsMeasuredOnWhole()
    {
        var counter = new CountingTrainer(_ml);
        _ml.Transfer().CompareWithAndWithout(
            Data(), Column("Signal"), Options() with { TestData = Data(8), LabelsPerClass = [20], Seeds = [0], Trainer = counter.Make });

        // 3 classes of 20 rows each to train on, although all rows of the data are needed for it.
        Assert.That(counter.TrainedRows, Is.EqualTo(new long?[] { 60, 60 }));
    }

    [TestCase("Label")]
    [TestCase("Number")]
    [TestCase("Short")]
    [TestCase("Key")]
    public void Compare_LabelOfAnyClassType_IsRead(string label)
    {
        IDataView data = _ml.Transforms.Conversion.MapValueToKey("Key", "Label").Fit(Data()).Transform(Data());

        TransferComparison found = _ml.Transfer().CompareWithAndWithout(data, Column("Signal"), Options() with
        {
            LabelColumnName = label,
            Trainer = ml => LightlyRegularized(ml, label),
        });

        Assert.That(found.Summaries[^1].With.Accuracy.Median, Is.GreaterThan(0.8));
    }

    [Test]
    public void Compare_MissingLabels_AreLeftOut()
    {
        List<Row> rows = Rows(20);
        rows.Insert(3, new Row { Label = "", Text = "nothing", Signal = [9, 9], Noise = [0, 0] });

        TransferComparison found = _ml.Transfer().CompareWithAndWithout(_ml.Data.LoadFromEnumerable(rows), Column("Signal"), Options());

        Assert.That(found.Verdict, Is.EqualTo(TransferVerdict.Helped));
    }

    [Test]
    public void Compare_Progress_IsToldAfterEachRun()
    {
        var told = new List<CompareProgress>();

        _ml.Transfer().CompareWithAndWithout(Data(), Column("Signal"), Options() with { Progress = new Listener(told.Add) });

        Assert.That(told.Select(p => p.DoneCount), Is.EqualTo(Enumerable.Range(1, 6)));
        Assert.That(told.Select(p => p.TotalCount), Is.All.EqualTo(6));
    }

    [Test]
    public void Compare_CancelledMeanwhile_ReturnsWhatIsDone()
    {
        using var stop = new CancellationTokenSource();

        TransferComparison found = _ml.Transfer().CompareWithAndWithout(Data(), Column("Signal"), Options() with
        {
            CancellationToken = stop.Token,
            Progress = new Listener(p =>
            {
                if (p.DoneCount == 2)
                    stop.Cancel();
            }),
        });

        Assert.That(found.Runs, Has.Count.EqualTo(2));
        Assert.That(found.IsComplete, Is.False);
        Assert.That(found.ToString(), Does.EndWith("Cancelled before all runs were done."));
    }

    [Test]
    public void Compare_CancelledBefore_Throws()
    {
        CompareOptions options = Options() with { CancellationToken = new CancellationToken(canceled: true) };

        Assert.That(() => _ml.Transfer().CompareWithAndWithout(Data(), Column("Signal"), options), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void Compare_RowsWatchTheTokenToo_ReturnsWhatIsDone()
    {
        using var stop = new CancellationTokenSource();
        IDataView data = _ml.Data.LoadFromEnumerable(Until(Rows(20), stop.Token));
        int fitted = 0;

        TransferComparison found = _ml.Transfer().CompareWithAndWithout(data, Column("Signal"), Options() with
        {
            CancellationToken = stop.Token,
            Trainer = ml => new TellingTrainer(LightlyRegularized(ml), () =>
            {
                if (++fitted == 5)
                    stop.Cancel();
            }),
        });

        Assert.That(found.Runs, Has.Count.EqualTo(2));
        Assert.That(found.IsComplete, Is.False);
    }

    [Test]
    public void Compare_CountsNotSet_LeavesOutThoseWithoutRows()
    {
        // 20 rows of a class, of which 5 are put aside.
        TransferComparison found = _ml.Transfer().CompareWithAndWithout(Data(), Column("Signal"), new CompareOptions
        {
            Seeds = [0],
            Trainer = ml => LightlyRegularized(ml),
            Without = new MLContext(seed: 0).Transforms.CopyColumns("Features", "Noise"),
        });

        Assert.That(found.Summaries.Select(s => s.LabelsPerClass), Is.EqualTo(new[] { 1, 2, 5, 10 }));
        Assert.That(found.LeftOutLabelsPerClass, Is.EqualTo(new[] { 20, 50 }));
        Assert.That(found.ToString(), Does.EndWith("Left out: 20, 50 labels per class, for which a class has too few rows."));
    }

    [Test]
    public void Compare_Provenance_SaysWhatItWasMadeOf()
    {
        List<Row> rows = [.. Rows(20), new Row { Signal = [0, 0], Noise = [0, 0] }];

        ComparisonProvenance found = _ml.Transfer().CompareWithAndWithout(
            _ml.Data.LoadFromEnumerable(rows), Column("Signal"), Options() with { DataDescription = "rows", WithDescription = "signal", Seeds = [3, 1] }).Provenance;

        Assert.That(found, Has.Property("Data").EqualTo("rows").And.Property("With").EqualTo("signal").And.Property("Without").EqualTo("ColumnCopyingEstimator")
            .And.Property("Trainer").EqualTo("LbfgsMaximumEntropyMulticlassTrainer").And.Property("LibraryVersion").Match("^[0-9.]+"));
        Assert.That((found.RowCount, found.UnlabelledRowCount, found.TestRowCount, found.TestFraction), Is.EqualTo((60, 1, 15, 0.25)));
        Assert.That(found.Classes, Is.EqualTo(new[] { new LabelCount("a", 20), new LabelCount("b", 20), new LabelCount("c", 20) }));
        Assert.That(found.Seeds, Is.EqualTo(new[] { 3, 1 }));
    }

    [Test]
    public void Compare_LabelMissing_NamesTheColumn() => Refuses(
        Options() with { LabelColumnName = "Intent" }, "column 'Intent'", "'Label'");

    [Test]
    public void Compare_LabelIsReal_NamesTypeAndRemedy() => Refuses(
        Options() with { LabelColumnName = "Real" }, "column 'Real'", "Single", "MapValueToKey");

    [Test]
    public void Compare_TextMissing_NamesTheOption() => Refuses(
        Options() with { Without = null, TextColumnName = "Body" }, "column 'Body'", "CompareOptions.TextColumnName", "CompareOptions.Without");

    [Test]
    public void Compare_FewerLabelsThanAsked_NamesClassAndCounts() => Refuses(
        Options() with { LabelsPerClass = [16] }, "16 labels", "class 'a'", "20 rows", "5 are put aside");

    [Test]
    public void Compare_OneClassOnly_NamesIt()
    {
        IDataView data = _ml.Data.LoadFromEnumerable(Rows(20).Where(r => r.Label == "b"));

        Assert.That(() => _ml.Transfer().CompareWithAndWithout(data, Column("Signal"), Options()),
            Throws.ArgumentException.With.Message.Contains("two classes").And.Message.Contains("only 'b'"));
    }

    [Test]
    public void Compare_NoRows_Says()
    {
        Assert.That(() => _ml.Transfer().CompareWithAndWithout(_ml.Data.LoadFromEnumerable<Row>([]), Column("Signal"), Options()),
            Throws.ArgumentException.With.Message.Contains("no rows"));
    }

    [Test]
    public void Compare_TestClassUnknown_NamesIt()
    {
        IDataView test = _ml.Data.LoadFromEnumerable(Rows(3).Append(new Row { Label = "oos", Text = "x", Signal = [0, 0], Noise = [0, 0] }));

        Refuses(Options() with { TestData = test }, "'oos'", "column 'Label'");
    }

    [Test]
    public void Compare_TestDataWithoutALabel_SaysSo()
    {
        List<Row> rows = Rows(3);
        rows.ForEach(r => r.Label = "");

        Refuses(Options() with { TestData = _ml.Data.LoadFromEnumerable(rows) }, "'Label'", "all 9 rows", "TestData");
    }

    [Test]
    public void Compare_PipelineDeliversOtherColumn_NamesSideAndColumn() => Refuses(
        Options() with { Without = _ml.Transforms.CopyColumns("Vector", "Signal") }, "without transfer", "'Features'", "'Vector'");

    [Test]
    public void Compare_TrainerIsNoMulticlass_Says() => Refuses(
        Options() with { Trainer = ml => ml.Transforms.CopyColumns("Score", "Features") }, "'Score'", "vector of 3 Single");

    [Test]
    public void Options_OutOfRange_NameThemselves()
    {
        Assert.That(() => new CompareOptions { LabelsPerClass = [0] }, Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("LabelsPerClass"));
        Assert.That(() => new CompareOptions { LabelsPerClass = [4, 4] }, Throws.ArgumentException.With.Message.Contains("LabelsPerClass"));
        Assert.That(() => new CompareOptions { Seeds = [] }, Throws.ArgumentException.With.Message.Contains("Seeds"));
        Assert.That(() => new CompareOptions { TestFraction = 1 }, Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("TestFraction"));
    }

    private static CompareOptions Options() => new()
    {
        LabelsPerClass = [5, 2],
        Seeds = [0, 1, 2],
        Trainer = ml => LightlyRegularized(ml),
        Without = new MLContext(seed: 0).Transforms.CopyColumns("Features", "Noise"),
    };

    // Its own defaults leave all weights at zero on so few rows.
    private static LbfgsMaximumEntropyMulticlassTrainer LightlyRegularized(MLContext ml, string label = "Label") =>
        ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(label, l1Regularization: 0, l2Regularization: 0.01f);

    private static List<Row> Rows(int perClass)
    {
        var random = new Random(1);
        string[] words = ["apple pear plum", "iron zinc lead", "north south east"];
        return [.. Enumerable.Range(0, 3 * perClass).Select(i =>
        {
            int k = i % 3;
            return new Row
            {
                Label = $"{(char)('a' + k)}",
                Number = k,
                Short = (short)(k - 1),
                Text = words[k],
                Signal = [(k == 0 ? 2 : -1) + Jitter(random), (k == 1 ? 2 : -1) + Jitter(random)],
                Noise = [Jitter(random), Jitter(random)],
            };
        })];
    }

    private static float Jitter(Random random) => random.NextSingle() - 0.5f;

    private IDataView Data(int perClass = 20) => _ml.Data.LoadFromEnumerable(Rows(perClass));

    private ColumnCopyingEstimator Column(string name) => _ml.Transforms.CopyColumns("Features", name);

    private void Refuses(CompareOptions options, params string[] words)
    {
        ArgumentException? e = Assert.Throws<ArgumentException>(() => _ml.Transfer().CompareWithAndWithout(Data(), Column("Signal"), options));
        foreach (string word in words)
            Assert.That(e!.Message, Does.Contain(word));
    }

    private static IEnumerable<Row> Until(List<Row> rows, CancellationToken cancel)
    {
        foreach (Row row in rows)
        {
            cancel.ThrowIfCancellationRequested();
            yield return row;
        }
    }

    private sealed class Listener(Action<CompareProgress> told) : IProgress<CompareProgress>
    {
        public void Report(CompareProgress value) => told(value);
    }

    /// <summary>Notes how many rows it was given.</summary>
    private sealed class CountingTrainer(MLContext ml) : IEstimator<ITransformer>
    {
        private readonly LbfgsMaximumEntropyMulticlassTrainer _inner = LightlyRegularized(ml);

        public List<long?> TrainedRows { get; } = [];

        public CountingTrainer Make(MLContext context)
        {
            ArgumentNullException.ThrowIfNull(context);
            return this;
        }

        public ITransformer Fit(IDataView input)
        {
            TrainedRows.Add(input.GetColumn<uint>("Label").LongCount());
            return _inner.Fit(input);
        }

        public SchemaShape GetOutputSchema(SchemaShape inputSchema) => _inner.GetOutputSchema(inputSchema);
    }

    /// <summary>Tells when it is fitted.</summary>
    private sealed class TellingTrainer(LbfgsMaximumEntropyMulticlassTrainer inner, Action told) : IEstimator<ITransformer>
    {
        public ITransformer Fit(IDataView input)
        {
            told();
            return inner.Fit(input);
        }

        public SchemaShape GetOutputSchema(SchemaShape inputSchema) => inner.GetOutputSchema(inputSchema);
    }

    private sealed class Row
    {
        public string Label { get; set; } = "";

        public int Number { get; set; }

        public short Short { get; set; }

        public float Real { get; set; }

        public string Text { get; set; } = "";

        [VectorType(2)]
        public float[] Signal { get; set; } = [];

        [VectorType(2)]
        public float[] Noise { get; set; } = [];
    }
}
