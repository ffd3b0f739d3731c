using System.Globalization;
using System.Xml.Linq;

namespace MLTransfer.Evaluation.Reports;

/// <summary>A comparison as a page. Its first heading is the verdict.</summary>
internal static class ComparisonHtml
{
    // A colon parts the verdict from its numbers in the first line of every form.
    private const string Separator = ": ";

    public static string Write(TransferComparison comparison)
    {
        string verdict = ComparisonText.Opening(comparison);
        return HtmlPage.Write(comparison.Provenance.Data is string data ? $"{verdict} – {data}" : verdict, Content(comparison, verdict));
    }

    private static IEnumerable<XElement> Content(TransferComparison comparison, string verdict)
    {
        ComparisonSummary last = comparison.Summaries[^1];
        string counted = last.SeedCount == 1 ? "rows" : $"rows of all {last.SeedCount} seeds";
        MetricsHtml.Side[] sides =
        [
            new("with", " with transfer", last.With.Classes, last.With.Confusion, last.With.Reliability, p => p.With),
            new("without", " without", last.Without.Classes, last.Without.Confusion, last.Without.Reliability, p => p.Without),
        ];
        string at = last.LabelsPerClass == 1 ? "1 label" : $"{last.LabelsPerClass} labels";
        yield return Head(comparison, verdict);
        yield return HtmlPage.Section("Accuracy by number of labels", Overview(comparison), new XElement("div", new XAttribute("class", "figures"), Curve(comparison), Differences(comparison)));
        yield return HtmlPage.Section($"What is confused, at {at} per class", MetricsHtml.Confusion(sides, counted));
        yield return HtmlPage.Section($"Calibration, at {at} per class", MetricsHtml.Calibration(sides));
        yield return HtmlPage.Section($"Classes, at {at} per class", MetricsHtml.Classes(sides, counted));
        yield return HtmlPage.Section("All numbers", HtmlPage.Details("All measures by number of labels", Measures(comparison)), HtmlPage.Details("Each run", Runs(comparison)));
        yield return MetricsHtml.Definitions(
            "For each seed and number of labels a class-wise random sample was drawn, the same for both sides; each side's pipeline and the head were fitted on it and measured on rows that it does not hold. " +
            "A smaller sample of a seed is a part of the larger.",
            "Transfer helped, or hurt, at a number of labels where accuracy was higher, or lower, for at least four of five seeds; otherwise it is undecided. Numbers of several seeds are medians with the smallest and the largest.");
    }

    private static XElement Head(TransferComparison comparison, string verdict)
    {
        ComparisonProvenance provenance = comparison.Provenance;
        string tone = comparison.Verdict switch
        {
            TransferVerdict.Helped => "verdict good",
            TransferVerdict.Hurt => "verdict bad",
            _ => "verdict",
        };
        var header = new XElement("header", new XAttribute("class", tone), new XElement("h1", verdict),
            HtmlPage.Paragraph(ComparisonText.FirstLine(comparison)[(verdict.Length + Separator.Length)..] + "."));
        if (comparison.Verdict == TransferVerdict.Hurt)
            header.Add(HtmlPage.Paragraph("This is negative transfer: the same head learned better from features without the backbone. Take those, or another backbone."));
        if (!comparison.IsComplete)
            header.Add(HtmlPage.Paragraph("Incomplete: it was cancelled before all runs were done."));
        if (comparison.LeftOutLabelsPerClass.Count > 0)
            header.Add(HtmlPage.Paragraph(ComparisonText.LeftOut(comparison)));
        return new XElement("div", header, HtmlPage.Pairs(
        [
            .. provenance.Data is string data ? ((string, string)[])[("Data", data)] : [],
            ("Rows", provenance.UnlabelledRowCount == 0 ? $"{provenance.RowCount} in {provenance.Classes.Count} classes"
                : $"{provenance.RowCount} in {provenance.Classes.Count} classes; {provenance.UnlabelledRowCount} without a label left out"),
            ("With transfer", provenance.With),
            ("Without", provenance.Without),
            ("Head of both", provenance.Trainer),
            ("Measured on", provenance.TestFraction is double part
                ? string.Create(CultureInfo.InvariantCulture, $"{provenance.TestRowCount} rows: {part:0.###} of each class, drawn by each seed") : $"{provenance.TestRowCount} rows of their own"),
            ("Seeds", string.Join(", ", provenance.Seeds)),
            ("Made by", $"MLTransfer {provenance.LibraryVersion}"),
        ]));
    }

