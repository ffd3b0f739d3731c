namespace MLTransfer;

/// <summary>What the hidden layers of a head apply to each of their sums x.</summary>
public enum HeadActivation
{
    /// <summary>max(x, 0). The default.</summary>
    Relu,

    /// <summary>x · Φ(x), Φ the distribution function of the normal distribution (Hendrycks and Gimpel 2016, "Gaussian error linear units"), the exact form with the error function.</summary>
    Gelu,

    /// <summary>x / (1 + exp(−x)) (Elfwing, Uchibe and Doya 2017), also called swish.</summary>
    Silu,

    /// <summary>tanh(x).</summary>
    Tanh,
}
