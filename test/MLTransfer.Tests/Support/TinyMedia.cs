using MLTransfer.Testing;

namespace MLTransfer.Tests.Support;

/// <summary>Pictures and sounds small enough to be made in a test.</summary>
internal static class TinyMedia
{
    /// <summary>A picture of random colours as the bytes of a BMP file.</summary>
    public static byte[] Bmp(int width, int height, int seed)
    {
        var random = new Random(seed);
        byte[] colours = new byte[3 * width * height];
        random.NextBytes(colours);
        return MediaFiles.Bmp(width, height, (x, y) => Colour(colours.AsSpan(3 * ((height - 1 - y) * width + x))));
    }

    /// <summary>The colour of a pixel of such a file.</summary>
    public static (byte Red, byte Green, byte Blue) Pixel(byte[] bmp, int width, int height, int x, int y) =>
        Colour(bmp.AsSpan(54 + (height - 1 - y) * ((3 * width + 3) / 4 * 4) + 3 * x));

    /// <summary>Samples in −1 to 1.</summary>
    public static float[] Samples(int count, int seed)
    {
        var random = new Random(seed);
        double step = 0.05 + 0.3 * random.NextDouble();
        // Sixteen bits hold these exactly, so that a file and a vector of numbers are the same clip.
        return [.. Enumerable.Range(0, count).Select(i => MathF.Round((float)(0.8 * Math.Sin(i * step) + 0.1 * (random.NextDouble() - 0.5)) * 32768) / 32768)];
    }

    /// <summary>Such samples as a WAV file of one channel and 16 bits.</summary>
    public static byte[] Wav(float[] samples, int sampleRate) => MediaFiles.Wav([.. samples.Select(s => (short)(s * 32768))], sampleRate);

    private static (byte Red, byte Green, byte Blue) Colour(ReadOnlySpan<byte> blueFirst) => (blueFirst[2], blueFirst[1], blueFirst[0]);
}
