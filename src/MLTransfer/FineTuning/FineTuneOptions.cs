using System.Collections.Immutable;

namespace MLTransfer;

/// <summary>How a backbone and a head on it are trained together. What the backbone reads is told by the options of its embedding step.</summary>
public sealed record FineTuneOptions
{
    /// <summary>
    /// Settings for a backbone that has learnt nothing yet, such as those of <see cref="StudentBackbones"/>, to be changed by a <c>with</c> expression: everything is trained, the head starts at
    /// random and learns at the backbone's rate; 30 epochs of batches of 64 at a learning rate of 0.001.
    /// </summary>
    public static FineTuneOptions FromScratch { get; } = new()
    {
        Freezing = FreezingPlan.Everything,
        StartFromLinearHead = false,
        HeadLearningRateFactor = 1,
        Training = new TrainingOptions { EpochCount = 30, BatchSize = 64, LearningRate = 1e-3 },
    };

    /// <summary>The label: a key, or probabilities of classes, for classification; Boolean for binary; Single for regression. Default: "Label".</summary>
    /// <exception cref="ArgumentException">Empty.</exception>
    public string LabelColumnName
    {
        get;
        init
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(value, nameof(LabelColumnName));
            field = value;
        }
    } = "Label";

    /// <summary>The weight of each row, Single. Default: null, all weigh the same.</summary>
    public string? WeightColumnName { get; init; }

    /// <summary>Which weights of the backbone are trained. Default: the last two blocks.</summary>
    public FreezingPlan Freezing
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(Freezing));
            field = value;
        }
    } = FreezingPlan.LastBlocks(2);

    /// <summary>
    /// The learning rate of each block as a multiple of that of the block behind it (Howard and Ruder 2018, "Universal language model fine-tuning", section 3.2): early layers hold
    /// what is general. Above 0 to 1. Default: 1, all blocks learn at the same rate.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Not above 0, or above 1.</exception>
    public double BlockLearningRateDecay
    {
        get;
        init => field = value is > 0 and <= 1
            ? value : throw new ArgumentOutOfRangeException(nameof(BlockLearningRateDecay), value, "The decay of learning rates from block to block must be above 0 and at most 1.");
    } = 1;

    /// <summary>
    /// Epochs after which one more block begins to be trained, from the last to the first; before, only the head is (the same paper, section 3.3). 1 or above. Default: null, all blocks
    /// from the start.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 1.</exception>
    public int? UnfreezeEveryEpochs
    {
        get;
        init
        {
            if (value is int epochs)
                ArgumentOutOfRangeException.ThrowIfLessThan(epochs, 1, nameof(UnfreezeEveryEpochs));
            field = value;
        }
    }

    /// <summary>The head's learning rate as a multiple of the backbone's. Above 0. Default: 10.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not above 0, or not finite.</exception>
    public double HeadLearningRateFactor
    {
        get;
        init => field = value > 0 && double.IsFinite(value)
            ? value : throw new ArgumentOutOfRangeException(nameof(HeadLearningRateFactor), value, "The factor of the head's learning rate must be above 0 and finite.");
    } = 10;

    /// <summary>
    /// Whether a head without hidden units starts as the linear head that is best on the frozen features, so that training cannot begin by spoiling them (Kumar et al. 2022,
    /// "Fine-tuning can distort pretrained features and underperform out-of-distribution"). Default: true.
    /// </summary>
    public bool StartFromLinearHead { get; init; } = true;

    /// <summary>Sizes of the head's hidden layers. Default: none, a linear head.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size below 1.</exception>
    public ImmutableArray<int> HiddenUnits
    {
        get;
        init
        {
            foreach (int units in value)
                ArgumentOutOfRangeException.ThrowIfLessThan(units, 1, nameof(HiddenUnits));
            field = value;
        }
    } = [];

    /// <summary>The share of features, and of hidden units, that is dropped at random in training. From 0 to below 1. Default: 0.1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative, 1 or above.</exception>
    public double Dropout
    {
        get;
        init => field = value is >= 0 and < 1 ? value : throw new ArgumentOutOfRangeException(nameof(Dropout), value, "A rate of dropout must be 0 or above, and below 1.");
    } = 0.1;

    /// <summary>ε of label smoothing, for classification. From 0 to below 1. Default: 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative, 1 or above.</exception>
    public double LabelSmoothing
    {
        get;
        init => field = value is >= 0 and < 1 ? value : throw new ArgumentOutOfRangeException(nameof(LabelSmoothing), value, "Label smoothing must be 0 or above, and below 1.");
    }

    /// <summary>How much the rows of each class count, for classification. Default: by their own weight alone.</summary>
    public ClassWeights ClassWeights
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(ClassWeights));
            field = value;
        }
    } = ClassWeights.None;

    /// <summary>
    /// Turns 8-bit products of a quantised backbone into float, so that they can be trained; the fine-tuned backbone is then a float graph. Default: false, and such parts may lie only
    /// in front of what is trained.
    /// </summary>
    public bool Int8ToFloat { get; init; }

    /// <summary>Whether the graph is trained with its 8-bit products in float: told so, or because rows are scored so.</summary>
    internal bool TrainsInFloat(EmbeddingOptions embedding) => Int8ToFloat || embedding.Int8Execution == Int8Execution.Float;

    /// <summary>Bytes of memory for what the frozen part makes of the rows; the rest goes to a temporary file. 0 or above. Default: 2 GiB.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    public long PrefixMemory
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(PrefixMemory));
            field = value;
        }
    } = 2L << 30;

    /// <summary>Epochs, batches, learning rate, schedule, early stopping and so on. Default: 10 epochs of batches of 32 at a learning rate of 1e-4.</summary>
    public TrainingOptions Training
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(Training));
            field = value;
        }
    } = new() { EpochCount = 10, BatchSize = 32, LearningRate = 1e-4 };
}
