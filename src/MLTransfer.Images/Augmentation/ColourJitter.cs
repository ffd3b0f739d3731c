namespace MLTransfer.Images;

/// <summary>The arithmetic of Pillow's ImageEnhance (Blend.c) and of its HSV (Convert.c), in place.</summary>
internal static unsafe class ColourJitter
{
    /// <summary>In a random order, each by a random factor, as torchvision's ColorJitter.</summary>
    public static void Apply(PixelView pixels, ImageAugmentation settings, ref RandomDraws draws)
    {
        Span<int> order = [0, 1, 2, 3];
        for (int i = order.Length - 1; i > 0; i--)
        {
            int other = draws.Index(i + 1);
            (order[i], order[other]) = (order[other], order[i]);
        }
        float brightness = Factor(settings.Brightness, ref draws);
        float contrast = Factor(settings.Contrast, ref draws);
        float saturation = Factor(settings.Saturation, ref draws);
        double hue = draws.Uniform(-settings.Hue, settings.Hue);
        foreach (int change in order)
        {
            if (change == 0 && settings.Brightness > 0)
                Brightness(pixels, brightness);
            else if (change == 1 && settings.Contrast > 0)
                Contrast(pixels, contrast);
            else if (change == 2 && settings.Saturation > 0)
                Saturation(pixels, saturation);
            else if (change == 3 && settings.Hue > 0)
                Hue(pixels, hue);
        }
    }

    public static void Brightness(PixelView pixels, float factor) => BlendWithOne(pixels, 0, factor);

    public static void Contrast(PixelView pixels, float factor)
    {
        long sum = 0;
        for (int y = 0; y < pixels.Height; y++)
        {
            byte* row = pixels.Row(y);
            for (int x = 0; x < pixels.Width; x++)
                sum += Lightness.Of(row + 4 * x);
        }
        BlendWithOne(pixels, (int)((double)sum / ((long)pixels.Width * pixels.Height) + 0.5), factor);
    }

    public static void Saturation(PixelView pixels, float factor)
    {
        for (int y = 0; y < pixels.Height; y++)
        {
            byte* row = pixels.Row(y);
            for (int x = 0; x < pixels.Width; x++, row += 4)
            {
                int lightness = Lightness.Of(row);
                row[0] = Blend(lightness, row[0], factor);
                row[1] = Blend(lightness, row[1], factor);
                row[2] = Blend(lightness, row[2], factor);
            }
        }
    }

    /// <summary>Turns hues by a part of the circle; in steps of 1/255, as torchvision does.</summary>
    public static void Hue(PixelView pixels, double turn)
    {
        byte steps = unchecked((byte)(int)(turn * 255));
        for (int y = 0; y < pixels.Height; y++)
        {
            byte* row = pixels.Row(y);
            for (int x = 0; x < pixels.Width; x++, row += 4)
            {
                (byte hue, byte saturation, byte value) = ToHsv(row[0], row[1], row[2]);
                (row[0], row[1], row[2]) = ToRgb(unchecked((byte)(hue + steps)), saturation, value);
            }
        }
    }

    private static float Factor(double strength, ref RandomDraws draws) => (float)draws.Uniform(Math.Max(0, 1 - strength), 1 + strength);

    private static void BlendWithOne(PixelView pixels, int other, float factor)
    {
        Span<byte> table = stackalloc byte[256];
        for (int i = 0; i < table.Length; i++)
            table[i] = Blend(other, (byte)i, factor);
        for (int y = 0; y < pixels.Height; y++)
        {
            byte* row = pixels.Row(y);
            for (int x = 0; x < pixels.Width; x++, row += 4)
            {
                row[0] = table[row[0]];
                row[1] = table[row[1]];
                row[2] = table[row[2]];
            }
        }
    }

    private static byte Blend(int other, byte pixel, float factor) => (byte)Math.Clamp(other + factor * (pixel - other), 0f, 255f);

    private static (byte Hue, byte Saturation, byte Value) ToHsv(byte red, byte green, byte blue)
    {
        byte most = Math.Max(red, Math.Max(green, blue));
        byte least = Math.Min(red, Math.Min(green, blue));
        if (most == least)
            return (0, 0, most);
        float range = most - least;
        float saturation = range / most;
        float fromRed = (most - red) / range;
        float fromGreen = (most - green) / range;
        float fromBlue = (most - blue) / range;
        float hue = red == most ? fromBlue - fromGreen
            : green == most ? (float)(2.0 + fromRed - fromBlue)
            : (float)(4.0 + fromGreen - fromRed);
        hue = (float)((hue / 6.0 + 1.0) % 1.0);
        return ((byte)Math.Clamp((int)(hue * 255.0), 0, 255), (byte)Math.Clamp((int)(saturation * 255.0), 0, 255), most);
    }

    private static (byte Red, byte Green, byte Blue) ToRgb(byte hue, byte saturation, byte value)
    {
        if (saturation == 0)
            return (value, value, value);
        double sixth = hue * 6.0 / 255.0;
        int sector = (int)Math.Floor(sixth);
        float rest = (float)(sixth - sector);
        float full = (float)(saturation / 255.0);
        byte low = Rounded(value * (1.0 - full));
        byte falling = Rounded(value * (1.0 - full * rest));
        byte rising = Rounded(value * (1.0 - full * (1.0 - rest)));
        return (sector % 6) switch
        {
            0 => (value, rising, low),
            1 => (falling, value, low),
            2 => (low, value, rising),
            3 => (low, falling, value),
            4 => (rising, low, value),
            _ => (value, low, falling),
        };
    }

    private static byte Rounded(double value) => (byte)Math.Clamp((int)Math.Round(value, MidpointRounding.AwayFromZero), 0, 255);
}
