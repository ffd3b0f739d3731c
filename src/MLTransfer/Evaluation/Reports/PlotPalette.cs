using OxyPlot;

namespace MLTransfer.Evaluation.Reports;

/// <summary>The colours of a plot. Blue and orange of Okabe and Ito (2008), which people with any of the usual kinds of colour blindness tell apart.</summary>
/// <param name="Name">The class of the page's style that shows plots of this palette.</param>
/// <param name="Text">Numbers and words.</param>
/// <param name="Faint">Grid lines and frames.</param>
/// <param name="With">The side with transfer, and what a single model did.</param>
/// <param name="Without">The side without.</param>
/// <param name="Paper">What the plot lies on.</param>
internal sealed record PlotPalette(string Name, OxyColor Text, OxyColor Faint, OxyColor With, OxyColor Without, OxyColor Paper)
{
    public static PlotPalette Light { get; } = new(
        "light", OxyColor.FromRgb(0x33, 0x3B, 0x45), OxyColor.FromRgb(0xD5, 0xDA, 0xE0), OxyColor.FromRgb(0x00, 0x72, 0xB2), OxyColor.FromRgb(0xC2, 0x55, 0x00), OxyColor.FromRgb(0xFF, 0xFF, 0xFF));

    public static PlotPalette Dark { get; } = new(
        "dark", OxyColor.FromRgb(0xC9, 0xD1, 0xD9), OxyColor.FromRgb(0x3A, 0x42, 0x4C), OxyColor.FromRgb(0x56, 0xB4, 0xE9), OxyColor.FromRgb(0xF0, 0xA0, 0x30), OxyColor.FromRgb(0x15, 0x19, 0x1E));

    /// <summary>Black or white, whichever is easier to read on a colour (the contrast ratio of WCAG 2).</summary>
    public static OxyColor On(OxyColor colour) => (Luminance(colour) + 0.05) / 0.05 >= 1.05 / (Luminance(colour) + 0.05) ? OxyColors.Black : OxyColors.White;

    /// <summary>A colour between paper (0) and the colour of the side (1).</summary>
    public OxyColor Shade(OxyColor side, double share) => OxyColor.Interpolate(Paper, side, share);

    private static double Luminance(OxyColor colour) => 0.2126 * Linear(colour.R) + 0.7152 * Linear(colour.G) + 0.0722 * Linear(colour.B);

    private static double Linear(byte channel)
    {
        double c = channel / 255.0;
        return c <= 0.04045 ? c / 12.92 : Math.Pow((c + 0.055) / 1.055, 2.4);
    }
}
