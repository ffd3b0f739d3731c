using Microsoft.ML;
using Microsoft.ML.Calibrators;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers;
using MLTransfer.Heads;
using MLTransfer.Heads.Linear;
using MLTransfer.Schema;
using VectorKind = Microsoft.ML.SchemaShape.Column.VectorKind;

namespace MLTransfer;

/// <summary>
/// Logistic regression on a feature column. Made by
/// <see cref="TransferCatalog.LinearHead(BinaryClassificationCatalog.BinaryClassificationTrainers, LinearHeadOptions)"/>.
/// </summary>
/// <remarks>
/// <list type="table">
/// <item><term>Machine learning task</term><description>Binary classification</description></item>
/// <item><term>Is normalization required?</term><description>No: features are standardised inside, and the scaling is folded into the weights.</description></item>
/// <item><term>Is caching required?</term><description>No: the data is read once, into memory.</description></item>
/// <item><term>Required NuGet in addition to Microsoft.ML</term><description>MLTransfer to train; none to load and score.</description></item>
/// <item><term>Exportable to ONNX</term><description>Yes, as ML.NET's own model type.</description></item>
/// </list>
/// <para>Formula: with z the standardised features, p = 1 / (1 + exp(−(w·z + b))), minimises Σ_i s_i · (−t_i · log p_i − (1 − t_i) · log(1 − p_i)) / Σ_i s_i + λ/2 · ‖w‖².
/// The bias is not penalised.</para>
/// <para>Inputs: features <c>Vector&lt;Single, D&gt;</c>; label Boolean, or Single: the probability of true (NaN: missing, the row is skipped and counted in a warning); optional weight,
/// Single.</para>
/// <para>Outputs: Score, Probability = 1 / (1 + exp(−Score)) and PredictedLabel, Boolean.</para>
/// <para>Use when: the label is yes or no.</para>
/// <para>Related: <see cref="MulticlassLinearHead"/>, <see cref="RegressionLinearHead"/>.</para>
/// <para>Reference: Nocedal (1980), "Updating quasi-Newton matrices with limited storage".</para>
/// </remarks>
public sealed class BinaryLinearHead : ITrainerEstimator<
    BinaryPredictionTransformer<CalibratedModelParametersBase<LinearBinaryModelParameters, PlattCalibrator>>,
    CalibratedModelParametersBase<LinearBinaryModelParameters, PlattCalibrator>>
{
    private const string Step = "LinearHead (binary)";
    private const string LabelExpected = "Boolean, or Single: the probability of true";
    private const string LabelRemedy = "Turn the label into a Boolean first, with Conversion.ConvertType, or with MapValue for text.";

    private readonly IHost _host;
    private readonly LinearHeadOptions _options;
    private readonly int _seed;

    internal BinaryLinearHead(IHostEnvironment environment, LinearHeadOptions options)
    {
        if (options.Regularization is not null && options.RegularizationSearch is not null)
            throw Internal.Throw.RegularizationTwice();
        _host = environment.Register(nameof(BinaryLinearHead));
        _options = options;
        _seed = options.Seed ?? _host.Rand.Next();
        Info = MlNetInternals.TrainerInfo();
    }

    /// <inheritdoc/>
    public TrainerInfo Info { get; }

    /// <summary>Trains the head.</summary>
    /// <param name="input">The training data; read once.</param>
    /// <exception cref="ArgumentException">A column is missing or has the wrong type, or a class weight names no class.</exception>
    /// <exception cref="InvalidOperationException">No rows, one class only, features that are not finite, bad weights or bad probabilities.</exception>
    public BinaryPredictionTransformer<CalibratedModelParametersBase<LinearBinaryModelParameters, PlattCalibrator>> Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        using IChannel channel = _host.Start("Fit");
        DataViewSchema.Column label = HeadSchema.Find(Step, input.Schema, _options.LabelColumnName);
        float[] targets;
        TrainingRows rows;
        if (label.Type is BooleanDataViewType)
        {
            BooleanLabels labels = new(label);
            rows = FeatureReader.Read(Step, input, _options.Columns, labels, _options.CancellationToken);
            targets = [.. labels.Values];
        }
        else if (label.Type == NumberDataViewType.Single)
        {
            NumberLabels labels = new(Step, label, probabilities: true);
            rows = FeatureReader.Read(Step, input, _options.Columns, labels, _options.CancellationToken);
            targets = [.. labels.Values];
        }
        else
        {
            throw Internal.Throw.ColumnType(Step, label.Name, LabelExpected, $"{label.Type}", LabelRemedy);
        }
        LinearSolution solution = new LinearTraining(Step, _options, _seed, channel).Train(
            rows, new LogisticLoss(targets), [.. targets.Select(t => t > 0.5f ? 1 : 0)], ClassFactors(targets, label.Name));
        return MlNetInternals.BinaryTransformer(
            _host, MlNetInternals.LogisticModel(_host, solution.Weights[0], solution.Biases[0]), Training(input), _options.FeatureColumnName);
    }

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        HeadSchema.CheckFeaturesAndWeights(Step, inputSchema, _options.Columns);
        SchemaShape.Column label = HeadSchema.Find(Step, inputSchema, _options.LabelColumnName);
        if (label.Kind != VectorKind.Scalar || label.IsKey || (label.ItemType != BooleanDataViewType.Instance && label.ItemType != NumberDataViewType.Single))
            throw Internal.Throw.ColumnType(Step, label.Name, LabelExpected, HeadSchema.Describe(label), LabelRemedy);
        return HeadSchema.Extend(inputSchema, HeadSchema.Score(VectorKind.Scalar), HeadSchema.Probability(), HeadSchema.PredictedBoolean());
    }

    private double[] ClassFactors(float[] targets, string labelColumn)
    {
        double positive = targets.Sum(t => (double)t);
        double[] counts = [targets.Length - positive, positive];
        if (counts[0] == 0 || counts[1] == 0)
            throw Internal.Throw.OneClass(Step, labelColumn, counts[1] == 0 ? "false" : "true");
        double[] factors = _options.ClassWeights.Resolve(["False", "True"], counts);
        return [.. targets.Select(t => factors[0] + t * (factors[1] - factors[0]))];
    }

    private DataViewSchema Training(IDataView input)
    {
        DataViewSchema.Column features = input.Schema[_options.FeatureColumnName];
        var builder = new DataViewSchema.Builder();
        builder.AddColumn(features.Name, features.Type, features.Annotations);
        return builder.ToSchema();
    }
}
