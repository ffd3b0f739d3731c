namespace MLTransfer.Onnx.Training;

/// <summary>
/// Random numbers as a function of (seed, stream, index, counter): SplitMix64 (Steele, Lea and Flood 2014), whose n-th output needs none of those before it, from a state that is a hash of
/// the first three. Whole numbers only, so it is the same on every machine and in every version of .NET.
/// </summary>
internal readonly struct CounterRandom
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    private readonly ulong _key;

    /// <param name="seed">The run's seed.</param>
    /// <param name="stream">What the numbers are for, so that two uses share none.</param>
    /// <param name="index">Which of many like uses: an epoch, a step, a row.</param>
    public CounterRandom(int seed, RandomStream stream, long index) => _key = Mix(Mix(Mix((uint)seed + Golden) + (ulong)stream) + (ulong)index);

    /// <summary>64 random bits.</summary>
    public ulong Bits(long counter) => Mix(_key + ((ulong)counter + 1) * Golden);

    /// <summary>From 0 to below 1, in steps of 2⁻⁵³.</summary>
    public double Uniform(long counter) => (Bits(counter) >> 11) * (1.0 / (1UL << 53));

    /// <summary>From 0 to below the count. No number is favoured by more than count / 2⁶⁴.</summary>
    public int Index(long counter, int count) => (int)Math.BigMul(Bits(counter), (ulong)count, out _);

    /// <summary>Puts items into a random order (Fisher and Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = Index(i, i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
