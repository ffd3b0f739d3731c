namespace MLTransfer;

/// <summary>How much the rows of each class count in the training of a head.</summary>
public sealed record ClassWeights
{
    private ClassWeights()
    {
    }

    /// <summary>Every row counts by its own weight alone.</summary>
    public static ClassWeights None { get; } = new();

    /// <summary>
    /// Every class counts the same: rows of class k are multiplied by n / (K · n_k) for n rows in K classes, n_k of them in class k. With soft labels n_k is the sum of
    /// the class's probabilities.
    /// </summary>
    public static ClassWeights Balanced { get; } = new() { IsBalanced = true };

    /// <summary>Whether factors follow from how often a class occurs.</summary>
    internal bool IsBalanced { get; private init; }

    /// <summary>Factors by class name, or null for the two named kinds.</summary>
    internal IReadOnlyDictionary<string, double>? Factors { get; private init; }

    /// <summary>A factor for each class. Classes that are not named keep 1.</summary>
    /// <param name="factors">From class name (the label before <c>MapValueToKey</c>; "True" and "False" for binary labels) to factor, 0 or above.</param>
    /// <exception cref="ArgumentOutOfRangeException">A factor is negative or not finite.</exception>
    public static ClassWeights ByName(IReadOnlyDictionary<string, double> factors)
    {
        ArgumentNullException.ThrowIfNull(factors);
        foreach ((string name, double factor) in factors)
        {
            if (!(factor >= 0) || double.IsInfinity(factor))
                throw new ArgumentOutOfRangeException(nameof(factors), factor, $"The weight of class '{name}' must be a finite number that is not negative.");
        }
        return new ClassWeights { Factors = new Dictionary<string, double>(factors) };
    }

    /// <summary>One factor for each class.</summary>
    /// <param name="names">Names of the classes.</param>
    /// <param name="counts">Rows of each class, or sums of their probabilities.</param>
    internal double[] Resolve(IReadOnlyList<string> names, double[] counts)
    {
        double[] factors = new double[names.Count];
        Array.Fill(factors, 1.0);
        if (IsBalanced)
        {
            double rows = counts.Sum();
            int present = counts.Count(c => c > 0);
            for (int k = 0; k < factors.Length; k++)
                factors[k] = counts[k] > 0 ? rows / (present * counts[k]) : 1;
        }
        foreach ((string name, double factor) in Factors ?? new Dictionary<string, double>())
        {
            int index = names.ToList().IndexOf(name);
            if (index < 0)
                throw Internal.Throw.ClassWeightUnknown(name, names);
            factors[index] = factor;
        }
        return factors;
    }
}
