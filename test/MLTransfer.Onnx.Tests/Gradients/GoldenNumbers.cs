namespace MLTransfer.Onnx.Tests.Gradients;

/// <summary>
/// The numbers that golden/generator.py makes, draw by draw of a stream: splitmix64 by counter (Steele, Lea and Flood (2014), "Fast splittable pseudorandom number generators").
/// </summary>
internal static class GoldenNumbers
{
    public const int ProjectionCount = 32;

    /// <summary>(float)(low + (high − low) · u), u of 24 bits.</summary>
    public static float[] Uniform(int stream, long count, double low = -1, double high = 1)
    {
        float[] values = new float[count];
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)(low + (high - low) * ((Draw(stream, i) >> 40) / (double)(1 << 24)));
        return values;
    }

    /// <summary>Integers from low to high − 1.</summary>
    public static int[] Integers(int stream, int count, int low, int high) =>
        [.. Enumerable.Range(0, count).Select(i => low + (int)((Draw(stream, i) >> 33) % (ulong)(high - low)))];

    /// <summary>The sums of the values under 32 random signs each: bit p of an element's draw says its sign in sum p.</summary>
    public static double[] Project(int stream, ReadOnlySpan<float> values)
    {
        // What has the same byte of signs is summed first: four additions for each element instead of 32.
        double[] sums = new double[4 * 256];
        for (int i = 0; i < values.Length; i++)
        {
            ulong draw = Draw(stream, i);
            for (int part = 0; part < 4; part++)
                sums[part * 256 + (int)((draw >> (8 * part)) & 255)] += values[i];
        }
        double[] projections = new double[ProjectionCount];
        for (int p = 0; p < ProjectionCount; p++)
        {
            for (int bits = 0; bits < 256; bits++)
                projections[p] += ((bits >> (p % 8)) & 1) != 0 ? sums[p / 8 * 256 + bits] : -sums[p / 8 * 256 + bits];
        }
        return projections;
    }

    private static ulong Draw(int stream, long index)
    {
        unchecked
        {
            ulong z = (ulong)stream + (ulong)(index + 1) * 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}
