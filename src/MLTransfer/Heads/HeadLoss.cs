namespace MLTransfer;

/// <summary>What the training of a head by gradient steps minimises, averaged over the rows. An immutable value.</summary>
public sealed record HeadLoss
{
    private HeadLoss(HeadLossKind kind, double parameter = 0)
    {
        Kind = kind;
        Parameter = parameter;
    }

    /// <summary>
    /// For classes, the default: −Σ_k t_k · log p_k with p = softmax(logits); for yes/no labels −t · log p − (1 − t) · log(1 − p) with p = 1 / (1 + exp(−logit)), averaged over the
    /// labels where there are several.
    /// </summary>
    public static HeadLoss CrossEntropy { get; } = new(HeadLossKind.CrossEntropy);

    /// <summary>For quantities, the default: (score − label)² in units of the labels' variance.</summary>
    public static HeadLoss Squared { get; } = new(HeadLossKind.Squared);

    internal HeadLossKind Kind { get; }

    /// <summary>γ or δ.</summary>
    internal double Parameter { get; }

    /// <summary>
    /// For classes: cross-entropy whose terms are multiplied by (1 − p)^γ, p being the probability given to the truth, so that rows which are right already count less (Lin, Goyal,
    /// Girshick, He and Dollár 2017, "Focal loss for dense object detection"). For labels where yes is rare.
    /// </summary>
    /// <param name="gamma">γ, 0 or above; 0 is cross-entropy.</param>
    /// <exception cref="ArgumentOutOfRangeException">Negative, or not finite.</exception>
    public static HeadLoss Focal(double gamma = 2) => gamma >= 0 && double.IsFinite(gamma)
        ? new HeadLoss(HeadLossKind.Focal, gamma) : throw new ArgumentOutOfRangeException(nameof(gamma), gamma, "γ of the focal loss must be a finite number that is not negative.");

    /// <summary>
    /// For quantities: with e = (score − label) / standard deviation of the labels, e² / 2 where |e| ≤ δ, else δ · (|e| − δ / 2) (Huber 1964, "Robust estimation of a location
    /// parameter"). For labels with outliers.
    /// </summary>
    /// <param name="delta">δ, in standard deviations of the labels. Above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not above 0, or not finite.</exception>
    public static HeadLoss Huber(double delta = 1) => delta > 0 && double.IsFinite(delta)
        ? new HeadLoss(HeadLossKind.Huber, delta) : throw new ArgumentOutOfRangeException(nameof(delta), delta, "δ of Huber's loss must be above 0 and finite.");

    /// <summary>The loss's name.</summary>
    public override string ToString() => Kind is HeadLossKind.Focal or HeadLossKind.Huber ? FormattableString.Invariant($"{Kind}({Parameter:R})") : $"{Kind}";
}

/// <summary>Which loss.</summary>
internal enum HeadLossKind
{
    CrossEntropy,
    Focal,
    Squared,
    Huber,
}