    private static XElement Overview(TransferComparison comparison)
    {
        Measure[] shown = [.. Measure.All.Where(m => m.Key is "accuracy" or "macroF1" or "logLoss" or "expectedCalibrationError")];
        return HtmlPage.Table("overview", "Medians over the seeds, with the smallest and the largest",
            [
                [new XElement("th"), new XElement("th"), .. shown.Select(m => HtmlPage.Over(m.Heading, 2))],
                ["labels per class", HtmlPage.OverWords("transfer"), .. shown.SelectMany(_ => (string[])["with", "without"])],
            ],
            [.. comparison.Summaries.Select(s => (IReadOnlyList<object>)
            [
                new RowName(ReportText.Count(s.LabelsPerClass)), Verdict(s.Verdict),
                .. shown.SelectMany(m => (XElement[])[Range(m.Over(s.With)), Range(m.Over(s.Without))]),
            ])]);
    }

    private static XElement Verdict(TransferVerdict verdict) => new("td",
        new XAttribute("class", verdict switch { TransferVerdict.Helped => "word good", TransferVerdict.Hurt => "word bad", _ => "word" }), verdict.ToString().ToLowerInvariant());

    private static XElement Range(MetricSummary summary) =>
        new("td", ReportText.Number(summary.Median), new XElement("br"), new XElement("small", $"{ReportText.Number(summary.Minimum)} to {ReportText.Number(summary.Maximum)}"));

    private static XElement Measures(TransferComparison comparison) => HtmlPage.Table("measures", "All measures: smallest, median and largest over the seeds",
        [
            [new XElement("th"), new XElement("th"), HtmlPage.Over("with transfer", 3), HtmlPage.Over("without", 3)],
            ["labels per class", HtmlPage.OverWords("measure"), "minimum", "median", "maximum", "minimum", "median", "maximum"],
        ],
        [.. comparison.Summaries.SelectMany(s => Measure.All.Select(m => (IReadOnlyList<object>)
        [
            new RowName(ReportText.Count(s.LabelsPerClass)), new XElement("td", new XAttribute("class", "word"), m.Heading), .. Numbers(m.Over(s.With)), .. Numbers(m.Over(s.Without)),
        ]))]);

    private static string[] Numbers(MetricSummary s) => [ReportText.Number(s.Minimum), ReportText.Number(s.Median), ReportText.Number(s.Maximum)];

    private static XElement Runs(TransferComparison comparison)
    {
        Measure[] shown = [.. Measure.All.Where(m => m.Key is "macroF1" or "logLoss" or "expectedCalibrationError")];
        return HtmlPage.Table("runs", "Each run; its other measures are in the JSON",
            [
                [new XElement("th"), new XElement("th"), HtmlPage.Over("accuracy", 3), .. shown.Select(m => HtmlPage.Over(m.Heading, 2))],
                ["labels per class", "seed", "with", "without", "difference", .. shown.SelectMany(_ => (string[])["with", "without"])],
            ],
            [.. comparison.Runs.OrderBy(r => r.LabelsPerClass).Select(r => (IReadOnlyList<object>)
            [
                new RowName(ReportText.Count(r.LabelsPerClass)), ReportText.Count(r.Seed), ReportText.Number(r.With.Accuracy), ReportText.Number(r.Without.Accuracy),
                ReportText.Difference(r.With.Accuracy - r.Without.Accuracy), .. shown.SelectMany(m => (string[])[ReportText.Number(m.Of(r.With)), ReportText.Number(m.Of(r.Without))]),
            ])]);
    }

    private static XElement Curve(TransferComparison comparison) => PlotFigure.Make("plot-curve", "Accuracy by number of labels",
        string.Join(" ", comparison.Summaries.Select(s => $"At {s.LabelsPerClass}: {ReportText.Number(s.With.Accuracy.Median)} with, {ReportText.Number(s.Without.Accuracy.Median)} without.")),
        "Lines are medians, bands reach from the smallest to the largest seed.", MetricsHtml.PlotSize, palette => CurvePlot.Draw(comparison.Summaries, palette));

    private static XElement Differences(TransferComparison comparison) => PlotFigure.Make("plot-differences", "What transfer brought, seed by seed",
        string.Join(" ", comparison.Summaries.Select(s => $"At {s.LabelsPerClass}: better for {Count(comparison, s, r => r.With.Accuracy > r.Without.Accuracy)} of {s.SeedCount} seeds.")),
        "Each mark is one seed: above the line transfer was better on the same rows. Bars are medians.", MetricsHtml.PlotSize, palette => DifferencePlot.Draw(comparison, palette));

    private static int Count(TransferComparison comparison, ComparisonSummary summary, Func<ComparisonRun, bool> isCounted) =>
        comparison.Runs.Count(r => r.LabelsPerClass == summary.LabelsPerClass && isCounted(r));
}
