using System.Collections.Immutable;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Cli.Data;
using MLTransfer.Cli.Training;
using MLTransfer.Distillation;
using MLTransfer.Onnx.Training;

namespace MLTransfer.Cli.Teaching;

/// <summary>Teaches a student of classes by a teacher's scores and the labels there are, and measures it on labelled rows held out. The student reads the column <see cref="InputColumn"/> alone.</summary>
internal sealed class TaskDistillation
{
    /// <summary>The share of each class's labelled rows that is measured on, where nothing else was said.</summary>
    public const double DefaultHoldOut = 0.2;

    private const string LabelColumn = "Label";
    private const string KeyColumn = "mltransfer_class";
    private const string PredictedColumn = "PredictedLabel";
    private const string FeatureColumn = "Features";
    private const int HiddenUnits = 256;

    // 4,096 numbers: rows are held in memory.
    private const int NgramBits = 12;

    private readonly MLContext _ml;
    private readonly TaskTeacher _teacher;
    private readonly DistillSettings _settings;
    private readonly TaskSettings _task;
    private readonly string[] _classes;
    private readonly LabelledRow[] _labelled;
    private readonly LabelledRow[] _heldOut;
    private readonly LabelledRow[] _all;
    private readonly Backbone? _backbone;

    /// <exception cref="ArgumentException">Labels that the teacher does not know, too few to measure, or a student that cannot be made.</exception>
    public TaskDistillation(MLContext ml, TaskTeacher teacher, PartlyLabelledTexts data, DistillSettings settings, TaskSettings task, CancellationToken cancel = default)
    {
        (_ml, _teacher, _settings, _task) = (ml, teacher, settings, task);
        _classes = [.. teacher.Classes ?? data.Classes.Select(c => c.Name)];
        CheckLabels(data);
        Dictionary<string, int> classes = _classes.Select((c, i) => (c, i)).ToDictionary(c => c.c, c => c.i, StringComparer.Ordinal);
        double share = settings.HoldOut ?? DefaultHoldOut;
        (int[] training, int[] heldOut) = HeldOutRows.Divide(data.Labelled.Count, share, settings.Seed, [.. data.Labelled.Select(r => classes[r.Label])]);
        _labelled = [.. training.Select(i => data.Labelled[i])];
        _heldOut = [.. heldOut.Select(i => data.Labelled[i])];
        if (share > 0 && _heldOut.Length == 0)
        {
            throw new ArgumentException(FormattableString.Invariant(
                $"--hold-out {share} leaves no row to measure on: of each class that share of the {data.Labelled.Count} labelled rows is held out, rounded down. Give more labels or a larger share, or --hold-out 0 to train on all rows unmeasured."));
        }
        _all = [.. _labelled, .. data.Unlabelled.Select(t => new LabelledRow { Input = t })];
        _backbone = settings.Student.Kind == StudentKind.Ngrams ? null : settings.Student.Make(_all.Select(r => r.Input), null, cancel);
        TrainedParts = settings.Student.FineTune is FreezingPlan plan ? TrainedParts.Of(_backbone!, plan, settings.Student.Int8ToFloat) : null;
    }

    /// <summary>The column that the student reads.</summary>
    public static string InputColumn => "Text";

    /// <summary>What is trained of a backbone that was there; null for none, and of a fresh one.</summary>
    public TrainedParts? TrainedParts { get; }

    public int LabelledCount => _labelled.Length;

    public int HeldOutCount => _heldOut.Length;

    public int RowCount => _all.Length;

    /// <summary>Who learns, in words.</summary>
    public string StudentName => _backbone is null ? "head on hashed n-grams" : $"{_backbone}";

    /// <summary>The terms that are minimised.</summary>
    public ImmutableArray<DistillationLoss> Losses =>
    [
        .. _task.HardWeight > 0 ? [DistillationLoss.Hard(_task.HardWeight)] : (IEnumerable<DistillationLoss>)[],
        DistillationLoss.Hinton(_task.Temperature, _task.SoftWeight),
    ];

    /// <summary>Epochs of the taught student; a head may make more, so that it has steps enough.</summary>
    public int EpochCount => Training(null, default).EpochCount;

    /// <summary>Epochs of the student on labels alone: as many steps as the other makes on all rows.</summary>
    public int EpochCountOfLabels
    {
        get
        {
            int batch = Training(null, default).BatchSize;
            return (int)Math.Ceiling(EpochCount * Math.Ceiling(_all.Length / (double)batch) / Math.Ceiling(_labelled.Length / (double)batch));
        }
    }

