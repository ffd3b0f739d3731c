using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers;
using MLTransfer.Heads;
using MLTransfer.Heads.Network;
using MLTransfer.Schema;

namespace MLTransfer;

/// <summary>What the trainers of multilayer perceptrons share. Immutable; <see cref="Fit"/> may be called any number of times.</summary>
public abstract class MlpHeadEstimator : ITrainerEstimator<MlpHeadTransformer, MlpHeadModel>
{
    private readonly IHost _host;
    private readonly MlpHeadOptions _options;

    private protected MlpHeadEstimator(IHostEnvironment environment, string step, MlpHeadOptions options)
    {
        Step = step;
        _host = environment.Register(GetType().Name);
        _options = options with { Training = options.Training with { Seed = options.Training.Seed ?? _host.Rand.Next() } };
        Info = MlNetInternals.TrainerInfo();
    }

    /// <inheritdoc/>
    public TrainerInfo Info { get; }

    private protected string Step { get; }

    /// <summary>Trains the head.</summary>
    /// <param name="input">The training data; read once, into memory.</param>
    /// <returns>The fitted head, to be disposed.</returns>
    /// <exception cref="ArgumentException">A column is missing or has the wrong type, a class weight names no class, or early stopping has no rows to stop by.</exception>
    /// <exception cref="InvalidOperationException">No rows, one class only, features that are not finite, bad weights or bad labels.</exception>
    /// <exception cref="NotFiniteNumberException">The loss became infinite or NaN: the learning rate is too high.</exception>
    public MlpHeadTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        using IChannel channel = _host.Start("Fit");
        DataViewSchema.Column label = HeadSchema.Find(Step, input.Schema, _options.LabelColumnName);
        int featureCount = ((VectorDataViewType)HeadSchema.FeatureColumn(Step, input.Schema, _options.FeatureColumnName).Type).Size;
        HeadLabels labels = Labels(label, _options.Targets, _options.HiddenUnits.Count == 0 ? featureCount : _options.HiddenUnits[^1]);
        TrainingRows rows = FeatureReader.Read(Step, input, _options.Columns, labels.Column, _options.Training.CancellationToken);
        TrainedHead head = new HeadTraining(Step, _options.Architecture, _options.FeatureScaling, _options.Training, channel)
            .Fit(rows, labels.ToTargets(rows.Weights), _options.MinimumStepCount, _options.ThresholdFoldCount);
        return new MlpHeadTransformer(Step, _options.FeatureColumnName, head.Network, head.Output);
    }

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        HeadSchema.CheckFeaturesAndWeights(Step, inputSchema, _options.Columns);
        return Promise(inputSchema, _options.LabelColumnName);
    }

    private protected abstract HeadLabels Labels(DataViewSchema.Column label, TargetOptions options, int lastWidth);

    private protected abstract SchemaShape Promise(SchemaShape input, string labelColumn);
}
