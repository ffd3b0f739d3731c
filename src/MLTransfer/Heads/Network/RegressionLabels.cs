using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Onnx.Training.Losses;
using VectorKind = Microsoft.ML.SchemaShape.Column.VectorKind;

namespace MLTransfer.Heads.Network;

/// <summary>
/// Quantities as targets of one logit. Training sees them with mean 0 and deviation 1, so that learning rates suit labels of any unit; the scaling is folded into the last layer.
/// </summary>
internal sealed class RegressionLabels : HeadLabels
{
    private const string Expected = "Single";
    private const string Remedy = "Turn the label into a number first, with Conversion.ConvertType.";

    private readonly TargetOptions _options;
    private readonly NumberLabels _numbers;

    /// <param name="step">Who reads, for errors.</param>
    /// <param name="label">The label column.</param>
    /// <param name="options">How labels become targets.</param>
    /// <exception cref="ArgumentException">The column has the wrong type.</exception>
    public RegressionLabels(string step, DataViewSchema.Column label, TargetOptions options)
    {
        _options = options;
        if (label.Type != NumberDataViewType.Single)
            throw Internal.Throw.ColumnType(step, label.Name, Expected, $"{label.Type}", Remedy);
        _numbers = new NumberLabels(step, label, probabilities: false);
    }

    public override LabelColumn Column => _numbers;

    public override HeadOutput Output { get; } = new RegressionOutput();

    /// <summary>The columns that a head of such a label adds.</summary>
    public static SchemaShape Promise(string step, SchemaShape input, string labelColumn)
    {
        SchemaShape.Column label = HeadSchema.Find(step, input, labelColumn);
        if (label.Kind != VectorKind.Scalar || label.IsKey || label.ItemType != NumberDataViewType.Single)
            throw Internal.Throw.ColumnType(step, label.Name, Expected, HeadSchema.Describe(label), Remedy);
        return HeadSchema.Extend(input, HeadSchema.Score(VectorKind.Scalar));
    }

    public override HeadTargets ToTargets(double[] rowWeights)
    {
        double total = rowWeights.Sum();
        double mean = rowWeights.Zip(_numbers.Values, (w, y) => w * y).Sum() / total;
        double deviation = Math.Sqrt(rowWeights.Zip(_numbers.Values, (w, y) => w * (y - mean) * (y - mean)).Sum() / total);
        double scale = deviation > 0 ? deviation : 1;
        float[] targets = [.. _numbers.Values.Select(y => (float)((y - mean) / scale))];
        return new HeadTargets
        {
            Values = targets,
            Weights = rowWeights,
            Loss = _options.Loss is { Kind: HeadLossKind.Huber } huber ? new HuberLoss(huber.Parameter) : new SquaredErrorLoss(),
            Output = Output,
            LabelMean = mean,
            LabelScale = scale,
            MetricName = "R²",
            Metric = (rows, logits) => Determination(rows, logits, targets, rowWeights),
        };
    }

    /// <summary>R² = 1 − Σ w (y − ŷ)² / Σ w (y − ȳ)²; 0 where the labels held out do not vary.</summary>
    private static double Determination(int[] rows, float[] estimates, float[] labels, double[] weights)
    {
        double total = 0, sum = 0, squares = 0, errors = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            double w = weights[rows[i]], y = labels[rows[i]];
            total += w;
            sum += w * y;
            squares += w * y * y;
            errors += w * (y - estimates[i]) * (y - estimates[i]);
        }
        double variation = squares - sum * sum / total;
        return variation > 0 ? 1 - errors / variation : 0;
    }
}
