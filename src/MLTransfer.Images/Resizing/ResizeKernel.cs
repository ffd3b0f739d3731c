namespace MLTransfer.Images;

/// <summary>The functions behind the filters, of Pillow 9.4 (Resample.c): how much a pixel counts at a distance of x output pixels.</summary>
internal static class ResizeKernel
{
    /// <summary>Half the width of a filter.</summary>
    public static double Support(ResizeFilter filter) => filter switch
    {
        ResizeFilter.Box => 0.5,
        ResizeFilter.Bilinear or ResizeFilter.Hamming => 1,
        ResizeFilter.Bicubic => 2,
        ResizeFilter.Lanczos => 3,
        _ => throw new ArgumentOutOfRangeException(nameof(filter), filter, "The nearest filter has no weights."),
    };

    public static double Weight(ResizeFilter filter, double x) => filter switch
    {
        ResizeFilter.Box => x is > -0.5 and <= 0.5 ? 1 : 0,
        ResizeFilter.Bilinear => Bilinear(Math.Abs(x)),
        ResizeFilter.Hamming => Hamming(Math.Abs(x)),
        ResizeFilter.Bicubic => Bicubic(Math.Abs(x)),
        _ => x is >= -3 and < 3 ? SineCardinal(x) * SineCardinal(x / 3) : 0,
    };

    private static double Bilinear(double x) => x < 1 ? 1 - x : 0;

    private static double Hamming(double x)
    {
        if (x == 0)
            return 1;
        if (x >= 1)
            return 0;
        x *= Math.PI;
        // Pillow writes 0.54 and 0.46 in single precision; the last bits decide roundings.
        return Math.Sin(x) / x * (0.54f + 0.46f * Math.Cos(x));
    }

    private static double Bicubic(double x)
    {
        const double A = -0.5;
        if (x < 1)
            return ((A + 2) * x - (A + 3)) * x * x + 1;
        return x < 2 ? (((x - 5) * x + 8) * x - 4) * A : 0;
    }

    private static double SineCardinal(double x)
    {
        if (x == 0)
            return 1;
        x *= Math.PI;
        return Math.Sin(x) / x;
    }
}
