using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Cli.Data;
using MLTransfer.Onnx.Training;

namespace MLTransfer.Cli.Training;

/// <summary>Trains on a part of the rows and measures on the rest. The model reads the column <see cref="InputColumn"/> alone.</summary>
internal sealed class ModelTrainer
{
    private const string LabelColumn = "Label";
    private const string PredictedColumn = "PredictedLabel";

    // One hidden layer of MlpHead's usual size, on a trained backbone as on a frozen one.
    private const int HiddenUnits = 256;

    private readonly MLContext _ml;
    private readonly Backbone _backbone;
    private readonly LabelledData _data;
    private readonly TrainSettings _settings;
    private readonly LabelledRow[] _training;
    private readonly LabelledRow[] _heldOut;

    /// <exception cref="ArgumentException">Of no class a row would be held out.</exception>
    public ModelTrainer(Backbone backbone, LabelledData data, TrainSettings settings)
    {
        _ml = new MLContext(settings.Seed);
        _backbone = backbone;
        _data = data;
        _settings = settings;
        Dictionary<string, int> classes = data.Classes.Select((c, i) => (c.Name, i)).ToDictionary(c => c.Name, c => c.i, StringComparer.Ordinal);
        (int[] training, int[] heldOut) = HeldOutRows.Divide(data.Rows.Count, settings.HoldOut, settings.Seed, [.. data.Rows.Select(r => classes[r.Label])]);
        _training = [.. training.Select(i => data.Rows[i])];
        _heldOut = [.. heldOut.Select(i => data.Rows[i])];
        if (settings.HoldOut > 0 && _heldOut.Length == 0)
        {
            throw new ArgumentException(FormattableString.Invariant(
                $"--hold-out {settings.HoldOut} leaves no row to measure on: of each class that share is held out, rounded down, and the largest of {data.Classes.Count} classes has {data.Classes.Max(c => c.RowCount)} rows. Give more rows or a larger share, or --hold-out 0 to train on all rows unmeasured."));
        }
    }

    /// <summary>The column that the model reads: a text, or the path of a picture.</summary>
    public string InputColumn => _data.Modality == BackboneModality.Image ? "Image" : "Text";

    public int TrainingRowCount => _training.Length;

    public int HeldOutRowCount => _heldOut.Length;

    /// <summary>Epochs, where training is by epochs.</summary>
    public int EpochCount => _settings.Options(Defaults, null, default).EpochCount;

    /// <summary>The share of held-out rows that the largest class has: what guessing it always gets right.</summary>
    public double LargestClassShare => _heldOut.GroupBy(r => r.Label).Max(g => g.Count()) / (double)_heldOut.Length;

    /// <summary>Numbers in the head.</summary>
    public long HeadParameterCount => _settings.Head == HeadKind.Mlp
        ? (_backbone.Dimension + 1L) * HiddenUnits + (HiddenUnits + 1L) * _data.Classes.Count
        : (_backbone.Dimension + 1L) * _data.Classes.Count;

    /// <summary>Trains what the settings ask for.</summary>
    /// <param name="progress">Told of each step where training is by epochs.</param>
    /// <param name="cancel">Ends it with an exception; where a checkpoint is asked for, its state was written before.</param>
    public TransformerChain<ITransformer> Train(IProgress<TrainingProgress>? progress, CancellationToken cancel)
    {
        IEstimator<ITransformer>[] steps = _settings switch
        {
            { FineTune: FreezingPlan plan } => [FineTune(plan, progress, cancel)],
            { Head: HeadKind.Mlp } => [Embedding(), _ml.MulticlassClassification.Trainers.MlpHead(Mlp(progress, cancel))],
            _ => Linear(cancel),
        };
        return Fit(steps, cancel);
    }

    /// <summary>Trains what everything else is measured against: a linear head on the frozen backbone.</summary>
    public TransformerChain<ITransformer> TrainFrozen(CancellationToken cancel) => Fit(Linear(cancel), cancel);

    public HeldOutMeasure Measure(ITransformer model, CancellationToken cancel) => HeldOutMeasure.Of(model, View(_heldOut, cancel), _heldOut);

