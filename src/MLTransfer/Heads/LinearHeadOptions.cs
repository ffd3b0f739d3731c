using MLTransfer.Heads;

namespace MLTransfer;

/// <summary>How a linear head is trained.</summary>
public sealed record LinearHeadOptions
{
    /// <summary>
    /// The strength used where nothing can be held out to choose it, because no class has two rows (at one row a class of the text sets it was chosen on, accuracy changes by
    /// less than 0.01 from 0.03 to 1).
    /// </summary>
    public const double FewShotRegularization = 0.3;

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

    /// <summary>
    /// λ of the penalty λ/2 · ‖W‖² beside the mean loss, for features scaled as <see cref="FeatureScaling"/> says. In scikit-learn's LogisticRegression C = 1 / (λ · Σ weights), in its Ridge
    /// alpha = λ · Σ weights. Above 0. Default: chosen by <see cref="RegularizationSearch"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Not above 0, or not finite.</exception>
    public double? Regularization
    {
        get;
        init => field = value is null || (value > 0 && double.IsFinite(value.Value))
            ? value : throw new ArgumentOutOfRangeException(nameof(Regularization), value, "A strength of regularisation must be above 0 and finite.");
    }

    /// <summary>How the strength is chosen where <see cref="Regularization"/> is null. Default: a search with its own defaults.</summary>
    public RegularizationSearch? RegularizationSearch { get; init; }

    /// <summary>How much the rows of each class count. Default: <see cref="ClassWeights.None"/>.</summary>
    public ClassWeights ClassWeights
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(ClassWeights));
            field = value;
        }
    } = ClassWeights.None;

    /// <summary>How features are scaled while training. Default: <see cref="FeatureScaling.Auto"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No such scaling.</exception>
    public FeatureScaling FeatureScaling
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(FeatureScaling), value, "There is no such scaling of features.");
    }

    /// <summary>Decides which rows the search holds out; the training itself has no randomness. Default: drawn from the <c>MLContext</c>.</summary>
    public int? Seed { get; init; }

    /// <summary>Steps of the solver at most. 1 or above, default: 500.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 1.</exception>
    public int MaximumIterations
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(MaximumIterations));
            field = value;
        }
    } = 500;

    /// <summary>Training ends when the loss is estimated to lie within this share of its minimum. 0 or above (0: to the last digit), default: 1e-6.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative, or not a number.</exception>
    public double Tolerance
    {
        get;
        init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(Tolerance), value, "A tolerance must not be negative.");
    } = 1e-6;

    /// <summary>Threads at most. The fitted weights do not depend on it. 1 or above, default: all cores.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 1.</exception>
    public int? ThreadCount
    {
        get;
        init
        {
            if (value is int count)
                ArgumentOutOfRangeException.ThrowIfLessThan(count, 1, nameof(ThreadCount));
            field = value;
        }
    }

    /// <summary>Told of each strength tried and each step made, on the training thread. The last report names the strength chosen. Default: nobody.</summary>
    public IProgress<HeadTrainingProgress>? Progress { get; init; }

    /// <summary>Ends training early; the head is what was best so far. While rows are read there is none yet, and <c>Fit</c> throws an <see cref="OperationCanceledException"/>. Default: never.</summary>
    public CancellationToken CancellationToken { get; init; }

    internal HeadColumnNames Columns => new(LabelColumnName, FeatureColumnName, WeightColumnName);

    private static string Name(string value, string parameter)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(value, parameter);
        return value;
    }
}
