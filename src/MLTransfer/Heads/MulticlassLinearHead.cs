using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers;
using MLTransfer.Heads;
using MLTransfer.Heads.Linear;
using MLTransfer.Schema;
using VectorKind = Microsoft.ML.SchemaShape.Column.VectorKind;

namespace MLTransfer;

/// <summary>
/// Multinomial logistic regression on a feature column: the head to try first on the features of a backbone. Made by
/// <see cref="TransferCatalog.LinearHead(MulticlassClassificationCatalog.MulticlassClassificationTrainers, LinearHeadOptions)"/>.
/// </summary>
/// <remarks>
/// <list type="table">
/// <item><term>Machine learning task</term><description>Multiclass classification</description></item>
/// <item><term>Is normalization required?</term><description>No: features are standardised inside, and the scaling is folded into the weights.</description></item>
/// <item><term>Is caching required?</term><description>No: the data is read once, into memory.</description></item>
/// <item><term>Required NuGet in addition to Microsoft.ML</term><description>MLTransfer to train; none to load and score.</description></item>
/// <item><term>Exportable to ONNX</term><description>Yes, as ML.NET's own model type.</description></item>
/// </list>
/// <para>Formula: with z the standardised features, p = softmax(W·z + b) and s the row weights (times class weights), minimises
/// Σ_i s_i · (−Σ_k t_ik · log p_ik) / Σ_i s_i + λ/2 · ‖W‖². The biases are not penalised.</para>
/// <para>Inputs: features <c>Vector&lt;Single, D&gt;</c>; label a key, or a <c>Vector&lt;Single, K&gt;</c> of class probabilities whose classes are named by its slot names (else by
/// index); optional weight, Single. Rows whose label is missing (a missing key; all probabilities NaN) are skipped and counted in a warning, as ML.NET's trainers do; features that are
/// not finite are an error.</para>
/// <para>Outputs: Score <c>Vector&lt;Single, K&gt;</c>, the probabilities, with the class names as slot names; PredictedLabel, a key.</para>
/// <para>Use when: always first; few labels above all.</para>
/// <para>Related: <see cref="BinaryLinearHead"/>, <see cref="RegressionLinearHead"/>.</para>
/// <para>Reference: Nocedal (1980), "Updating quasi-Newton matrices with limited storage".</para>
/// </remarks>
public sealed class MulticlassLinearHead : ITrainerEstimator<MulticlassPredictionTransformer<MaximumEntropyModelParameters>, MaximumEntropyModelParameters>
{
    private const string Step = "LinearHead (multiclass)";
    private const string LabelExpected = "a key, or Vector<Single, K> of class probabilities";

    private readonly IHost _host;
    private readonly LinearHeadOptions _options;
    private readonly int _seed;

