using System.Numerics.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Onnx.Training.Losses;
using VectorKind = Microsoft.ML.SchemaShape.Column.VectorKind;

namespace MLTransfer.Heads.Network;

/// <summary>A key, or class probabilities, as targets of a softmax.</summary>
internal sealed class MulticlassLabels : HeadLabels
{
    private const string Expected = "a key, or Vector<Single, K> of class probabilities";

    private readonly string _step;
    private readonly string _name;
    private readonly TargetOptions _options;
    private readonly KeyLabels? _keys;
    private readonly SoftLabels? _soft;
    private readonly string[] _classes;
    private readonly MulticlassOutput _output;

    /// <param name="step">Who reads, for errors.</param>
    /// <param name="label">The label column.</param>
    /// <param name="options">How labels become targets.</param>
    /// <param name="featureCount">Width of the layer before the logits: what decides how many classes fit into memory.</param>
    /// <exception cref="ArgumentException">The column has the wrong type.</exception>
    public MulticlassLabels(string step, DataViewSchema.Column label, TargetOptions options, int featureCount)
    {
        (_step, _name, _options) = (step, label.Name, options);
        if (label.Type is KeyDataViewType key)
        {
            // A hashed label is a key of up to 2³¹ classes: said before anything of that size is allocated.
            ulong largest = (ulong)Array.MaxLength / (ulong)(featureCount + 1);
            if (key.Count > largest)
                throw Internal.Throw.TooManyClasses(step, label.Name, key.Count, largest);
            _keys = new KeyLabels(label);
            _output = new MulticlassOutput((int)key.Count, LabelValues.OfKey(step, label));
        }
        else if (label.Type is VectorDataViewType { Size: > 0 } vector && vector.ItemType == NumberDataViewType.Single)
        {
            _soft = new SoftLabels(step, label);
            _output = new MulticlassOutput(vector.Size, LabelValues.OfTexts(ClassNames.OfSlots(label, vector.Size)));
        }
        else
        {
            throw Internal.Throw.ColumnType(step, label.Name, Expected, $"{label.Type}", Remedy(label.Type is TextDataViewType));
        }
        _classes = [.. _output.Labels];
    }

    public override LabelColumn Column => (LabelColumn?)_keys ?? _soft!;

    public override HeadOutput Output => _output;

    /// <summary>The columns that a head of such a label adds.</summary>
    public static SchemaShape Promise(string step, SchemaShape input, string labelColumn)
    {
        SchemaShape.Column label = HeadSchema.Find(step, input, labelColumn);
        bool soft = label.Kind == VectorKind.Vector && label.ItemType == NumberDataViewType.Single && !label.IsKey;
        if (!soft && !(label.IsKey && label.Kind == VectorKind.Scalar))
            throw Internal.Throw.ColumnType(step, label.Name, Expected, HeadSchema.Describe(label), Remedy(label.ItemType == TextDataViewType.Instance));
        SchemaShape.Column keyValues = label.Annotations.FirstOrDefault(a => a.Name == "KeyValues" && a.Kind == VectorKind.Vector);
        if (!soft && keyValues.Name is null)
            return HeadSchema.Extend(input, HeadSchema.Score(VectorKind.Vector), HeadSchema.PredictedKey());
        // A class keeps the type its label had before it became a key; ML.NET's scorer names slots by texts only.
        DataViewType valueType = soft ? TextDataViewType.Instance : keyValues.ItemType;
        SchemaShape.Column[] slotNames = valueType == TextDataViewType.Instance ? [HeadSchema.Values("SlotNames", valueType)] : [];
        return HeadSchema.Extend(input, HeadSchema.Score(VectorKind.Vector, [.. slotNames, HeadSchema.Values("TrainingLabelValues", valueType)]),
            HeadSchema.PredictedKey(HeadSchema.Values("KeyValues", valueType)));
    }

    public override HeadTargets ToTargets(double[] rowWeights)
    {
        int count = rowWeights.Length, classCount = _output.ClassCount;
        float[] targets = _soft is not null ? [.. _soft.Probabilities] : OneHot(_keys!.Classes, classCount);
        double[] counts = new double[classCount];
        for (int i = 0; i < targets.Length; i++)
            counts[i % classCount] += targets[i];
        if (counts.Count(c => c > 0) < 2)
            throw Internal.Throw.OneClass(_step, _name, $"of class '{_classes[Array.FindIndex(counts, c => c > 0)]}'");
        double[] factors = _options.ClassWeights.Resolve(_classes, counts);
        int[] strata = new int[count];
        double[] weights = new double[count];
        float[] row = new float[classCount];
        for (int i = 0; i < count; i++)
        {
            Span<float> target = targets.AsSpan(i * classCount, classCount);
            target.CopyTo(row);
            strata[i] = TensorPrimitives.IndexOfMax(row);
            weights[i] = rowWeights[i] * ClassTargets.Write(row, factors, _options.LabelSmoothing, target);
        }
        return new HeadTargets
        {
            Values = targets,
            Weights = weights,
            Strata = strata,
            Loss = _options.Loss is { Kind: HeadLossKind.Focal } focal ? new FocalLoss(focal.Parameter) : new CrossEntropyLoss(),
            Output = _output,
            MetricName = "accuracy",
            Metric = (rows, logits) => HeadTargets.Share(rows, rowWeights, (i, row) => TensorPrimitives.IndexOfMax(logits.AsSpan(i * classCount, classCount)) == strata[row]),
        };
    }

    private static float[] OneHot(List<int> classes, int classCount)
    {
        if ((long)classes.Count * classCount > Array.MaxLength)
            throw Internal.Throw.TooManyTrainingValues(classes.Count, classCount);
        float[] targets = new float[classes.Count * classCount];
        for (int i = 0; i < classes.Count; i++)
            targets[i * classCount + classes[i]] = 1;
        return targets;
    }

    private static string Remedy(bool text) => text
        ? "Turn text into keys first, with Conversion.MapValueToKey."
        : "Turn the labels into keys first, with Conversion.MapValueToKey, or give one probability for each class.";
}
