using System.Collections.Immutable;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using MLTransfer.Distillation;
using MLTransfer.Embedding;
using MLTransfer.FineTuning;
using MLTransfer.Heads;
using MLTransfer.Heads.Network;
using MLTransfer.Internal;
using MLTransfer.Onnx.Training;

namespace MLTransfer;

/// <summary>
/// Trains a small student by a teacher's answers and the labels there are. Made by <c>Distilled</c> on ML.NET's catalogs of trainers.
/// </summary>
/// <remarks>
/// <list type="table">
/// <item><term>Machine learning task</term><description>Multiclass or binary classification, regression</description></item>
/// <item><term>Is normalization required?</term><description>No</description></item>
/// <item><term>Is caching required?</term><description>No, but the data is read up to four times, and the label once more until one is found: cache it where making it is costly.</description></item>
/// <item><term>Required NuGet in addition to Microsoft.ML</term><description>MLTransfer and a native ONNX Runtime; whatever the teacher needs, while training</description></item>
/// <item><term>Exportable to ONNX</term><description>Yes, by <c>ExportOnnx</c>; a head together with the step that makes its features</description></item>
/// </list>
/// <para>Formula: L = Σ_terms λ_term · Σ_i w_i · l_term(i) / Σ_i w_i; by default λ · (cross-entropy to the label, where row i has one) + λ · T² · KL(softmax(t_i / T) ‖ softmax(x_i / T)) with λ = 0.5
/// and T = 2. See <see cref="DistillationLoss"/> for all terms.</para>
/// <para>Inputs: the teacher's columns, the student's columns, a label that may be missing in any number of rows, optionally a weight.</para>
/// <para>Outputs: those of the student's head: Score and PredictedLabel (multiclass), Score, Probability and PredictedLabel (binary), Score (regression); before them its features, where it has
/// a backbone.</para>
/// <para>Use when: there is a good model that is too large or too slow, and rows, labelled or not, that look like those to come. See docs/choosing.md.</para>
/// <para>Related: <see cref="MulticlassMlpHead"/>, <see cref="FineTuneEstimator"/>, <see cref="TransferOperations.DistillBackbone"/>.</para>
/// <para>Reference: Bucila, Caruana and Niculescu-Mizil (2006), "Model compression"; Hinton, Vinyals and Dean (2015), "Distilling the knowledge in a neural network".</para>
/// </remarks>
public sealed class DistilledEstimator : IEstimator<DistilledTransformer>
{
    private readonly IHost _host;
    private readonly FineTuneTask _task;
    private readonly DistilledOptions _options;
    private readonly ImmutableArray<DistillationLoss> _losses;
    private readonly TargetOptions _targets;
    private readonly int _seed;
    private readonly EmbeddingStep? _step;

    internal DistilledEstimator(IHostEnvironment environment, FineTuneTask task, DistilledOptions options)
    {
        _host = environment.Register(nameof(DistilledEstimator));
        _task = task;
        _options = options;
        _losses = options.Losses.IsEmpty ? DefaultLosses(task) : options.Losses;
        _seed = options.Student.Training.Seed ?? _host.Rand.Next();
        _targets = options.Student.HeadOptions?.Targets ?? new TargetOptions(null, options.Student.FineTuning!.ClassWeights, options.Student.FineTuning.LabelSmoothing);
        task.Check(Name, _targets);
        LossCheck.Check(Name, task, options, _losses);
        if (options.Student.Backbone is Backbone backbone)
        {
            _step = options.Student.Form!.MakeStep(_host, backbone);
            // What cannot be trained is said now, not after the teacher ran.
            using IChannel channel = _host.Start("Check");
            using var trainer = new BackboneTrainer(Name, _step, FineTuning, channel, _seed);
        }
    }

    private string Name => $"Distilled ({_task.Name})";

    private FineTuneOptions FineTuning => _options.Student.FineTuning! with { LabelColumnName = _options.LabelColumnName, WeightColumnName = _options.WeightColumnName };

    private MlpHeadOptions Head => _options.Student.HeadOptions! with
    {
        LabelColumnName = _options.LabelColumnName,
        WeightColumnName = _options.WeightColumnName,
        Training = _options.Student.HeadOptions!.Training with { Seed = _seed },
    };

