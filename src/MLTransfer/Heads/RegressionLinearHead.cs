using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers;
using MLTransfer.Heads;
using MLTransfer.Schema;
using SquaredLoss = MLTransfer.Heads.Linear.SquaredLoss;
using VectorKind = Microsoft.ML.SchemaShape.Column.VectorKind;

namespace MLTransfer;

/// <summary>
/// Ridge regression on a feature column. Made by <see cref="TransferCatalog.LinearHead(RegressionCatalog.RegressionTrainers, LinearHeadOptions)"/>.
/// </summary>
/// <remarks>
/// <list type="table">
/// <item><term>Machine learning task</term><description>Regression</description></item>
/// <item><term>Is normalization required?</term><description>No: features are standardised inside, and the scaling is folded into the weights.</description></item>
/// <item><term>Is caching required?</term><description>No: the data is read once, into memory.</description></item>
/// <item><term>Required NuGet in addition to Microsoft.ML</term><description>MLTransfer to train; none to load and score.</description></item>
/// <item><term>Exportable to ONNX</term><description>Yes, as ML.NET's own model type.</description></item>
/// </list>
/// <para>Formula: with z the standardised features, minimises Σ_i s_i · (w·z_i + b − y_i)² / (2 · Σ_i s_i) + λ/2 · ‖w‖². The bias is not penalised. The losses reported are those of
/// labels divided by their standard deviation, so that they can be compared between sets.</para>
/// <para>Inputs: features <c>Vector&lt;Single, D&gt;</c>; label Single (NaN: missing, the row is skipped and counted in a warning); optional weight, Single.</para>
/// <para>Outputs: Score, the estimate of the label.</para>
/// <para>Use when: the label is a quantity.</para>
/// <para>Related: <see cref="MulticlassLinearHead"/>, <see cref="BinaryLinearHead"/>.</para>
/// <para>Reference: Hoerl and Kennard (1970), "Ridge regression: biased estimation for nonorthogonal problems".</para>
/// </remarks>
public sealed class RegressionLinearHead : ITrainerEstimator<RegressionPredictionTransformer<LinearRegressionModelParameters>, LinearRegressionModelParameters>
{
    private const string Step = "LinearHead (regression)";
    private const string LabelExpected = "Single";
    private const string LabelRemedy = "Turn the label into a number first, with Conversion.ConvertType.";

    private readonly IHost _host;
    private readonly LinearHeadOptions _options;
    private readonly int _seed;

    internal RegressionLinearHead(IHostEnvironment environment, LinearHeadOptions options)
    {
        if (options.Regularization is not null && options.RegularizationSearch is not null)
            throw Internal.Throw.RegularizationTwice();
        if (options.ClassWeights != ClassWeights.None)
            throw Internal.Throw.ClassWeightsWithoutClasses();
        _host = environment.Register(nameof(RegressionLinearHead));
        _options = options;
        _seed = options.Seed ?? _host.Rand.Next();
        Info = MlNetInternals.TrainerInfo();
    }

    /// <inheritdoc/>
    public TrainerInfo Info { get; }

    /// <summary>Trains the head.</summary>
    /// <param name="input">The training data; read once.</param>
    /// <exception cref="ArgumentException">A column is missing or has the wrong type.</exception>
    /// <exception cref="InvalidOperationException">No rows, features or labels that are not finite, or bad weights.</exception>
    public RegressionPredictionTransformer<LinearRegressionModelParameters> Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        using IChannel channel = _host.Start("Fit");
        DataViewSchema.Column label = HeadSchema.Find(Step, input.Schema, _options.LabelColumnName);
        if (label.Type != NumberDataViewType.Single)
            throw Internal.Throw.ColumnType(Step, label.Name, LabelExpected, $"{label.Type}", LabelRemedy);
        NumberLabels labels = new(Step, label, probabilities: false);
        TrainingRows rows = FeatureReader.Read(Step, input, _options.Columns, labels, _options.CancellationToken);

        // Labels of mean 0 and deviation 1 keep float scores exact to seven digits of the spread, however far from zero the labels lie.
        double total = rows.Weights.Sum();
        double mean = rows.Weights.Zip(labels.Values, (w, y) => w * y).Sum() / total;
        double deviation = Math.Sqrt(rows.Weights.Zip(labels.Values, (w, y) => w * (y - mean) * (y - mean)).Sum() / total);
        double scale = deviation > 0 ? deviation : 1;
        float[] targets = [.. labels.Values.Select(y => (float)((y - mean) / scale))];
        LinearSolution solution = new LinearTraining(Step, _options, _seed, channel).Train(rows, new SquaredLoss(targets), new int[targets.Length], scale: scale);
        LinearRegressionModelParameters model = MlNetInternals.LinearRegressionModel(_host, solution.Weights[0], (float)(solution.Biases[0] + mean));
        return MlNetInternals.RegressionTransformer(_host, model, Training(input), _options.FeatureColumnName);
    }

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        HeadSchema.CheckFeaturesAndWeights(Step, inputSchema, _options.Columns);
        SchemaShape.Column label = HeadSchema.Find(Step, inputSchema, _options.LabelColumnName);
        if (label.Kind != VectorKind.Scalar || label.IsKey || label.ItemType != NumberDataViewType.Single)
            throw Internal.Throw.ColumnType(Step, label.Name, LabelExpected, HeadSchema.Describe(label), LabelRemedy);
        return HeadSchema.Extend(inputSchema, HeadSchema.Score(VectorKind.Scalar));
    }

    private DataViewSchema Training(IDataView input)
    {
        DataViewSchema.Column features = input.Schema[_options.FeatureColumnName];
        var builder = new DataViewSchema.Builder();
        builder.AddColumn(features.Name, features.Type, features.Annotations);
        return builder.ToSchema();
    }
}
