using System.Globalization;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;

namespace MLTransfer.Evaluation.Reports;

/// <summary>What all plots have in common.</summary>
internal static class Plot
{
    public const double FontSize = 12;

    // What the page's own text is set in.
    public const string Font = "system-ui, sans-serif";

    public static PlotModel Model(PlotPalette palette) => new()
    {
        Culture = CultureInfo.InvariantCulture,
        DefaultFont = Font,
        DefaultFontSize = FontSize,
        Background = OxyColors.Transparent,
        TextColor = palette.Text,
        PlotAreaBorderColor = palette.Faint,
        PlotAreaBorderThickness = new OxyThickness(1, 0, 0, 1),
        Padding = new OxyThickness(4, 4, 12, 4),
    };

    public static T Styled<T>(T axis, PlotPalette palette, AxisPosition position, string title)
        where T : Axis
    {
        axis.Position = position;
        axis.Title = title;
        axis.TicklineColor = palette.Faint;
        axis.MinorTickSize = 0;
        axis.MajorGridlineStyle = position == AxisPosition.Left ? LineStyle.Solid : LineStyle.None;
        axis.MajorGridlineColor = palette.Faint;
        axis.MajorGridlineThickness = 1;
        axis.AxislineStyle = LineStyle.None;
        axis.AxisTitleDistance = 8;
        return axis;
    }

    /// <summary>An axis of shares, a little wider than what is shown and never outside what a share can be.</summary>
    public static LinearAxis Shares(PlotPalette palette, AxisPosition position, string title, double smallest, double largest)
    {
        double room = Math.Max(0.02, 0.08 * (largest - smallest));
        return Styled(new LinearAxis { Minimum = Math.Max(0, smallest - room), Maximum = Math.Min(1.005, largest + room), StringFormat = "0.0#" }, palette, position, title);
    }

    public static void AddLegend(PlotModel model) => model.Legends.Add(new Legend
    {
        LegendPlacement = LegendPlacement.Outside,
        LegendPosition = LegendPosition.TopLeft,
        LegendOrientation = LegendOrientation.Horizontal,
        LegendSymbolLength = 28,
        LegendItemSpacing = 18,
        LegendPadding = 0,
        LegendMargin = 6,
        LegendBorderThickness = 0,
    });

    /// <summary>The name of a class beside an axis: short, on one line, and without what OxyPlot takes for raised and lowered letters.</summary>
    public static string Label(string name, int most)
    {
        string line = string.Concat(ReportText.Of(name).Select(c => char.IsWhiteSpace(c) ? ' ' : c));
        return ReportText.Shorten(line, most).Replace("_{", "_\u2060{", StringComparison.Ordinal).Replace("^{", "^\u2060{", StringComparison.Ordinal);
    }
}
