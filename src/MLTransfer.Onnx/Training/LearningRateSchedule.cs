namespace MLTransfer;

/// <summary>
/// How the learning rate runs over a training, step by step. With S steps, s = 0 … S − 1, w = round(WarmupFraction · S) of them warm-up, and p = (s − w) / (S − w), the rate is the highest
/// rate times a factor: in the warm-up (s + 1) / w, then as each schedule says. An immutable value.
/// </summary>
public sealed record LearningRateSchedule
{
    // PyTorch's defaults of OneCycleLR: it starts at 1/25 of the highest rate and ends at 1/10,000 of where it started.
    private const double OneCycleStart = 1.0 / 25;
    private const double OneCycleEnd = OneCycleStart / 1e4;

    private readonly Kind _kind;

    private LearningRateSchedule(Kind kind, double warmupFraction)
    {
        if (warmupFraction is not (>= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(warmupFraction), warmupFraction, "The share of steps that is warm-up must be 0 or above, and below 1.");
        _kind = kind;
        WarmupFraction = warmupFraction;
    }

    private enum Kind
    {
        Constant,
        Linear,
        Cosine,
        OneCycle,
    }

    /// <summary>Share of the steps in which the rate rises.</summary>
    public double WarmupFraction { get; }

    /// <summary>After the warm-up the factor stays 1.</summary>
    /// <param name="warmupFraction">Share of the steps in which the rate rises, from 0 to below 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="warmupFraction"/> lies outside its range.</exception>
    public static LearningRateSchedule Constant(double warmupFraction = 0) => new(Kind.Constant, warmupFraction);

    /// <summary>After the warm-up the factor is 1 − p.</summary>
    /// <inheritdoc cref="Constant(double)" path="/param|/exception"/>
    public static LearningRateSchedule Linear(double warmupFraction = 0.1) => new(Kind.Linear, warmupFraction);

    /// <summary>After the warm-up the factor is (1 + cos(π · p)) / 2 (Loshchilov and Hutter 2017, without restarts).</summary>
    /// <inheritdoc cref="Constant(double)" path="/param|/exception"/>
    public static LearningRateSchedule Cosine(double warmupFraction = 0.1) => new(Kind.Cosine, warmupFraction);

    /// <summary>
    /// One cycle (Smith and Topin 2018) as PyTorch defines it: with the peak at step t = WarmupFraction · S − 1 the factor rises along a half cosine from 1/25 at step 0 to 1 at t,
    /// then falls along another to 1/250,000 at step S − 1. The momentum stays as it is.
    /// </summary>
    /// <inheritdoc cref="Constant(double)" path="/param|/exception"/>
    public static LearningRateSchedule OneCycle(double warmupFraction = 0.3) => new(Kind.OneCycle, warmupFraction);

    /// <summary>The rate of a step as a share of the highest.</summary>
    /// <param name="step">From 0.</param>
    /// <param name="stepCount">Steps of the whole training, 1 or above.</param>
    internal double Factor(long step, long stepCount)
    {
        if (_kind == Kind.OneCycle)
            return OneCycleFactor(step, stepCount);
        long warmup = (long)Math.Round(WarmupFraction * stepCount, MidpointRounding.AwayFromZero);
        if (step < warmup)
            return (step + 1.0) / warmup;
        double p = Math.Min(1, (double)(step - warmup) / Math.Max(1, stepCount - warmup));
        return _kind switch
        {
            Kind.Linear => 1 - p,
            Kind.Cosine => HalfCosine(1, 0, p),
            _ => 1,
        };
    }

    /// <summary>A name for messages and checkpoints, such as "Cosine(0.1)".</summary>
    public override string ToString() => FormattableString.Invariant($"{_kind}({WarmupFraction:R})");

    private double OneCycleFactor(long step, long stepCount)
    {
        double peak = WarmupFraction * stepCount - 1;
        if (step <= peak)
            return peak == 0 ? 1 : HalfCosine(OneCycleStart, 1, step / peak);
        // Without room for a rise the peak is the first step.
        peak = Math.Max(peak, 0);
        double last = Math.Max(stepCount - 1, peak);
        return last == peak ? 1 : HalfCosine(1, OneCycleEnd, (step - peak) / (last - peak));
    }

    private static double HalfCosine(double from, double to, double share) => to + (from - to) / 2 * (1 + Math.Cos(Math.PI * share));
}
