using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace MLTransfer.Evaluation.Reports;

/// <summary>One file that shows itself: no script, and a policy under which a browser loads nothing.</summary>
internal static class HtmlPage
{
    // Elements that HTML never closes; every other one needs its end tag even where it is empty.
    private static readonly HashSet<string> Void = ["meta", "br"];

    // What does not fit beside another pair gets a line of its own.
    private const int LongValue = 42;

    // Rows that a sheet of paper holds together.
    private const int WholeRows = 25;

    /// <summary>The whole page.</summary>
    /// <param name="title">The title of its window.</param>
    /// <param name="content">What the body shows.</param>
    public static string Write(string title, IEnumerable<XElement> content)
    {
        var page = new XElement("html", new XAttribute("lang", "en"),
            new XElement("head",
                new XElement("meta", new XAttribute("charset", "utf-8")),
                // Whatever slipped through escaping could still not load or run anything.
                new XElement("meta", new XAttribute("http-equiv", "Content-Security-Policy"), new XAttribute("content", "default-src 'none'; style-src 'unsafe-inline'")),
                new XElement("meta", new XAttribute("name", "viewport"), new XAttribute("content", "width=device-width, initial-scale=1")),
                new XElement("meta", new XAttribute("name", "color-scheme"), new XAttribute("content", "light dark")),
                new XElement("title", ReportText.Of(title)),
                new XElement("style", PageStyle.Text)),
            new XElement("body", new XElement("main", content)));
        foreach (XElement element in page.DescendantsAndSelf().Where(e => e.IsEmpty && e.Name.Namespace == XNamespace.None && !Void.Contains(e.Name.LocalName)))
            element.Value = "";
        var text = new StringBuilder("<!DOCTYPE html>\n");
        using (var writer = XmlWriter.Create(text, new XmlWriterSettings { OmitXmlDeclaration = true, NewLineHandling = NewLineHandling.None }))
            page.Save(writer);
        return text.Append('\n').ToString();
    }

    public static XElement Section(string heading, params object?[] content) => new("section", new XElement("h2", heading), content);

    public static XElement Paragraph(string text) => new("p", ReportText.Of(text));

    /// <summary>A part that a reader opens; on paper it is open.</summary>
    public static XElement Details(string summary, params object?[] content) => new("details", new XElement("summary", summary), content);

    /// <summary>Names and values, two beside each other.</summary>
    public static XElement Pairs(IEnumerable<(string Name, string Value)> pairs) =>
        new("dl", pairs.Select(p => new XElement(
        "div", p.Value.Length > LongValue ? new XAttribute("class", "long") : null, new XElement("dt", p.Name), new XElement("dd", Name(p.Value)))));

    /// <summary>Text from outside, which keeps its direction of writing to itself.</summary>
    public static XElement Name(string text) => new("bdi", ReportText.Of(text));

    /// <summary>A table that scrolls where it is too wide.</summary>
    /// <param name="id">Its name within the page.</param>
    /// <param name="caption">What it shows.</param>
    /// <param name="headings">Rows of headings: texts, or what <see cref="Over"/> made.</param>
    /// <param name="rows">Rows of cells: a <see cref="RowName"/>, a cell of its own, or its content.</param>
    public static XElement Table(string id, string caption, IEnumerable<IReadOnlyList<object>> headings, IReadOnlyCollection<IReadOnlyList<object>> rows) => new("div",
        new XAttribute("class", rows.Count > WholeRows ? "scroll" : "scroll whole"), new XAttribute("tabindex", "0"), new XAttribute("role", "region"), new XAttribute("aria-label", caption),
        new XElement("table", new XAttribute("id", id),
            new XElement("caption", caption),
            new XElement("thead", headings.Select(h => new XElement("tr", h.Select(Heading)))),
            new XElement("tbody", rows.Select(r => new XElement("tr", r.Select(Cell))))));

    /// <summary>A heading over several columns.</summary>
    public static XElement Over(string text, int columns) => new("th", new XAttribute("scope", "colgroup"), new XAttribute("colspan", columns), text);

    /// <summary>The heading of a column of words.</summary>
    public static XElement OverWords(string text) => new("th", new XAttribute("scope", "col"), new XAttribute("class", "word"), text);

    private static XElement Heading(object heading) => heading as XElement is { Name.LocalName: "th" } cell ? cell : new XElement("th", new XAttribute("scope", "col"), heading);

    private static XElement Cell(object cell) => cell is RowName row
        ? new XElement("th", new XAttribute("scope", "row"), row.IsOutside ? null : new XAttribute("class", "short"), row.IsOutside ? Name(row.Text) : row.Text)
        : cell is XElement { Name.LocalName: "td" } made ? made : new XElement("td", cell);
}

/// <summary>A cell that names its row.</summary>
/// <param name="Text">The name.</param>
/// <param name="IsOutside">Whether it comes from the data.</param>
internal sealed record RowName(string Text, bool IsOutside = false);
