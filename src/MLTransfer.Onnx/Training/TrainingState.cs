namespace MLTransfer.Onnx.Training;

/// <summary>
/// Everything that a run has reached between two steps, and all that a checkpoint holds. Two runs with one configuration and equal states go on alike to the bit; times are kept for
/// reports and decide nothing.
/// </summary>
internal sealed class TrainingState
{
    public TrainingState(ParameterLayout layout, TrainingOptions options, float[] start)
    {
        Parameters = layout.Allocate();
        start.CopyTo(Parameters, 0);
        Updater = ParameterUpdater.Create(options.Optimizer, layout);
        Average = options.WeightAverageDecay is double decay ? new WeightAverage(layout, start, decay) : null;
    }

    /// <summary>θ, in pinned memory.</summary>
    public float[] Parameters { get; }

    /// <summary>The optimizer and its state.</summary>
    public ParameterUpdater Updater { get; }

    /// <summary>The average of weights, where one was asked for.</summary>
    public WeightAverage? Average { get; }

    /// <summary>The weights to evaluate and to give back where no held-out rows decide: the average where there is one.</summary>
    public float[] Current => Average?.Values ?? Parameters;

    /// <summary>The best weights so far on rows held out; null before the first evaluation.</summary>
    public float[]? Best { get; set; }

    /// <summary>The epoch of <see cref="Best"/>, from 0.</summary>
    public int BestEpoch { get; set; }

    /// <summary>Score of <see cref="Best"/>; higher is better.</summary>
    public double BestScore { get; set; } = double.NegativeInfinity;

    /// <summary>The score that an epoch must beat by the minimum improvement to count as an improvement.</summary>
    public double ReferenceScore { get; set; } = double.NegativeInfinity;

    /// <summary>Epochs since the last improvement.</summary>
    public int EpochsWithoutImprovement { get; set; }

    /// <summary>Whether early stopping ended the run.</summary>
    public bool HasStoppedEarly { get; set; }

    /// <summary>The epoch at work, from 0; the epoch count where all are done.</summary>
    public int Epoch { get; set; }

    /// <summary>Steps made in this epoch.</summary>
    public int StepInEpoch { get; set; }

    /// <summary>Steps made in all.</summary>
    public long Step { get; set; }

    /// <summary>Σ loss · weight over this epoch's steps.</summary>
    public double EpochLoss { get; set; }

    /// <summary>Σ weight over this epoch's steps.</summary>
    public double EpochWeight { get; set; }

    /// <summary>Seconds spent on this epoch's steps.</summary>
    public double EpochSeconds { get; set; }

    /// <summary>One record for each whole epoch.</summary>
    public List<EpochRecord> History { get; } = [];
}