    /// <summary>The share of held-out rows that the largest class has.</summary>
    public double LargestClassShare => _heldOut.GroupBy(r => r.Label).Max(g => g.Count()) / (double)_heldOut.Length;

    /// <summary>Runs the teacher over what it has not seen, and trains the student on all rows.</summary>
    /// <exception cref="OperationCanceledException">Cancelled. The teacher's outputs are in the cache, the training's state in the checkpoint, where there are some.</exception>
    public (TransformerChain<ITransformer> Model, DistillationReport Report) Teach(IProgress<DistillationProgress> teaching, IProgress<TrainingProgress> training, CancellationToken cancel) =>
        Fit(_all, new DistilledOptions
        {
            LabelColumnName = KeyColumn,
            Teacher = Teacher.FromModel(_teacher.Model),
            Student = Student(Training(training, cancel)),
            Losses = Losses,
            CacheFolder = _settings.CachePath,
            TeacherProgress = teaching,
        }, cancel);

    /// <summary>Trains the same student on the labelled rows, without the teacher.</summary>
    public TransformerChain<ITransformer> TrainOnLabels(IProgress<TrainingProgress> training, CancellationToken cancel) => Fit(_labelled, new DistilledOptions
    {
        LabelColumnName = KeyColumn,
        Student = Student(Training(training, cancel) with { EpochCount = EpochCountOfLabels, CheckpointPath = null }),
        Losses = [DistillationLoss.Hard(1)],
    }, cancel).Model;

    /// <summary>How a student does on the rows held out.</summary>
    public HeldOutMeasure Measure(ITransformer student, CancellationToken cancel) => HeldOutMeasure.Of(student, View(_heldOut, cancel), _heldOut);

    /// <summary>The share of the rows held out that the teacher gets right, and how many it ran for that; what it says of them is in the cache, too.</summary>
    public (double Accuracy, long RowsRun, long RowsCached) MeasureTeacher(CancellationToken cancel)
    {
        var count = new TeacherCount();
        var settings = new TeacherSettings(_settings.CachePath, new DistilledOptions().TeacherBatchSize, null, cancel);
        TeacherOutputs outputs = TeacherReader.Read("distill", (ModelTeacher)Teacher.FromModel(_teacher.Model), View(_heldOut, cancel), settings, count);
        int right = _heldOut.Where((row, i) => _classes[System.Numerics.Tensors.TensorPrimitives.IndexOfMax(outputs.Row(i))] == row.Label).Count();
        return (right / (double)_heldOut.Length, count.RunRows, count.CachedRows);
    }

    /// <summary>Saves a student with the schema of what it reads.</summary>
    public void Save(ITransformer student, string path)
    {
        IDataView none = _ml.Data.LoadFromEnumerable(Array.Empty<LabelledRow>(), Schema());
        DataViewSchema schema = _ml.Transforms.SelectColumns(InputColumn).Fit(none).Transform(none).Schema;
        OutputFile.Replace(path, temporary => _ml.Model.Save(student, schema, temporary));
    }

    private TrainingOptions Defaults => _settings.Student switch
    {
        { Kind: StudentKind.Static or StudentKind.Transformer } => FineTuneOptions.FromScratch.Training,
        { FineTune: not null } => new FineTuneOptions().Training,
        _ => MlpHeadOptions.DefaultTraining,
    };

    private ImmutableArray<int> Hidden => _task.Head == HeadKind.Mlp ? [HiddenUnits] : [];

    private TrainingOptions Training(IProgress<TrainingProgress>? progress, CancellationToken cancel) => _settings.Options(Defaults, progress, cancel);

    private Student Student(TrainingOptions training)
    {
        if (_settings.Student is { Kind: StudentKind.Ngrams or StudentKind.Pretrained, FineTune: null })
        {
            var head = new MlpHeadOptions { FeatureColumnName = FeatureColumn, HiddenUnits = Hidden, Training = training };
            // Who says how many epochs gets as many.
            return MLTransfer.Student.Head(_settings.EpochCount is null ? head : head with { MinimumStepCount = 0 });
        }
        FineTuneOptions options = _settings.Student.FineTune is FreezingPlan plan ? new FineTuneOptions { Freezing = plan, Int8ToFloat = _settings.Student.Int8ToFloat } : FineTuneOptions.FromScratch;
        return MLTransfer.Student.Text(_backbone!, options with { HiddenUnits = Hidden, Training = training }, new TextEmbeddingOptions { InputColumnName = InputColumn, Normalize = false });
    }

