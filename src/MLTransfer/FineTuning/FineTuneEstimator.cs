using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLTransfer.Embedding;
using MLTransfer.FineTuning;
using MLTransfer.Internal;

namespace MLTransfer;

/// <summary>
/// Trains a backbone and a head together. Made by <c>FineTuneText</c>, <c>FineTuneImage</c> and <c>FineTuneTensor</c> on ML.NET's catalogs of trainers.
/// </summary>
/// <remarks>
/// <list type="table">
/// <item><term>Machine learning task</term><description>Multiclass or binary classification, regression</description></item>
/// <item><term>Is normalization required?</term><description>No</description></item>
/// <item><term>Is caching required?</term><description>No: the data is read once, and what the frozen layers make of it is kept.</description></item>
/// <item><term>Required NuGet in addition to Microsoft.ML</term><description>MLTransfer and a native ONNX Runtime; MLTransfer.Images for pictures</description></item>
/// <item><term>Exportable to ONNX</term><description>Yes, by <c>ExportOnnx</c>: backbone and head in one graph.</description></item>
/// </list>
/// <para>Formula: with h(x; θ) the backbone's pooled feature and g a linear map or small network, minimises Σ_i w_i · l(g(h(x_i; θ)), y_i) / Σ_i w_i over g and the part of θ that
/// <see cref="FineTuneOptions.Freezing"/> leaves free; l is cross-entropy for classes, the logistic loss for yes and no, the squared error for quantities.</para>
/// <para>Inputs: what the backbone reads (text, pictures, vectors), the label, optionally a weight. Rows whose label is missing are skipped and counted in a warning.</para>
/// <para>Outputs: the adapted backbone's features and the columns of the head: Score and PredictedLabel (multiclass), Score, Probability and PredictedLabel (binary), Score (regression).</para>
/// <para>Use when: the frozen backbone's features with a linear head are not good enough and there are some dozens of labels for each class. See docs/choosing.md.</para>
/// <para>Related: <see cref="MulticlassLinearHead"/>, <see cref="FreezingPlan"/>.</para>
/// <para>Reference: Howard and Ruder (2018), "Universal language model fine-tuning for text classification"; Kumar et al. (2022), "Fine-tuning can distort pretrained features and
/// underperform out-of-distribution".</para>
/// </remarks>
public sealed class FineTuneEstimator : IEstimator<FineTunedTransformer>
{
    private readonly IHost _host;
    private readonly EmbeddingForm _form;
    private readonly FineTuneTask _task;
    private readonly FineTuneOptions _options;
    private readonly EmbeddingStep _step;
    private readonly IReadOnlyList<EmbeddingStep> _views;
    private readonly int _seed;

    internal FineTuneEstimator(IHostEnvironment environment, Backbone backbone, EmbeddingForm form, FineTuneTask task, FineTuneOptions options)
    {
        _host = environment.Register(nameof(FineTuneEstimator));
        _form = form;
        _task = task;
        _options = options;
        _seed = options.Training.Seed ?? _host.Rand.Next();
        _step = form.MakeStep(_host, backbone);
        _views = form.MakeViews(_host, backbone);
        task.Check(Name, options);
        // What cannot be trained, delivered or saved is said now, not after the rows were read.
        if (_step.Plan.Outputs[0].Pooling == Pooling.None)
            throw Throw.FineTuningNeedsVector(Name, _step.Plan.Outputs[0].ColumnName);
        if (_step.Plan.Options.GraphStorage == GraphStorage.Reference)
            throw Throw.FineTunedGraphHasNoFile(Name);
        using TrainableBackbone trainable = TrainableBackbone.Of(backbone, options.TrainsInFloat(_step.Plan.Options));
        options.Freezing.Choose(trainable);
    }

    private string Name => $"{_form.StepName} ({_task.Name})";

    /// <summary>Trains. Reads the data once.</summary>
    /// <param name="input">The training data.</param>
    /// <exception cref="ArgumentException">A column is missing or has the wrong type.</exception>
    /// <exception cref="InvalidOperationException">No rows, one class only, bad weights or labels.</exception>
    /// <exception cref="NotFiniteNumberException">Loss or gradient became infinite or NaN.</exception>
    public FineTunedTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        using IChannel channel = _host.Start("Fit");
        using var trainer = new BackboneTrainer(Name, _step, _options, channel, _seed, _views);
        FineTuned result = trainer.Train(input, _task.Read(Name, input.Schema, _options, trainer.FeatureCount));
        EmbeddingTransformer embedding = _form.MakeTransformer(_host, result.Backbone);
        return new FineTunedTransformer(embedding, new MlpHeadTransformer(Name, _step.OutputColumns[0].Name, result.Head!, result.Output), result);
    }

    /// <summary>
    /// Looks for a learning rate before training: the rate rises from 1e-7 to 10 over 100 steps while the loss is watched, and where it falls most steeply is the suggestion for
    /// <see cref="TrainingOptions.LearningRate"/>. Nothing is changed by it. Reads the data once. <see cref="TrainingOptions.Progress"/> is told of each step.
    /// </summary>
    /// <param name="input">The training data.</param>
    /// <exception cref="ArgumentException">A column is missing or has the wrong type.</exception>
    /// <exception cref="InvalidOperationException">No rows, one class only, or no rate lowers the loss.</exception>
    /// <exception cref="OperationCanceledException"><see cref="TrainingOptions.CancellationToken"/> was cancelled: a part of a sweep suggests nothing.</exception>
    public LearningRateSweep FindLearningRate(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        using IChannel channel = _host.Start("FindLearningRate");
        using var trainer = new BackboneTrainer(Name, _step, _options, channel, _seed, _views);
        return trainer.FindLearningRate(input, _task.Read(Name, input.Schema, _options, trainer.FeatureCount));
    }

    /// <summary>Promises features and scores, and checks the columns that are read.</summary>
    /// <param name="inputSchema">What is known of the input.</param>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type; the message names it.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return _task.Promise(Name, _step.Extend(inputSchema), _options);
    }
}
