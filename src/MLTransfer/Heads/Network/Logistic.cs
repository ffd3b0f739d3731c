namespace MLTransfer.Heads.Network;

/// <summary>σ(x) = 1 / (1 + exp(−x)).</summary>
internal static class Logistic
{
    public static float Of(float x) => 1 / (1 + MathF.Exp(-x));
}