    /// <summary>Saves a model with the schema of what it reads.</summary>
    public void Save(ITransformer model, string path)
    {
        DataViewSchema schema = _ml.Transforms.SelectColumns(InputColumn).Fit(View([], default)).Transform(View([], default)).Schema;
        OutputFile.Replace(path, temporary => _ml.Model.Save(model, schema, temporary));
    }

    private TrainingOptions Defaults => _settings.FineTune is null ? MlpHeadOptions.DefaultTraining : new FineTuneOptions().Training;

    private MlpHeadOptions Mlp(IProgress<TrainingProgress>? progress, CancellationToken cancel)
    {
        var options = new MlpHeadOptions { HiddenUnits = [HiddenUnits], Training = _settings.Options(Defaults, progress, cancel) };
        // Who says how many epochs gets as many.
        return _settings.EpochCount is null ? options : options with { MinimumStepCount = 0 };
    }

    private IEstimator<ITransformer>[] Linear(CancellationToken cancel) =>
        [Embedding(), _ml.MulticlassClassification.Trainers.LinearHead(new LinearHeadOptions { Seed = _settings.Seed, CancellationToken = cancel })];

    private IEstimator<ITransformer> Embedding() => _data.Modality == BackboneModality.Image
        ? _ml.Transforms.EmbedImage("Features", _backbone, InputColumn)
        : _ml.Transforms.EmbedText("Features", _backbone, InputColumn);

    private FineTuneEstimator FineTune(FreezingPlan plan, IProgress<TrainingProgress>? progress, CancellationToken cancel)
    {
        var options = new FineTuneOptions
        {
            Freezing = plan,
            Int8ToFloat = _settings.Int8ToFloat,
            HiddenUnits = _settings.Head == HeadKind.Mlp ? [HiddenUnits] : [],
            Training = _settings.Options(Defaults, progress, cancel),
        };
        var trainers = _ml.MulticlassClassification.Trainers;
        return _data.Modality == BackboneModality.Image
            ? trainers.FineTuneImage(_backbone, options, new ImageEmbeddingOptions { InputColumnName = InputColumn })
            : trainers.FineTuneText(_backbone, options, new TextEmbeddingOptions { InputColumnName = InputColumn, Normalize = false });
    }

    /// <summary>Fits on rows whose label is a key already, so that the model itself needs no label.</summary>
    private TransformerChain<ITransformer> Fit(IEstimator<ITransformer>[] steps, CancellationToken cancel)
    {
        IDataView rows = View(_training, cancel);
        IDataView keyed = _ml.Transforms.Conversion.MapValueToKey(LabelColumn, keyOrdinality: Microsoft.ML.Transforms.ValueToKeyMappingEstimator.KeyOrdinality.ByValue).Fit(rows).Transform(rows);
        IEstimator<ITransformer>[] all = [.. steps, _ml.Transforms.Conversion.MapKeyToValue(PredictedColumn)];
        TransformerChain<ITransformer> model = all.Aggregate(new EstimatorChain<ITransformer>(), (chain, step) => chain.Append(step)).Fit(keyed);
        if (cancel.IsCancellationRequested)
        {
            model.Dispose();
            throw new OperationCanceledException(cancel);
        }
        return model;
    }

    private IDataView View(IReadOnlyList<LabelledRow> rows, CancellationToken cancel)
    {
        var schema = SchemaDefinition.Create(typeof(LabelledRow));
        schema[nameof(LabelledRow.Input)].ColumnName = InputColumn;
        schema[nameof(LabelledRow.Label)].ColumnName = LabelColumn;
        return _ml.Data.LoadFromEnumerable(Until(rows, cancel), schema);
    }

    // Where nothing else watches the token: an embedding step reads rows for as long as there are any.
    private static IEnumerable<LabelledRow> Until(IReadOnlyList<LabelledRow> rows, CancellationToken cancel)
    {
        foreach (LabelledRow row in rows)
        {
            cancel.ThrowIfCancellationRequested();
            yield return row;
        }
    }
}
