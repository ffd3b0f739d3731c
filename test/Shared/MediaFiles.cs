using System.Buffers.Binary;

namespace MLTransfer.Testing;

/// <summary>The plainest files of pictures and sounds, which are read without loss.</summary>
internal static class MediaFiles
{
    private const int BmpHeader = 54;
    private const int WavHeader = 44;

    /// <summary>A BMP file of 24 bits a pixel.</summary>
    /// <param name="width">Pixels across.</param>
    /// <param name="height">Pixels down.</param>
    /// <param name="pixel">The colour at (x, y), from the upper left corner; asked row by row.</param>
    public static byte[] Bmp(int width, int height, Func<int, int, (byte Red, byte Green, byte Blue)> pixel)
    {
        int stride = (3 * width + 3) / 4 * 4;
        byte[] file = new byte[BmpHeader + stride * height];
        "BM"u8.CopyTo(file);
        Write(file, 2, file.Length);
        Write(file, 10, BmpHeader);
        Write(file, 14, 40);
        Write(file, 18, width);
        Write(file, 22, height);
        file[26] = 1;
        file[28] = 24;
        for (int y = 0; y < height; y++)
        {
            // The lowest row comes first.
            Span<byte> row = file.AsSpan(BmpHeader + (height - 1 - y) * stride, stride);
            for (int x = 0; x < width; x++)
                (row[3 * x + 2], row[3 * x + 1], row[3 * x]) = pixel(x, y);
        }
        return file;
    }

    /// <summary>A WAV file of one channel and 16 bits.</summary>
    public static byte[] Wav(ReadOnlySpan<short> samples, int sampleRate)
    {
        byte[] file = new byte[WavHeader + 2 * samples.Length];
        "RIFF"u8.CopyTo(file);
        Write(file, 4, file.Length - 8);
        "WAVEfmt "u8.CopyTo(file.AsSpan(8));
        Write(file, 16, 16);
        file[20] = 1;
        file[22] = 1;
        Write(file, 24, sampleRate);
        Write(file, 28, 2 * sampleRate);
        file[32] = 2;
        file[34] = 16;
        "data"u8.CopyTo(file.AsSpan(36));
        Write(file, 40, 2 * samples.Length);
        for (int i = 0; i < samples.Length; i++)
            BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(WavHeader + 2 * i), samples[i]);
        return file;
    }

    private static void Write(byte[] file, int at, int value) => BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at), value);
}
