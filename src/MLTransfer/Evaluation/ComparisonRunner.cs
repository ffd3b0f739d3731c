using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using MLTransfer.Embedding;
using MLTransfer.Internal;

namespace MLTransfer.Evaluation;

/// <summary>Draws the samples, trains and measures both sides.</summary>
internal sealed class ComparisonRunner
{
    public const string Step = "CompareWithAndWithout";

    private readonly MLContext _context;
    private readonly IEstimator<ITransformer> _with;
    private readonly IEstimator<ITransformer> _without;
    private readonly CompareOptions _options;
    private readonly LabelledRows _train;
    private readonly LabelledRows? _test;
    private readonly string[] _classes;
    private readonly Dictionary<string, int> _classIndex;
    private readonly List<int>[] _trainPlaces;
    private readonly int[] _labelsPerClass;

    // Disposed at the end only: a backbone's session lives as long as a fitted step holds it.
    private readonly List<ITransformer> _fittedFeatures = [];

    public ComparisonRunner(MLContext context, IDataView data, IEstimator<ITransformer> with, CompareOptions options)
    {
        _context = context;
        _with = with;
        _options = options;
        _without = options.Without ?? HashedNgrams(context, data.Schema, options);
        _train = LabelledRows.Read(data, options.LabelColumnName);
        _test = options.TestData is null ? null : LabelledRows.Read(options.TestData, options.LabelColumnName);
        _classes = [.. _train.Names.OfType<string>().Distinct().Order(StringComparer.Ordinal)];
        _classIndex = _classes.Select((name, index) => (name, index)).ToDictionary(c => c.name, c => c.index, StringComparer.Ordinal);
        if (_classes.Length < 2)
            throw Throw.ComparisonNeedsClasses(options.LabelColumnName, _classes);
        if (_test?.Names.OfType<string>().FirstOrDefault(n => !_classIndex.ContainsKey(n)) is string unknown)
            throw Throw.ComparisonTestClassUnknown(options.LabelColumnName, unknown);
        if (_test?.Names.OfType<string>().Any() == false)
            throw Throw.ComparisonTestUnlabelled(options.LabelColumnName, _test.Names.Count);
        _trainPlaces = _train.PlacesByClass(_classIndex);
        _labelsPerClass = Counts();
    }

    public TransferComparison Run()
    {
        var runs = new List<ComparisonRun>();
        try
        {
            return RunAll(runs);
        }
        // Pipelines and rows may watch the same token, and ML.NET wraps what its threads throw.
        catch (Exception e) when (_options.CancellationToken.IsCancellationRequested && IsCancellation(e))
        {
            return Cancelled(runs);
        }
        finally
        {
            foreach (IDisposable fitted in _fittedFeatures.OfType<IDisposable>())
                fitted.Dispose();
        }
    }

    private TransferComparison RunAll(List<ComparisonRun> runs)
    {
        int total = _options.Seeds.Count * _labelsPerClass.Length;
        foreach (int seed in _options.Seeds)
        {
            var split = new SampleSplit(_trainPlaces, seed, _test is null ? _options.TestFraction : null);
            (RowSubsetView test, int[] testLabels) = _test is null ? Choose(_train, split.TestPlaces)
                : Choose(_test, [.. Enumerable.Range(0, _test.Names.Count).Where(i => _test.Names[i] is not null)]);
            foreach (int labelsPerClass in _labelsPerClass)
            {
                if (_options.CancellationToken.IsCancellationRequested)
                    return Cancelled(runs);
                (RowSubsetView train, int[] trainLabels) = Choose(_train, split.Take(labelsPerClass));
                ComparisonMetrics with = Measure(_with, "with", seed, train, trainLabels, test, testLabels);
                ComparisonMetrics without = Measure(_without, "without", seed, train, trainLabels, test, testLabels);
                // A head that was cancelled is the best so far, which is no measurement: the run does not count.
                if (_options.CancellationToken.IsCancellationRequested)
                    return Cancelled(runs);
                runs.Add(new ComparisonRun(labelsPerClass, seed, with, without));
                _options.Progress?.Report(new CompareProgress(runs.Count, total, runs[^1]));
            }
        }
        return Result(runs, isComplete: true);
    }

    private TransferComparison Cancelled(List<ComparisonRun> runs) =>
        runs.Count > 0 ? Result(runs, isComplete: false) : throw new OperationCanceledException(_options.CancellationToken);

    private static bool IsCancellation(Exception? e) => e is OperationCanceledException || (e is not null && IsCancellation(e.InnerException));

    private TransferComparison Result(List<ComparisonRun> runs, bool isComplete) => new(runs, isComplete, new ComparisonProvenance
    {
        LibraryVersion = LibraryVersion.Text,
        Data = _options.DataDescription,
        With = _options.WithDescription ?? Describe(_with),
        Without = _options.WithoutDescription ?? (_options.Without is null ? "hashed n-grams" : Describe(_without)),
        Trainer = _options.TrainerDescription ?? Describe(_options.Trainer?.Invoke(_context) ?? DefaultTrainer(_context)),
        RowCount = _trainPlaces.Sum(p => p.Count),
        UnlabelledRowCount = _train.Names.Count(n => n is null),
        TestRowCount = (int)runs[0].With.RowCount,
        TestFraction = _test is null ? _options.TestFraction : null,
        Classes = [.. _classes.Select((name, k) => new LabelCount(name, _trainPlaces[k].Count))],
        Seeds = _options.Seeds,
    }, [.. _options.LabelsPerClass.Except(_labelsPerClass)]);

