namespace MLTransfer;

/// <summary>
/// Chooses the strength of regularisation by its loss on rows held out: the strengths <see cref="Strongest"/> … <see cref="Weakest"/> are tried in geometric steps, each
/// starting from the solution of the one before, until the held-out loss has risen twice in a row; then the head is trained on all rows with the best.
/// </summary>
/// <remarks>
/// Folds are stratified by class and dealt by the head's seed. A class with one row is never held out; where every class has one row nothing can be held out, and the head
/// uses <see cref="LinearHeadOptions.FewShotRegularization"/> and says so in the log.
/// </remarks>
public sealed record RegularizationSearch
{
    /// <summary>Tried first. Default: 10.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not above 0, or not finite.</exception>
    public double Strongest
    {
        get;
        init => field = Positive(value, nameof(Strongest));
    } = 10;

    /// <summary>Tried last. Default: 1e-4.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not above 0, or not finite.</exception>
    public double Weakest
    {
        get;
        init => field = Positive(value, nameof(Weakest));
    } = 1e-4;

    /// <summary>Strengths for each factor of ten. 1 to 10, default: 2.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside 1 to 10.</exception>
    public int StepsPerDecade
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(StepsPerDecade));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 10, nameof(StepsPerDecade));
            field = value;
        }
    } = 2;

    /// <summary>Into how many folds the rows are dealt; fewer where no class has as many rows. 2 to 20, default: 5.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside 2 to 20.</exception>
    public int FoldCount
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 2, nameof(FoldCount));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 20, nameof(FoldCount));
            field = value;
        }
    } = 5;

    /// <summary>
    /// How many of the folds are held out, one after the other: <see cref="FoldCount"/> is cross-validation, 1 is a single held-out part. Default: all of them up to
    /// 2,000 rows, and one where there are more, because a fifth of the rows then measures the loss well, or where rows × features × classes exceed 100 million, because
    /// all would take minutes.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 1.</exception>
    public int? HeldOutFoldCount
    {
        get;
        init
        {
            if (value is int count)
                ArgumentOutOfRangeException.ThrowIfLessThan(count, 1, nameof(HeldOutFoldCount));
            field = value;
        }
    }

    /// <summary>The strengths, strongest first.</summary>
    internal double[] Strengths()
    {
        (double high, double low) = (Math.Max(Strongest, Weakest), Math.Min(Strongest, Weakest));
        int steps = (int)Math.Round(Math.Log10(high / low) * StepsPerDecade);
        return steps == 0 ? [high] : [.. Enumerable.Range(0, steps + 1).Select(i => high * Math.Pow(low / high, (double)i / steps))];
    }

    private static double Positive(double value, string name) =>
        value > 0 && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(name, value, "A strength of regularisation must be above 0 and finite.");
}
