using OxyPlot;

namespace MLTransfer.Evaluation.Reports;

/// <summary>Estimates the room that a text takes, whatever font the reader's system has. OxyPlot's own measure is in points, not in pixels, and knows Latin letters only.</summary>
internal sealed class PlotTextMeasurer(double width, double height) : PdfRenderContext(width, height, OxyColors.Transparent)
{
    // Pixels in a point, and how much wider the usual system fonts run than Helvetica.
    private const double PixelsPerPoint = 4.0 / 3;
    private const double Wider = 1.2;

    private const double LineHeight = 1.25;
    private const double NarrowWidth = 0.62;

    // Hangul, CJK and what lies above; of these most fill a square.
    private const int FirstWide = 0x1100;

    public override OxySize MeasureText(string text, string fontFamily, double fontSize, double fontWeight)
    {
        if (string.IsNullOrEmpty(text))
            return OxySize.Empty;
        string known = string.Concat(text.Where(char.IsAscii));
        double width = base.MeasureText(known, fontFamily, fontSize, fontWeight).Width * PixelsPerPoint * Wider;
        width += text.EnumerateRunes().Where(r => !r.IsAscii).Sum(r => (r.Value >= FirstWide && r.Value is < 0x2000 or > 0x206F ? 1 : NarrowWidth) * fontSize);
        return new OxySize(width, LineHeight * fontSize);
    }
}
