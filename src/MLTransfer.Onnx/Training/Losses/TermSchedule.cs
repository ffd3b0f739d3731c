namespace MLTransfer.Onnx.Training.Losses;

/// <summary>
/// How the weight of a term of a loss runs over a training of S steps: a factor from <see cref="Start"/> in step 0 to <see cref="End"/> in step S − 1. With p = s / (S − 1), and p = 0 where S = 1,
/// the factor of step s is Start + (End − Start) · p (linear) or End + (Start − End) · (1 + cos(π · p)) / 2 (cosine). An immutable value.
/// </summary>
internal sealed record TermSchedule
{
    private readonly bool _isCosine;

    private TermSchedule(double start, double end, bool isCosine)
    {
        Start = Valid(start, nameof(start));
        End = Valid(end, nameof(end));
        _isCosine = isCosine;
    }

    /// <summary>The factor is 1 throughout.</summary>
    public static TermSchedule Constant { get; } = new(1, 1, isCosine: false);

    /// <summary>The factor of the first step.</summary>
    public double Start { get; }

    /// <summary>The factor of the last step.</summary>
    public double End { get; }

    /// <summary>A straight line.</summary>
    /// <param name="start">Factor of the first step, 0 or above.</param>
    /// <param name="end">Factor of the last step, 0 or above.</param>
    /// <exception cref="ArgumentOutOfRangeException">A factor is negative or not finite.</exception>
    public static TermSchedule Linear(double start, double end) => new(start, end, isCosine: false);

    /// <summary>Half a cosine: slow at both ends.</summary>
    /// <inheritdoc cref="Linear" path="/param|/exception"/>
    public static TermSchedule Cosine(double start, double end) => new(start, end, isCosine: true);

    /// <summary>The factor of a step.</summary>
    /// <param name="step">From 0. Behind the last the factor stays.</param>
    /// <param name="stepCount">S, 1 or above (<see cref="BatchPlanner.StepCount"/>).</param>
    public double Factor(long step, long stepCount)
    {
        double p = Math.Min(1, (double)step / Math.Max(1, stepCount - 1));
        return _isCosine ? End + (Start - End) / 2 * (1 + Math.Cos(Math.PI * p)) : Start + (End - Start) * p;
    }

    /// <summary>A name for messages and checkpoints, such as "Linear(1 to 0.5)".</summary>
    public override string ToString() => Start == 1 && End == 1 ? nameof(Constant) : FormattableString.Invariant($"{(_isCosine ? nameof(Cosine) : nameof(Linear))}({Start:R} to {End:R})");

    private static double Valid(double factor, string name) => factor >= 0 && double.IsFinite(factor)
        ? factor : throw new ArgumentOutOfRangeException(name, factor, "A factor of a term's weight must be finite and not negative.");
}
