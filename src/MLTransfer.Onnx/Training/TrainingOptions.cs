namespace MLTransfer;

/// <summary>How weights are trained by gradient steps: epochs, batches, the optimizer and its schedule, and when to stop.</summary>
public sealed record TrainingOptions
{
    /// <summary>Passes over the training rows. 1 or above, default: 10.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 1.</exception>
    public int EpochCount
    {
        get;
        init => field = AtLeastOne(value, nameof(EpochCount));
    } = 10;

    /// <summary>Rows in a batch; the last batch of an epoch may be smaller. 1 or above, default: 32.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 1.</exception>
    public int BatchSize
    {
        get;
        init => field = AtLeastOne(value, nameof(BatchSize));
    } = 32;

    /// <summary>Batches whose gradients are added up to one step, as if they were one batch that need not fit in memory. 1 or above, default: 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 1.</exception>
    public int AccumulationCount
    {
        get;
        init => field = AtLeastOne(value, nameof(AccumulationCount));
    } = 1;

    /// <summary>The highest learning rate of the schedule. Above 0, default: 0.001.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not above 0, or not finite.</exception>
    public double LearningRate
    {
        get;
        init => field = Positive(value, nameof(LearningRate));
    } = 1e-3;

    /// <summary>How a gradient becomes a change of weights. Default: AdamW.</summary>
    public Optimizer Optimizer
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(Optimizer));
            field = value;
        }
    } = Optimizer.AdamW();

    /// <summary>
    /// Pulls weights to 0, as the optimizer defines it. Biases and the parameters of normalisation are not pulled, nor are pretrained weights where <see cref="L2Sp"/> is set.
    /// 0 or above, default: 0.01.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative, or not finite.</exception>
    public double WeightDecay
    {
        get;
        init => field = value >= 0 && double.IsFinite(value)
            ? value : throw new ArgumentOutOfRangeException(nameof(WeightDecay), value, "A weight decay must be a finite number that is not negative.");
    } = 0.01;

    /// <summary>How the learning rate runs over the steps. Default: cosine with a tenth of the steps as warm-up.</summary>
    public LearningRateSchedule Schedule
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(Schedule));
            field = value;
        }
    } = LearningRateSchedule.Cosine(warmupFraction: 0.1);

    /// <summary>Gradients whose norm over all trained weights is larger are scaled down to this norm. Above 0, null for no limit. Default: 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not above 0, or not finite.</exception>
    public double? GradientClipNorm
    {
        get;
        init => field = value is null ? null : Positive(value.Value, nameof(GradientClipNorm));
    } = 1;

    /// <summary>Ends training when held-out rows get no better. Needs <see cref="HeldOutFraction"/> above 0. Default: null, all epochs are made.</summary>
    public EarlyStopping? EarlyStopping { get; init; }

    /// <summary>What decides, on the rows held out, which epoch's weights are kept and whether an epoch was an improvement. Default: the loss.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No such criterion.</exception>
    public SelectionCriterion SelectionCriterion
    {
        get;
        init => field = Enum.IsDefined(value)
            ? value : throw new ArgumentOutOfRangeException(nameof(SelectionCriterion), value, "There is no such criterion of selection.");
    }

    /// <summary>
    /// Share of the training rows that is held out to choose the epoch whose weights are kept. From 0 (none: the last weights are kept) to below 1. Default: 0.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative, 1 or above, or not a number.</exception>
    public double HeldOutFraction
    {
        get;
        init => field = value is >= 0 and < 1
            ? value : throw new ArgumentOutOfRangeException(nameof(HeldOutFraction), value, "A held-out fraction must be 0 or above, and below 1.");
    }

    /// <summary>
    /// Decay d of an exponential moving average of the weights, which is then what is evaluated and kept: average ← dₜ · average + (1 − dₜ) · weights after step t = 0, 1, …, with
    /// dₜ = min(d, (1 + t) / (10 + t)), so that a short run is not held at its start. From 0 to below 1, such as 0.999. Default: null, no average.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative, 1 or above, or not a number.</exception>
    public double? WeightAverageDecay
    {
        get;
        init => field = value is null or (>= 0 and < 1)
            ? value : throw new ArgumentOutOfRangeException(nameof(WeightAverageDecay), value, "The decay of an average of weights must be 0 or above, and below 1.");
    }

    /// <summary>
    /// Strength λ of the penalty λ/2 · ‖θ − θ₀‖² that pulls pretrained weights θ to their start θ₀ in place of weight decay (Li, Grandvalet and Davoine 2018, "Explicit inductive bias
    /// for transfer learning"). Above 0, such as 0.01. Default: null, no pull.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Not above 0, or not finite.</exception>
    public double? L2Sp
    {
        get;
        init => field = value is null ? null : Positive(value.Value, nameof(L2Sp));
    }

    /// <summary>Decides the order of rows, dropout, new weights and which rows are held out. Default: drawn from the <c>MLContext</c>.</summary>
    public int? Seed { get; init; }

    /// <summary>Threads at most. 1 or above, default: all cores.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 1.</exception>
    public int? ThreadCount
    {
        get;
        init => field = value is null ? null : AtLeastOne(value.Value, nameof(ThreadCount));
    }

    /// <summary>
    /// A file into which the state of the run is written after each epoch (and every <see cref="CheckpointEverySteps"/> steps), and from which a run that ended too early goes on: started
    /// again with the same options and rows it ends with the same weights, to the bit. A finished run comes back at once. Set <see cref="Seed"/>, too. Default: null, nothing is written.
    /// </summary>
    /// <exception cref="ArgumentException">Empty.</exception>
    public string? CheckpointPath
    {
        get;
        init
        {
            if (value is not null)
                ArgumentException.ThrowIfNullOrWhiteSpace(value, nameof(CheckpointPath));
            field = value;
        }
    }

    /// <summary>Steps between two checkpoints within an epoch. 1 or above. Default: null, only at the end of each epoch.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 1.</exception>
    public int? CheckpointEverySteps
    {
        get;
        init => field = value is null ? null : AtLeastOne(value.Value, nameof(CheckpointEverySteps));
    }

    /// <summary>Told of each step and, with the quality on held-out rows, of each epoch, on the training thread. Default: nobody.</summary>
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>Ends training early; the weights are the best so far. Default: never.</summary>
    public CancellationToken CancellationToken { get; init; }

    private static int AtLeastOne(int value, string option)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, option);
        return value;
    }

    private static double Positive(double value, string option) => value > 0 && double.IsFinite(value)
        ? value : throw new ArgumentOutOfRangeException(option, value, $"{option} must be above 0 and finite.");
}
