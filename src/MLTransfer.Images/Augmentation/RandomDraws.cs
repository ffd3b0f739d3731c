namespace MLTransfer.Images;

/// <summary>
/// SplitMix64 (Steele, Lea and Flood 2014): whole numbers only, so that the draws are the same on every machine and in every version of .NET. Powers are made of square roots,
/// which IEEE 754 rounds exactly, unlike exponentials.
/// </summary>
internal struct RandomDraws
{
    private ulong _state;

    public RandomDraws(int seed, ulong rowSeed)
    {
        _state = (uint)seed;
        _state = Next() ^ rowSeed;
        _state = Next();
    }

    /// <summary>From 0 to below 1, in steps of 2^−53.</summary>
    public double Uniform() => (Next() >> 11) * (1.0 / (1UL << 53));

    public double Uniform(double from, double to) => from + Uniform() * (to - from);

    /// <summary>From 0 to below the count.</summary>
    public int Index(int count) => (int)(Uniform() * count);

    /// <summary>Uniform in the logarithm, from 1 / limit to limit.</summary>
    public double Ratio(double limit)
    {
        ulong bits = Next();
        double power = 1;
        double root = limit * limit;
        for (int bit = 63; bit >= 32; bit--)
        {
            root = Math.Sqrt(root);
            if ((bits >> bit & 1) != 0)
                power *= root;
        }
        return power / limit;
    }

    private ulong Next()
    {
        ulong z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
