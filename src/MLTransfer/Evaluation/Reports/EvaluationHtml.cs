using System.Xml.Linq;
using MLTransfer.Internal;

namespace MLTransfer.Evaluation.Reports;

/// <summary>A <see cref="ModelEvaluation"/> as a page, in the look of comparisons.</summary>
internal static class EvaluationHtml
{
    public static string Write(ModelEvaluation evaluation) => HtmlPage.Write($"{evaluation.Headline.Split(';')[0]} – {evaluation.Data}", Content(evaluation));

    private static IEnumerable<XElement> Content(ModelEvaluation evaluation)
    {
        ComparisonMetrics metrics = evaluation.Metrics;
        MetricsHtml.Side[] sides = [new("model", "", metrics.Classes, metrics.Confusion, metrics.Reliability, p => p.With)];
        string[] headline = evaluation.Headline.Split("; ", 2);
        yield return new XElement("div",
            new XElement("header", new XAttribute("class", evaluation.IsUseless ? "verdict bad" : "verdict good"), new XElement("h1", headline[0]), HtmlPage.Paragraph(headline[1] + ".")),
            HtmlPage.Pairs(
            [
                ("Model", evaluation.Model),
                ("Data", evaluation.Data),
                ("Rows", evaluation.LeftOutRowCount == 0 ? $"{metrics.RowCount}" : $"{metrics.RowCount}; {evaluation.LeftOutRowCount} left out"),
                ("Classes", $"{metrics.Classes.Count(c => c.Support > 0)} of the model's {metrics.Classes.Count} occur"),
                .. evaluation.UnknownLabels.Count == 0 ? Array.Empty<(string, string)>()
                    : [("Unknown labels", $"left out: {string.Join(", ", evaluation.UnknownLabels.Select(l => $"{l.Name} {l.RowCount}"))}")],
                ("Made by", $"MLTransfer {LibraryVersion.Text}"),
            ]));
        XElement classes = MetricsHtml.Classes(sides, "rows");
        bool areFew = metrics.Classes.Count <= MetricsHtml.FewClasses;
        yield return HtmlPage.Section("Measures", new XElement("div", new XAttribute("class", "beside"), HtmlPage.Table("measures", "All measures", [["measure", "value"]],
            [.. Measure.All.Select(m => (IReadOnlyList<object>)[new RowName(m.Heading), ReportText.Number(m.Of(metrics))])]), areFew ? classes : null));
        yield return HtmlPage.Section("What is confused", MetricsHtml.Confusion(sides, "rows"));
        yield return HtmlPage.Section("Calibration", MetricsHtml.Calibration(sides));
        if (!areFew)
            yield return HtmlPage.Section("Classes", classes);
        yield return MetricsHtml.Definitions();
    }
}