    private IEstimator<ITransformer>[] Features() => _settings.Student switch
    {
        { Kind: StudentKind.Ngrams } =>
        [
            _ml.Transforms.Text.NormalizeText(FeatureColumn, InputColumn, keepPunctuations: false),
            _ml.Transforms.Text.ProduceHashedWordBags(FeatureColumn, FeatureColumn, numberOfBits: NgramBits, ngramLength: 2, useAllLengths: true),
            _ml.Transforms.NormalizeLpNorm(FeatureColumn),
        ],
        { Kind: StudentKind.Pretrained, FineTune: null } => [_ml.Transforms.EmbedText(FeatureColumn, _backbone!, InputColumn)],
        _ => [],
    };

    private (TransformerChain<ITransformer> Model, DistillationReport Report) Fit(LabelledRow[] rows, DistilledOptions options, CancellationToken cancel)
    {
        // Features that are fitted know all texts, whoever learns on them.
        TransformerChain<ITransformer> features = Features().Aggregate(new EstimatorChain<ITransformer>(), (chain, step) => chain.Append(step)).Fit(View(_all, cancel));
        DistilledTransformer student = _ml.MulticlassClassification.Trainers.Distilled(options).Fit(features.Transform(View(rows, cancel)));
        if (cancel.IsCancellationRequested)
        {
            features.Dispose();
            student.Dispose();
            throw new OperationCanceledException(cancel);
        }
        IDataView scored = student.Transform(features.Transform(View(rows, cancel)));
        ITransformer names = _ml.Transforms.Conversion.MapKeyToValue(PredictedColumn).Fit(scored);
        return (new TransformerChain<ITransformer>([.. features, .. student, names]), student.Report);
    }

    /// <summary>Rows as teacher and student read them; a label that is empty is a missing key.</summary>
    private IDataView View(IReadOnlyList<LabelledRow> rows, CancellationToken cancel)
    {
        IDataView view = _ml.Data.LoadFromEnumerable(Until(rows, cancel), Schema());
        if (_teacher.TextColumn != InputColumn)
            view = Copy(view, _teacher.TextColumn, InputColumn);
        foreach (string column in _teacher.UnusedColumns.Where(c => c != InputColumn && c != LabelColumn))
            view = Copy(view, column, LabelColumn);
        IDataView classes = _ml.Data.LoadFromEnumerable(_classes.Select(c => new ClassName { Name = c }));
        return _ml.Transforms.Conversion.MapValueToKey(KeyColumn, LabelColumn, keyData: classes).Fit(view).Transform(view);
    }

    private IDataView Copy(IDataView view, string column, string from) => _ml.Transforms.CopyColumns(column, from).Fit(view).Transform(view);

    private static SchemaDefinition Schema()
    {
        var schema = SchemaDefinition.Create(typeof(LabelledRow));
        schema[nameof(LabelledRow.Input)].ColumnName = InputColumn;
        schema[nameof(LabelledRow.Label)].ColumnName = LabelColumn;
        return schema;
    }

    private void CheckLabels(PartlyLabelledTexts data)
    {
        if (data.Labelled.Count == 0 && (_task.HardWeight > 0 || _settings.HoldOut is not 0))
            throw new ArgumentException($"None of the {data.Unlabelled.Count} rows has a label. Give --hard-weight 0 --hold-out 0 to learn from the teacher alone, unmeasured.");
        if (data.Labelled.Count == 0 && _teacher.Classes is null)
            throw new ArgumentException($"Neither the data nor --teacher-model '{_teacher.Path}' says what the classes are called: it has no names for its {_teacher.ClassCount} scores.");
        string[] unknown = [.. data.Classes.Select(c => c.Name).Except(_classes)];
        if (unknown.Length > 0)
            throw new ArgumentException($"The data have the label{(unknown.Length > 1 ? "s" : "")} {string.Join(", ", unknown.Select(n => $"'{n}'"))}, which --teacher-model '{_teacher.Path}' does not know; its classes are {string.Join(", ", _classes.Select(n => $"'{n}'"))}.");
        if (_classes.Length != _teacher.ClassCount)
            throw new ArgumentException($"The data have {_classes.Length} classes, but --teacher-model '{_teacher.Path}' has {_teacher.ClassCount} scores without names. Each class needs at least one labelled row.");
    }

    private static IEnumerable<LabelledRow> Until(IReadOnlyList<LabelledRow> rows, CancellationToken cancel)
    {
        foreach (LabelledRow row in rows)
        {
            cancel.ThrowIfCancellationRequested();
            yield return row;
        }
    }

    private sealed class ClassName
    {
        public string Name { get; set; } = "";
    }
}