    private static string Describe(IEstimator<ITransformer> estimator) =>
        estimator is IBackboneStep { Backbone: Backbone backbone } ? backbone.ToString() : estimator.GetType().Name.Split('`')[0];

    private static EstimatorChain<LpNormNormalizingTransformer> HashedNgrams(MLContext context, DataViewSchema schema, CompareOptions options)
    {
        const int bits = 14;
        const string text = "__NormalizedText";
        DataViewSchema.Column column = schema.GetColumnOrNull(options.TextColumnName)
            ?? throw Throw.ComparisonTextMissing(options.TextColumnName, schema.Select(c => c.Name));
        if (column.Type != TextDataViewType.Instance)
            throw Throw.ColumnType(Step, column.Name, "Text", column.Type.ToString()!, "Choose CompareOptions.TextColumnName, or give the pipeline CompareOptions.Without.");
        return context.Transforms.Text.NormalizeText(text, options.TextColumnName, keepPunctuations: false)
            .Append(context.Transforms.Text.ProduceHashedWordBags(options.FeatureColumnName, text, numberOfBits: bits, ngramLength: 2, useAllLengths: true))
            .Append(context.Transforms.NormalizeLpNorm(options.FeatureColumnName));
    }

    /// <summary>The numbers of labels that every class has rows for.</summary>
    private int[] Counts()
    {
        // What nobody set may be left out; the least is needed in any case.
        int least = _options.LabelsPerClass[_options.AreLabelsPerClassSet ? ^1 : 0];
        int most = int.MaxValue;
        for (int k = 0; k < _classes.Length; k++)
        {
            int rows = _trainPlaces[k].Count;
            int aside = _test is null ? SampleSplit.TestCount(rows, _options.TestFraction) : 0;
            if (rows - aside < least)
                throw Throw.ComparisonTooFewLabels(_classes[k], rows, aside, least);
            most = Math.Min(most, rows - aside);
        }
        return [.. _options.LabelsPerClass.Where(n => n <= most)];
    }

    private (RowSubsetView Rows, int[] Labels) Choose(LabelledRows source, List<int> places)
    {
        places.Sort();
        return (new RowSubsetView(source.Data, source.Names.Count, places), [.. places.Select(p => _classIndex[source.Names[p]!])]);
    }

    private ComparisonMetrics Measure(
        IEstimator<ITransformer> pipeline, string side, int seed, RowSubsetView train, int[] trainLabels, RowSubsetView test, int[] testLabels)
    {
        var context = new MLContext(seed) { GpuDeviceId = _context.GpuDeviceId, FallbackToCpu = _context.FallbackToCpu };
        ITransformer features = pipeline.Fit(train);
        _fittedFeatures.Add(features);
        FeatureTable trainTable = Featurize(features, train, trainLabels, side);
        FeatureTable testTable = Featurize(features, test, testLabels, side);
        IEstimator<ITransformer> trainer = _options.Trainer?.Invoke(context) ?? DefaultTrainer(context);
        ITransformer model = trainer.Fit(View(context, trainTable));
        using var modelOwner = model as IDisposable;
        float[] scores = ReadScores(model.Transform(View(context, testTable)), testTable.RowCount);
        return MulticlassMetrics.Compute(testLabels, scores, _classes);
    }

    private MulticlassLinearHead DefaultTrainer(MLContext context) =>
        context.MulticlassClassification.Trainers.LinearHead(new LinearHeadOptions
        {
            LabelColumnName = _options.LabelColumnName,
            FeatureColumnName = _options.FeatureColumnName,
            CancellationToken = _options.CancellationToken,
        });

    private FeatureTable Featurize(ITransformer features, RowSubsetView rows, int[] labels, string side) =>
        FeatureTable.Read(features.Transform(rows), _options.FeatureColumnName, labels, side);

    private IDataView View(MLContext context, FeatureTable table) =>
        table.AsView(context, _options.LabelColumnName, _options.FeatureColumnName, _classes);

    private float[] ReadScores(IDataView scored, int rowCount)
    {
        DataViewSchema.Column column = scored.Schema.GetColumnOrNull("Score") ?? throw Throw.ComparisonScoreMissing(_classes.Length, "no such column");
        if (column.Type is not VectorDataViewType vector || vector.Size != _classes.Length || vector.ItemType != NumberDataViewType.Single)
            throw Throw.ComparisonScoreMissing(_classes.Length, column.Type.ToString()!);
        var scores = new float[rowCount * _classes.Length];
        int row = 0;
        foreach (VBuffer<float> score in scored.GetColumn<VBuffer<float>>(column))
            score.CopyTo(scores, _classes.Length * row++);
        return scores;
    }
}
