using Microsoft.ML;
using Microsoft.ML.Data;
using VectorKind = Microsoft.ML.SchemaShape.Column.VectorKind;

namespace MLTransfer.Heads.Network;

/// <summary>A vector of yes and no, or of probabilities, as targets of K logits.</summary>
internal sealed class MultilabelLabels : HeadLabels
{
    private const string Expected = "Vector<Single, K> of 0 and 1 or Vector<Boolean, K>, K fixed, one place for each label";
    private const string Remedy = "Turn lists of labels into such a vector with Conversion.MapValueToKey and Conversion.MapKeyToVector(…, outputCountVector: true).";

    private readonly string _step;
    private readonly string _name;
    private readonly TargetOptions _options;
    private readonly LabelVectors _vectors;
    private readonly string[] _labels;

    /// <param name="step">Who reads, for errors.</param>
    /// <param name="label">The label column.</param>
    /// <param name="options">How labels become targets.</param>
    /// <exception cref="ArgumentException">The column has the wrong type.</exception>
    public MultilabelLabels(string step, DataViewSchema.Column label, TargetOptions options)
    {
        (_step, _name, _options) = (step, label.Name, options);
        if (label.Type is not VectorDataViewType { Size: > 0 } vector || !IsItem(vector.ItemType))
            throw Internal.Throw.ColumnType(step, label.Name, Expected, $"{label.Type}", Remedy);
        _vectors = new LabelVectors(step, label);
        _labels = ClassNames.OfSlots(label, vector.Size);
    }

    public override LabelColumn Column => _vectors;

    public override HeadOutput Output => new MultilabelOutput([.. _labels], [.. Enumerable.Repeat(LabelThresholds.Neutral, _labels.Length)]);

    /// <summary>The columns that a head of such a label adds.</summary>
    public static SchemaShape Promise(string step, SchemaShape input, string labelColumn)
    {
        SchemaShape.Column label = HeadSchema.Find(step, input, labelColumn);
        if (label.Kind != VectorKind.Vector || label.IsKey || !IsItem(label.ItemType))
            throw Internal.Throw.ColumnType(step, label.Name, Expected, HeadSchema.Describe(label), Remedy);
        return HeadSchema.Extend(input, HeadSchema.Scores(), HeadSchema.PredictedBooleans());
    }

    public override HeadTargets ToTargets(double[] rowWeights)
    {
        int count = rowWeights.Length, width = _labels.Length;
        float[] labels = [.. _vectors.Values];
        double[] positives = new double[width];
        for (int i = 0; i < labels.Length; i++)
            positives[i % width] += labels[i];
        if (positives.All(p => p == 0))
            throw Internal.Throw.NoPositiveLabel(_step, _name, count);
        double smoothing = _options.LabelSmoothing;
        return new HeadTargets
        {
            Values = smoothing == 0 ? labels : [.. labels.Select(t => (float)((1 - smoothing) * t + smoothing / 2))],
            Weights = rowWeights,
            Strata = Strata(labels, positives, count),
            Loss = YesNoLoss.Of(_options.Loss, PositiveWeights(positives, count)),
            Output = Output,
            MetricName = "micro-F1",
            Metric = (rows, logits) => MultilabelCounts.Of(rows, logits, labels, width, LabelThresholds.Neutral).F1,
        };
    }

    private static bool IsItem(DataViewType type) => type == NumberDataViewType.Single || type == BooleanDataViewType.Instance;

    /// <summary>How much a yes of each label counts; null where all count 1. Balanced: as much as all its noes, n_no / n_yes.</summary>
    private float[]? PositiveWeights(double[] positives, int count)
    {
        if (_options.ClassWeights == ClassWeights.None)
            return null;
        return _options.ClassWeights.IsBalanced
            ? [.. positives.Select(p => p > 0 && p < count ? (float)((count - p) / p) : 1)]
            : [.. _options.ClassWeights.Resolve(_labels, positives).Select(f => (float)f)];
    }

    /// <summary>The rarest label that a row has, K where it has none: holding rows out by it leaves each label its share.</summary>
    private static int[] Strata(float[] labels, double[] positives, int count)
    {
        int width = positives.Length;
        int[] strata = new int[count];
        for (int i = 0; i < count; i++)
        {
            strata[i] = width;
            for (int k = 0; k < width; k++)
            {
                if (labels[i * width + k] > 0.5f && (strata[i] == width || positives[k] < positives[strata[i]]))
                    strata[i] = k;
            }
        }
        return strata;
    }
}
