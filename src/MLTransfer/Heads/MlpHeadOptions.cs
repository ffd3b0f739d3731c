using MLTransfer.Heads;
using MLTransfer.Heads.Network;

namespace MLTransfer;

/// <summary>How a multilayer perceptron on features is made and trained.</summary>
public sealed record MlpHeadOptions
{
    /// <summary>
    /// The defaults of <see cref="Training"/>, to be changed by a <c>with</c> expression: 60 epochs of batches of 32, AdamW at a learning rate of 0.001 with weight decay 0.01, a cosine
    /// schedule, no rows held out.
    /// </summary>
    public static TrainingOptions DefaultTraining { get; } = new() { EpochCount = 60 };

    /// <summary>Name of the label column. Default: "Label".</summary>
    /// <exception cref="ArgumentException">Empty.</exception>
    public string LabelColumnName
    {
        get;
        init => field = Name(value, nameof(LabelColumnName));
    } = "Label";

    /// <summary>Name of the feature column, <c>Vector&lt;Single, D&gt;</c>. Default: "Features".</summary>
    /// <exception cref="ArgumentException">Empty.</exception>
    public string FeatureColumnName
    {
        get;
        init => field = Name(value, nameof(FeatureColumnName));
    } = "Features";

    /// <summary>Name of a column of weights (Single, 0 or above; a weight of 2 counts like the row twice). Default: none, every row counts 1.</summary>
    /// <exception cref="ArgumentException">Empty.</exception>
    public string? WeightColumnName
    {
        get;
        init => field = value is null ? null : Name(value, nameof(WeightColumnName));
    }

    /// <summary>Units of each hidden layer, the one next to the features first; empty for none. Each 1 or above. Default: one layer of 512.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A layer has less than 1 unit.</exception>
    public IReadOnlyList<int> HiddenUnits
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(HiddenUnits));
            foreach (int units in value)
            {
                if (units < 1)
                    throw new ArgumentOutOfRangeException(nameof(HiddenUnits), units, "Each hidden layer needs at least 1 unit. For a head without hidden layers give an empty list.");
            }
            field = [.. value];
        }
    } = [512];

    /// <summary>What hidden layers apply to their sums. Default: <see cref="HeadActivation.Relu"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No such activation.</exception>
    public HeadActivation Activation
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(Activation), value, "There is no such activation.");
    }

    /// <summary>How hidden layers normalise their sums. Default: <see cref="HeadNormalization.None"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No such normalisation.</exception>
    public HeadNormalization Normalization
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(Normalization), value, "There is no such normalisation.");
    }

    /// <summary>The share of the units of each hidden layer that is left out of each row's training step, at random. From 0 to below 1. Default: 0.3.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative, 1 or above, or not a number.</exception>
    public double Dropout
    {
        get;
        init => field = Rate(value, nameof(Dropout));
    } = 0.3;

    /// <summary>The share of the features that is left out of each row's training step, at random. From 0 to below 1. Default: 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative, 1 or above, or not a number.</exception>
    public double FeatureDropout
    {
        get;
        init => field = Rate(value, nameof(FeatureDropout));
    }

    /// <summary>
    /// ε: the truth is taken to be (1 − ε) · t + ε / K, for yes/no labels (1 − ε) · t + ε / 2 (Szegedy et al. 2016, "Rethinking the Inception architecture"). From 0 to below 1. Default: 0.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative, 1 or above, or not a number.</exception>
    public double LabelSmoothing
    {
        get;
        init => field = Rate(value, nameof(LabelSmoothing));
    }

    /// <summary>
    /// How much the rows of each class count. Of several yes/no labels: how much a yes of each label counts against a no; balanced is as much as all its noes. Default:
    /// <see cref="ClassWeights.None"/>.
    /// </summary>
    public ClassWeights ClassWeights
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(ClassWeights));
            field = value;
        }
    } = ClassWeights.None;

    /// <summary>What is minimised. Default: <see cref="HeadLoss.CrossEntropy"/> for classes and labels, <see cref="HeadLoss.Squared"/> for quantities.</summary>
    public HeadLoss? Loss { get; init; }

    /// <summary>How features are scaled while training; the scaling is folded into the first layer. Default: <see cref="FeatureScaling.Auto"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No such scaling.</exception>
    public FeatureScaling FeatureScaling
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(FeatureScaling), value, "There is no such scaling of features.");
    }

    /// <summary>
    /// Of several yes/no labels: by how many folds of cross-validation the threshold of each label is tuned for F1, which trains that many heads besides the one that is kept. 1 tunes on the
    /// rows held out by <see cref="TrainingOptions.HeldOutFraction"/>, 0 leaves all thresholds at 0.5. From 0 to 20. Default: 5. Other tasks have no thresholds.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside 0 to 20.</exception>
    public int ThresholdFoldCount
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(ThresholdFoldCount));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 20, nameof(ThresholdFoldCount));
            field = value;
        }
    } = 5;

    /// <summary>
    /// Steps at least: where <see cref="TrainingOptions.EpochCount"/> epochs of the rows there are make fewer, epochs are added until there are as many, because a head that begins at random
    /// needs a number of steps, however few rows there are. 0 or above; 0 makes the epochs and no more. Default: 300.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    public int MinimumStepCount
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(MinimumStepCount));
            field = value;
        }
    } = 300;

    /// <summary>Epochs, batches, optimizer, schedule, rows held out, seed, progress and cancellation. Default: <see cref="DefaultTraining"/>.</summary>
    public TrainingOptions Training
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(Training));
            field = value;
        }
    } = DefaultTraining;

    internal HeadColumnNames Columns => new(LabelColumnName, FeatureColumnName, WeightColumnName);

    internal HeadArchitecture Architecture => new([.. HiddenUnits], Activation, Normalization, FeatureDropout, Dropout);

    internal TargetOptions Targets => new(Loss, ClassWeights, LabelSmoothing);

    private static string Name(string value, string parameter)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(value, parameter);
        return value;
    }

    private static double Rate(double value, string option) => value is >= 0 and < 1 ? value : throw new ArgumentOutOfRangeException(option, value, $"{option} is a share: it must be 0 or above, and below 1.");
}
