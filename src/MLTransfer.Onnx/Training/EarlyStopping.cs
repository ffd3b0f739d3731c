namespace MLTransfer;

/// <summary>When training ends because held-out rows get no better.</summary>
public sealed record EarlyStopping
{
    /// <summary>Epochs without improvement after which training ends. 1 or above, default: 3.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 1.</exception>
    public int Patience
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(Patience));
            field = value;
        }
    } = 3;

    /// <summary>
    /// How much better than the best so far, in units of the loss or metric, an epoch must be to count as an improvement. The best weights are kept whatever this says. 0 or above,
    /// default: 0.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative, or not finite.</exception>
    public double MinimumImprovement
    {
        get;
        init => field = value >= 0 && double.IsFinite(value)
            ? value : throw new ArgumentOutOfRangeException(nameof(MinimumImprovement), value, "A minimum improvement must be a finite number that is not negative.");
    }
}