    /// <summary>Runs the teacher over the rows it has not seen, then trains the student.</summary>
    /// <param name="input">The training data, labelled rows and others.</param>
    /// <exception cref="ArgumentException">A column is missing or has the wrong type; the teacher has no such column, or other classes than the label.</exception>
    /// <exception cref="InvalidOperationException">No rows, no label where a loss needs some, one class only, a teacher that leaves rows out or is not finite, bad weights or labels.</exception>
    /// <exception cref="IOException">The cache cannot be written. What it holds stays whole.</exception>
    /// <exception cref="InvalidDataException">The cache holds another model's outputs under this one's name.</exception>
    /// <exception cref="OperationCanceledException">Cancelled while the teacher ran: there is no student yet. Later, the student is the best so far.</exception>
    /// <exception cref="NotFiniteNumberException">Loss or gradient became infinite or NaN.</exception>
    public DistilledTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        using IChannel channel = _host.Start("Fit");
        // What would end the training is said before the teacher works for hours.
        _step?.CheckInput(input.Schema);
        if (_options.WeightColumnName is string weight)
            HeadSchema.WeightColumn(Name, input.Schema, weight);
        int featureCount = _step?.Plan.Outputs[0].Dimension ?? LastWidth(input.Schema);
        HeadLabels labels = _task.Read(Name, input.Schema, _options.LabelColumnName, _targets, featureCount);
        if (labels.Output.LogitCount < 3 && _losses.Any(l => l.Term == DistillationTerm.Decoupled))
            throw Throw.DecoupledNeedsClasses(Name, labels.Output.LogitCount);
        if (_losses.Any(l => l.NeedsLabels))
            CheckLabelled(input, featureCount);
        var count = new TeacherCount();
        Lesson lesson = Ask(input, labels.Output, count);
        channel.Info(MessageSensitivity.None, "{0}", $"{Name}: the teacher ran {count.RunRows} rows; {count.CachedRows} were known.");
        var distilled = new DistilledLabels(Name, _options.LabelColumnName, labels, lesson, _losses, featureCount, _seed);
        return _step is null ? FitHead(input, distilled, count, channel) : FitBackbone(input, distilled, count, channel);
    }

    /// <summary>Promises the student's columns, and checks those that it reads. What the teacher reads is checked when the rows are there.</summary>
    /// <param name="inputSchema">What is known of the input.</param>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type; the message names it.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        if (_step is not null)
        {
            HeadSchema.CheckWeights(Name, inputSchema, _options.WeightColumnName);
            return _task.Promise(Name, _step.Extend(inputSchema), _options.LabelColumnName);
        }
        HeadSchema.CheckFeaturesAndWeights(Name, inputSchema, Head.Columns);
        return _task.Promise(Name, inputSchema, _options.LabelColumnName);
    }

    /// <summary>Reads labels until one is found.</summary>
    private void CheckLabelled(IDataView input, int featureCount)
    {
        LabelColumn labels = _task.Read(Name, input.Schema, _options.LabelColumnName, _targets, featureCount).Column;
        using DataViewRowCursor cursor = input.GetRowCursor([input.Schema[_options.LabelColumnName]]);
        labels.Bind(cursor);
        int rows = 0;
        while (cursor.MoveNext())
        {
            if (labels.Read(++rows))
                return;
        }
        throw rows == 0 ? Throw.NoTrainingRows(Name, _options.LabelColumnName, 0) : Throw.NothingLabelled(Name, _options.LabelColumnName, rows);
    }

    private static ImmutableArray<DistillationLoss> DefaultLosses(FineTuneTask task) =>
        [DistillationLoss.Hard(), task == FineTuneTask.Regression ? DistillationLoss.Estimate() : DistillationLoss.Hinton()];

    private DistilledTransformer FitHead(IDataView input, DistilledLabels labels, TeacherCount count, IChannel channel)
    {
        MlpHeadOptions options = Head;
        TrainingRows rows = FeatureReader.Read(Name, input, options.Columns, labels.Column, options.Training.CancellationToken);
        TrainedHead head = new HeadTraining(Name, options.Architecture, options.FeatureScaling, options.Training, channel)
            .Fit(rows, labels.ToTargets(rows.Weights), options.MinimumStepCount, thresholdFoldCount: 0);
        return new DistilledTransformer(null, new MlpHeadTransformer(Name, options.FeatureColumnName, head.Network, head.Output), Report(count, labels, rows.Weights.Length, head.Training));
    }

    private DistilledTransformer FitBackbone(IDataView input, DistilledLabels labels, TeacherCount count, IChannel channel)
    {
        using var trainer = new BackboneTrainer(Name, _step!, FineTuning, channel, _seed, _options.Student.Form!.MakeViews(_host, _options.Student.Backbone!));
        FineTuned result = trainer.Train(input, labels);
        EmbeddingTransformer embedding = _options.Student.Form!.MakeTransformer(_host, result.Backbone);
        return new DistilledTransformer(embedding, new MlpHeadTransformer(Name, _step!.OutputColumns[0].Name, result.Head!, result.Output), Report(count, labels, labels.RowCount, result.Training));
    }

    private static DistillationReport Report(TeacherCount count, DistilledLabels labels, int rowCount, TrainingResult training)
    {
        EpochRecord? kept = training.History.Count == 0 ? null : training.History[training.BestEpoch ?? training.History.Count - 1];
        return new DistillationReport(
            count.RunRows, count.CachedRows, rowCount, labels.LabelledCount, training.History.Count, training.BestEpoch, training.StepCount, kept?.HeldOutLoss, kept?.Metric);
    }

    /// <summary>Asks the teachers what the losses want to know.</summary>
    private Lesson Ask(IDataView input, HeadOutput output, TeacherCount count)
    {
        var settings = new TeacherSettings(_options.CacheFolder, _options.TeacherBatchSize, _options.TeacherProgress, _options.Student.Training.CancellationToken);
        float[]? scores = null;
        if (_losses.Any(l => l.NeedsScores))
        {
            var signal = new TeacherSignal(Name, _options.Teacher!, input, settings, count);
            scores = output switch
            {
                RegressionOutput => signal.Estimates(),
                BinaryOutput => signal.Yes(),
                MulticlassOutput classes => signal.Classes(classes.Labels, classes.Values is not null),
                _ => throw new NotSupportedException($"{Name} has no teacher for {output.GetType().Name}."),
            };
        }
        if (_options.FeatureTeacher is null)
            return new Lesson(scores, null, 0);
        (float[] features, int width) = new TeacherSignal(Name, _options.FeatureTeacher, input, settings, count).Features();
        return new Lesson(scores, features, width);
    }

    private int LastWidth(DataViewSchema schema)
    {
        int features = ((VectorDataViewType)HeadSchema.FeatureColumn(Name, schema, Head.FeatureColumnName).Type).Size;
        return Head.HiddenUnits.Count == 0 ? features : Head.HiddenUnits[^1];
    }
}
