namespace MLTransfer;

/// <summary>How a gradient becomes a change of weights. An immutable value.</summary>
public sealed record Optimizer
{
    private Optimizer()
    {
    }

    /// <summary>Whether this is AdamW; else it is SGD.</summary>
    internal bool IsAdamW { get; private init; }

    internal double Beta1 { get; private init; }

    internal double Beta2 { get; private init; }

    internal double Epsilon { get; private init; }

    internal double Momentum { get; private init; }

    internal bool IsNesterov { get; private init; }

    /// <summary>
    /// AdamW (Loshchilov and Hutter 2019), defined as in PyTorch: θ ← θ − η · decay · θ; m ← β₁ · m + (1 − β₁) · g; v ← β₂ · v + (1 − β₂) · g²;
    /// θ ← θ − η / (1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε).
    /// </summary>
    /// <param name="beta1">Decay of the mean of gradients, from 0 to below 1.</param>
    /// <param name="beta2">Decay of the mean of squared gradients, from 0 to below 1.</param>
    /// <param name="epsilon">Keeps the quotient finite. Above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument lies outside its range.</exception>
    public static Optimizer AdamW(double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8)
    {
        if (!(epsilon > 0) || double.IsInfinity(epsilon))
            throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "The epsilon of AdamW must be above 0 and finite.");
        return new Optimizer { IsAdamW = true, Beta1 = Share(beta1, nameof(beta1)), Beta2 = Share(beta2, nameof(beta2)), Epsilon = epsilon };
    }

    /// <summary>
    /// Stochastic gradient descent with momentum μ, defined as in PyTorch: g ← g + decay · θ; b ← μ · b + g; θ ← θ − η · b, or with Nesterov's momentum θ ← θ − η · (g + μ · b).
    /// </summary>
    /// <param name="momentum">From 0 (plain descent) to below 1.</param>
    /// <param name="nesterov">Whether the momentum is Nesterov's.</param>
    /// <exception cref="ArgumentOutOfRangeException">The momentum lies outside its range, or is 0 with Nesterov's.</exception>
    public static Optimizer Sgd(double momentum = 0.9, bool nesterov = false)
    {
        if (nesterov && momentum == 0)
            throw new ArgumentOutOfRangeException(nameof(momentum), momentum, "Nesterov's momentum needs a momentum above 0.");
        return new Optimizer { Momentum = Share(momentum, nameof(momentum)), IsNesterov = nesterov };
    }

    /// <summary>Its name and settings, such as "AdamW(0.9, 0.999, 1E-08)".</summary>
    public override string ToString() => IsAdamW
        ? FormattableString.Invariant($"AdamW({Beta1:R}, {Beta2:R}, {Epsilon:R})")
        : FormattableString.Invariant($"Sgd({Momentum:R}{(IsNesterov ? ", Nesterov" : "")})");

    private static double Share(double value, string name) => value is >= 0 and < 1
        ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be 0 or above, and below 1.");
}
