using System.Buffers.Binary;

namespace MLTransfer.Tests.Support;

/// <summary>Pictures and sounds small enough to be made in a test.</summary>
internal static class TinyMedia
{
    /// <summary>A picture of 24 bits a pixel as the bytes of a BMP file; it is decoded without loss.</summary>
    public static byte[] Bmp(int width, int height, int seed)
    {
        var random = new Random(seed);
        int stride = (3 * width + 3) / 4 * 4;
        byte[] file = new byte[54 + stride * height];
        "BM"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(2), file.Length);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(10), 54);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(14), 40);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(18), width);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(22), height);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(26), 1);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(28), 24);
        for (int y = 0; y < height; y++)
            random.NextBytes(file.AsSpan(54 + y * stride, 3 * width));
        return file;
    }

    /// <summary>The red, green and blue of a pixel of such a file.</summary>
    public static (byte R, byte G, byte B) Pixel(byte[] bmp, int width, int height, int x, int y)
    {
        int at = 54 + (height - 1 - y) * ((3 * width + 3) / 4 * 4) + 3 * x;
        return (bmp[at + 2], bmp[at + 1], bmp[at]);
    }

    /// <summary>Samples in −1 to 1.</summary>
    public static float[] Samples(int count, int seed)
    {
        var random = new Random(seed);
        double step = 0.05 + 0.3 * random.NextDouble();
        // Sixteen bits hold these exactly, so that a file and a vector of numbers are the same clip.
        return [.. Enumerable.Range(0, count).Select(i => MathF.Round((float)(0.8 * Math.Sin(i * step) + 0.1 * (random.NextDouble() - 0.5)) * 32768) / 32768)];
    }

    /// <summary>A wav file of one channel and 16 bits.</summary>
    public static byte[] Wav(float[] samples, int sampleRate)
    {
        byte[] file = new byte[44 + 2 * samples.Length];
        "RIFF"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(4), file.Length - 8);
        "WAVEfmt "u8.CopyTo(file.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(20), 1);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(22), 1);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(24), sampleRate);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(28), 2 * sampleRate);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(32), 2);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(34), 16);
        "data"u8.CopyTo(file.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(40), 2 * samples.Length);
        for (int i = 0; i < samples.Length; i++)
            BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(44 + 2 * i), (short)(samples[i] * 32768));
        return file;
    }
}
