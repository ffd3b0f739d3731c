using Microsoft.ML;
using Microsoft.ML.Data;
using VectorKind = Microsoft.ML.SchemaShape.Column.VectorKind;

namespace MLTransfer.Heads.Network;

/// <summary>True and false, or the probability of true, as targets of one logit.</summary>
internal sealed class BinaryLabels : HeadLabels
{
    private const string Expected = "Boolean, or Single: the probability of true";
    private const string Remedy = "Turn the label into a Boolean first, with Conversion.ConvertType, or with MapValue for text.";

    private readonly string _step;
    private readonly string _name;
    private readonly TargetOptions _options;
    private readonly BooleanLabels? _booleans;
    private readonly NumberLabels? _numbers;

    /// <param name="step">Who reads, for errors.</param>
    /// <param name="label">The label column.</param>
    /// <param name="options">How labels become targets.</param>
    /// <exception cref="ArgumentException">The column has the wrong type.</exception>
    public BinaryLabels(string step, DataViewSchema.Column label, TargetOptions options)
    {
        (_step, _name, _options) = (step, label.Name, options);
        if (label.Type is BooleanDataViewType)
            _booleans = new BooleanLabels(label);
        else if (label.Type == NumberDataViewType.Single)
            _numbers = new NumberLabels(step, label, probabilities: true);
        else
            throw Internal.Throw.ColumnType(step, label.Name, Expected, $"{label.Type}", Remedy);
    }

    public override LabelColumn Column => (LabelColumn?)_booleans ?? _numbers!;

    public override HeadOutput Output { get; } = new BinaryOutput();

    /// <summary>The columns that a head of such a label adds.</summary>
    public static SchemaShape Promise(string step, SchemaShape input, string labelColumn)
    {
        SchemaShape.Column label = HeadSchema.Find(step, input, labelColumn);
        if (label.Kind != VectorKind.Scalar || label.IsKey || (label.ItemType != BooleanDataViewType.Instance && label.ItemType != NumberDataViewType.Single))
            throw Internal.Throw.ColumnType(step, label.Name, Expected, HeadSchema.Describe(label), Remedy);
        return HeadSchema.Extend(input, HeadSchema.Score(VectorKind.Scalar), HeadSchema.Probability(), HeadSchema.PredictedBoolean());
    }

    public override HeadTargets ToTargets(double[] rowWeights)
    {
        float[] labels = [.. (_booleans?.Values ?? _numbers!.Values)];
        double positive = labels.Sum(t => (double)t);
        double[] counts = [labels.Length - positive, positive];
        if (counts[0] == 0 || counts[1] == 0)
            throw Internal.Throw.OneClass(_step, _name, counts[1] == 0 ? "false" : "true");
        double[] factors = _options.ClassWeights.Resolve(Output.Labels, counts);
        bool[] truths = [.. labels.Select(t => t > 0.5f)];
        return new HeadTargets
        {
            Values = [.. labels.Select(t => (float)((1 - _options.LabelSmoothing) * t + _options.LabelSmoothing / 2))],
            Weights = [.. labels.Select((t, i) => rowWeights[i] * (factors[0] + t * (factors[1] - factors[0])))],
            Strata = [.. truths.Select(t => t ? 1 : 0)],
            Loss = YesNoLoss.Of(_options.Loss, positiveWeights: null),
            Output = Output,
            MetricName = "accuracy",
            Metric = (rows, logits) => HeadTargets.Share(rows, rowWeights, (i, row) => logits[i] > 0 == truths[row]),
        };
    }
}
