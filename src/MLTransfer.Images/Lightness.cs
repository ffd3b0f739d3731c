namespace MLTransfer.Images;

/// <summary>Pillow's convert("L"), from the luma of ITU-R 601.</summary>
internal static unsafe class Lightness
{
    public static byte Of(int red, int green, int blue) => (byte)((red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16);

    public static byte Of(byte* pixel) => Of(pixel[0], pixel[1], pixel[2]);

    /// <summary>Makes all three channels the lightness, in place.</summary>
    public static void Spread(PixelView pixels)
    {
        for (int y = 0; y < pixels.Height; y++)
        {
            byte* row = pixels.Row(y);
            for (int x = 0; x < pixels.Width; x++, row += 4)
                *(uint*)row = Of(row) * 0x010101u;
        }
    }
}