    internal MulticlassLinearHead(IHostEnvironment environment, LinearHeadOptions options)
    {
        if (options.Regularization is not null && options.RegularizationSearch is not null)
            throw Internal.Throw.RegularizationTwice();
        _host = environment.Register(nameof(MulticlassLinearHead));
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
    public MulticlassPredictionTransformer<MaximumEntropyModelParameters> Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        using IChannel channel = _host.Start("Fit");
        DataViewSchema.Column label = HeadSchema.Find(Step, input.Schema, _options.LabelColumnName);
        (LinearSolution solution, DataViewSchema training) = label.Type switch
        {
            KeyDataViewType key => FitKeys(channel, input, label, ClassCount(label, key, HeadSchema.FeatureColumn(Step, input.Schema, _options.FeatureColumnName))),
            VectorDataViewType { Size: > 0 } vector when vector.ItemType == NumberDataViewType.Single => FitProbabilities(channel, input, label),
            _ => throw Internal.Throw.ColumnType(Step, label.Name, LabelExpected, $"{label.Type}", LabelRemedy(label.Type is TextDataViewType)),
        };
        MaximumEntropyModelParameters model = MlNetInternals.MaximumEntropyModel(_host, [.. solution.Weights.Select(w => new VBuffer<float>(w.Length, w))],
            solution.Biases, solution.Weights[0].Length, null);
        return MlNetInternals.MulticlassTransformer(_host, model, training, _options.FeatureColumnName, _options.LabelColumnName);
    }

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        HeadSchema.CheckFeaturesAndWeights(Step, inputSchema, _options.Columns);
        SchemaShape.Column label = HeadSchema.Find(Step, inputSchema, _options.LabelColumnName);
        bool soft = label.Kind == VectorKind.Vector && label.ItemType == NumberDataViewType.Single && !label.IsKey;
        if (!soft && !(label.IsKey && label.Kind == VectorKind.Scalar))
            throw Internal.Throw.ColumnType(Step, label.Name, LabelExpected, HeadSchema.Describe(label), LabelRemedy(label.ItemType == TextDataViewType.Instance));
        SchemaShape.Column keyValues = label.Annotations.FirstOrDefault(a => a.Name == "KeyValues" && a.Kind == VectorKind.Vector);
        if (!soft && keyValues.Name is null)
            return HeadSchema.Extend(inputSchema, HeadSchema.Score(VectorKind.Vector), HeadSchema.PredictedKey());
        // A class keeps the type its label had before it became a key; ML.NET's scorer names slots by texts only.
        DataViewType valueType = soft ? TextDataViewType.Instance : keyValues.ItemType;
        SchemaShape.Column[] slotNames = valueType == TextDataViewType.Instance ? [HeadSchema.Values("SlotNames", valueType)] : [];
        return HeadSchema.Extend(inputSchema, HeadSchema.Score(VectorKind.Vector, [.. slotNames, HeadSchema.Values("TrainingLabelValues", valueType)]),
            HeadSchema.PredictedKey(HeadSchema.Values("KeyValues", valueType)));
    }

    private (LinearSolution, DataViewSchema) FitKeys(IChannel channel, IDataView input, DataViewSchema.Column label, int classCount)
    {
        KeyLabels labels = new(label);
        TrainingRows rows = FeatureReader.Read(Step, input, _options.Columns, labels, _options.CancellationToken);
        int[] classes = [.. labels.Classes];
        string[] names = ClassNames.OfKeys(label, classCount);
        if (classes.Distinct().Count() < 2)
            throw Internal.Throw.OneClass(Step, label.Name, $"of class '{names[classes[0]]}'");
        double[] counts = new double[classCount];
        foreach (int k in classes)
            counts[k]++;
        double[] factors = _options.ClassWeights.Resolve(names, counts);
        LinearSolution solution = new LinearTraining(Step, _options, _seed, channel)
            .Train(rows, new SoftmaxLoss(classes, classCount), classes, [.. classes.Select(k => factors[k])]);
        return (solution, Training(input, label.Type, label.Annotations));
    }

    private (LinearSolution, DataViewSchema) FitProbabilities(IChannel channel, IDataView input, DataViewSchema.Column label)
    {
        SoftLabels labels = new(Step, label);
        TrainingRows rows = FeatureReader.Read(Step, input, _options.Columns, labels, _options.CancellationToken);
        int classCount = labels.ClassCount;
        float[] probabilities = [.. labels.Probabilities];
        string[] names = ClassNames.OfSlots(label, classCount);
        double[] counts = new double[classCount];
        for (int i = 0; i < probabilities.Length; i++)
            counts[i % classCount] += probabilities[i];
        if (counts.Count(c => c > 0) < 2)
            throw Internal.Throw.OneClass(Step, label.Name, $"of class '{names[Array.FindIndex(counts, c => c > 0)]}'");
        double[] factors = _options.ClassWeights.Resolve(names, counts);
        int[] strata = new int[rows.Weights.Length];
        double[] rowFactors = new double[strata.Length];
        for (int i = 0; i < strata.Length; i++)
        {
            ReadOnlySpan<float> row = probabilities.AsSpan(i * classCount, classCount);
            strata[i] = System.Numerics.Tensors.TensorPrimitives.IndexOfMax(row);
            for (int k = 0; k < classCount; k++)
                rowFactors[i] += row[k] * factors[k];
        }
        LinearSolution solution = new LinearTraining(Step, _options, _seed, channel)
            .Train(rows, new SoftmaxLoss(probabilities, strata.Length, classCount), strata, rowFactors);
        return (solution, Training(input, new KeyDataViewType(typeof(uint), classCount), ClassNames.AsKeyValues(names)));
    }

    // A hashed label is a key of up to 2³¹ classes: said before anything of that size is allocated.
    private static int ClassCount(DataViewSchema.Column label, KeyDataViewType key, DataViewSchema.Column features)
    {
        ulong largest = (ulong)Array.MaxLength / (ulong)(((VectorDataViewType)features.Type).Size + 1);
        return key.Count <= largest ? (int)key.Count : throw Internal.Throw.TooManyClasses(Step, label.Name, key.Count, largest);
    }

    // The two columns that ML.NET's scorer asks for: the features, and the key that names the classes.
    private DataViewSchema Training(IDataView input, DataViewType labelType, DataViewSchema.Annotations labelAnnotations)
    {
        DataViewSchema.Column features = input.Schema[_options.FeatureColumnName];
        var builder = new DataViewSchema.Builder();
        builder.AddColumn(features.Name, features.Type, features.Annotations);
        builder.AddColumn(_options.LabelColumnName, labelType, labelAnnotations);
        return builder.ToSchema();
    }

    private static string LabelRemedy(bool text) => text
        ? "Turn text into keys first, with Conversion.MapValueToKey."
        : "Turn the labels into keys first, with Conversion.MapValueToKey, or give one probability for each class.";
}
