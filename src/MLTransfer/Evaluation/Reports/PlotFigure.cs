using System.Xml.Linq;
using OxyPlot;

namespace MLTransfer.Evaluation.Reports;

/// <summary>A plot inside a page: drawn in two palettes, of which the page's style shows one.</summary>
internal static class PlotFigure
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    /// <param name="id">Its name within the page.</param>
    /// <param name="title">What it shows, in a few words.</param>
    /// <param name="description">The same for who cannot see it.</param>
    /// <param name="caption">How to read it.</param>
    /// <param name="size">Width and height in pixels; a page may scale it.</param>
    /// <param name="draw">Draws it.</param>
    public static XElement Make(string id, string title, string description, string caption, (double Width, double Height) size, Func<PlotPalette, PlotModel> draw) => new(
        "figure",
        new XAttribute("id", id),
        Element(id, title, description, size, draw, PlotPalette.Light),
        Element(id, title, description, size, draw, PlotPalette.Dark),
        new XElement("figcaption", new XElement("strong", ReportText.Of(title) + "."), " ", ReportText.Of(caption)));

    private static XElement Element(string id, string title, string description, (double Width, double Height) size, Func<PlotPalette, PlotModel> draw, PlotPalette palette)
    {
        string text = SvgExporter.ExportToString(draw(palette), size.Width, size.Height, isDocument: false, new PlotTextMeasurer(size.Width, size.Height), useVerticalTextAlignmentWorkaround: false);
        var svg = XElement.Parse(text);
        string prefix = $"{id}-{palette.Name}";
        RemoveClips(svg);
        svg.Attribute("width")!.Remove();
        svg.Attribute("height")!.Remove();
        // Not needed, and the one address in it besides the name of SVG itself.
        svg.Attribute(XNamespace.Xmlns + "xlink")?.Remove();
        svg.Add(
            new XAttribute("viewBox", FormattableString.Invariant($"0 0 {size.Width:0.##} {size.Height:0.##}")),
            new XAttribute("role", "img"),
            new XAttribute("aria-labelledby", $"{prefix}-title {prefix}-desc"));
        svg.AddFirst(
            new XElement(Svg + "title", new XAttribute("id", $"{prefix}-title"), ReportText.Of(title)),
            new XElement(Svg + "desc", new XAttribute("id", $"{prefix}-desc"), ReportText.Of(description)));
        return new XElement("div", new XAttribute("class", $"plot {palette.Name}"),
            new XAttribute("style", FormattableString.Invariant($"--plot-width: {size.Width:0}px")), svg);
    }

    // All that is drawn lies inside its plot, and a reader whose letters are wider than estimated shall see them whole. Clips also have names that count from 1 in each plot of a page.
    private static void RemoveClips(XElement svg)
    {
        svg.Descendants(Svg + "defs").Remove();
        foreach (XElement element in svg.Descendants().ToList())
            element.Attribute("clip-path")?.Remove();
    }
}
