using System.Xml.Linq;
using OxyPlot;

namespace MLTransfer.Evaluation.Reports;

/// <summary>The parts that pages of comparisons and of single models have in common. A side is a name and what was measured on it.</summary>
internal static class MetricsHtml
{
    /// <summary>So many classes need little room.</summary>
    public const int FewClasses = 12;

    private const int MostPairs = 20;
    private const int PlotWidth = 500;
    private const int PlotHeight = 340;

    public static (double Width, double Height) PlotSize => (PlotWidth, PlotHeight);

    /// <summary>One side of a page.</summary>
    public sealed record Side(string Key, string Name, IReadOnlyList<ClassMetrics> Classes, ConfusionMatrix Confusion, IReadOnlyList<ReliabilityBin> Reliability, Func<PlotPalette, OxyColor> Colour);

    /// <summary>Maps of what is taken for what, and their numbers; where there are too many classes for a map, the pairs that are confused most.</summary>
    public static IEnumerable<XElement> Confusion(IReadOnlyList<Side> sides, string counted)
    {
        if (sides[0].Confusion.ClassCount > ConfusionPlot.MostClasses)
        {
            yield return HtmlPage.Paragraph($"With {sides[0].Confusion.ClassCount} classes a map would be too small to read; these pairs were confused most. The whole matrix is in the JSON.");
            foreach (Side side in sides)
                yield return Pairs(side, counted);
            yield break;
        }
        yield return new XElement("div", new XAttribute("class", sides[0].Confusion.ClassCount > FewClasses ? "figures wide" : "figures"), sides.Select(s => PlotFigure.Make(
            $"plot-confusion-{s.Key}", $"What was taken for what{(s.Name.Length == 0 ? "" : ",")}{s.Name}", Describe(s.Confusion), $"Rows are labels, columns predictions; a full colour is the whole of a row, the numbers count {counted}.",
            ConfusionPlot.Size(s.Confusion), palette => ConfusionPlot.Draw(s.Confusion, palette, s.Colour(palette)))));
        XElement numbers = HtmlPage.Details("Confusion in numbers", sides.Select(s => Matrix(s, counted)));
        // A sheet of paper is too narrow for more columns, and the map has the same numbers.
        if (sides[0].Confusion.ClassCount > FewClasses)
            numbers.Add(new XAttribute("class", "on-screen"));
        yield return numbers;
    }

    public static IEnumerable<XElement> Calibration(IReadOnlyList<Side> sides)
    {
        Side[] known = [.. sides.Where(s => s.Reliability.Count > 0)];
        foreach (Side side in sides.Except(known))
            yield return HtmlPage.Paragraph($"The scores{side.Name} are no probabilities, so they have no calibration.");
        if (known.Length == 0)
            yield break;
        XElement figure = PlotFigure.Make("plot-reliability", "Accuracy by confidence", Describe(known),
            "On the dotted line a model is right as often as it believes; below it, it believes too much. A larger mark stands for more rows; lines leave out bins with less than a hundredth of them.",
            (PlotWidth, PlotWidth - 60), palette => ReliabilityPlot.Draw([.. known.Select(s => (s.Name.Length == 0 ? "model" : s.Name.Trim(), s.Reliability))], palette));
        XElement table = HtmlPage.Table("reliability", "Rows in bins of their largest probability, above the first number and at most the second; confidence is its mean",
            [
                .. known.Length == 1 ? Array.Empty<IReadOnlyList<object>>() : [[new XElement("th"), .. known.Select(s => HtmlPage.Over(s.Name.Trim(), 3))]],
                ["bin", .. known.SelectMany(_ => (string[])["rows", "confidence", "accuracy"])],
            ],
            [.. known[0].Reliability.Select((bin, m) => (IReadOnlyList<object>)
            [
                new RowName($"{ReportText.Number(bin.LowerBound)} to {ReportText.Number(bin.UpperBound)}"),
                .. known.SelectMany(s => (string[])[ReportText.Count(s.Reliability[m].RowCount), ReportText.Number(s.Reliability[m].MeanConfidence), ReportText.Number(s.Reliability[m].Accuracy)]),
            ])]);
        yield return new XElement("div", new XAttribute("class", "beside"), figure, table);
    }

    public static XElement Classes(IReadOnlyList<Side> sides, string counted)
    {
        XElement table = HtmlPage.Table("classes", $"Each class by itself; support counts {counted}",
            [
                .. sides.Count == 1 ? Array.Empty<IReadOnlyList<object>>() : [[new XElement("th"), new XElement("th"), .. sides.Select(s => HtmlPage.Over(s.Name.Trim(), 3))]],
                ["class", "support", .. sides.SelectMany(_ => (string[])["precision", "recall", "F1"])],
            ],
            [.. sides[0].Classes.Select((c, k) => (IReadOnlyList<object>)
            [
                new RowName(c.Name, IsOutside: true), ReportText.Count(c.Support),
                .. sides.SelectMany(s => (string[])[ReportText.Number(s.Classes[k].Precision), ReportText.Number(s.Classes[k].Recall), ReportText.Number(s.Classes[k].F1)]),
            ])]);
        return sides[0].Classes.Count > FewClasses ? HtmlPage.Details($"All {sides[0].Classes.Count} classes", table) : table;
    }

    /// <summary>The formulas, at the end of a page.</summary>
    public static XElement Definitions(params string[] more) => new("footer", new XElement("h2", "How it was measured"), new XElement("ul", ((string[])
    [
        .. more,
        "Accuracy is the share of right rows; of equal scores the first class counts. Precision is TP / (TP + FP), recall TP / (TP + FN), F1 2·TP / (2·TP + FP + FN), each 0 where its denominator is.",
        "Macro is the mean over the classes that occur as label or prediction; micro is over the sums of TP, FP and FN, which for one label a row are all the accuracy. scikit-learn defines them so.",
        "Log-loss is the mean of −ln p(label), each probability clipped to at least 2⁻²³. The Brier score is the mean of Σ (p − y)² over the classes, from 0 to 2. Both are better where they are smaller.",
        "Calibration error: rows are put into 15 bins by their largest probability; expected is the mean distance of a bin's accuracy from its mean confidence, weighted by rows, maximum the largest (Guo et al. 2017).",
        "A dash stands for what cannot be measured.",
    ]).Select(t => new XElement("li", t))));

    private static XElement Matrix(Side side, string counted)
    {
        ConfusionMatrix confusion = side.Confusion;
        int[] all = [.. Enumerable.Range(0, confusion.ClassCount)];
        return HtmlPage.Table($"confusion-{side.Key}", $"What was taken for what{side.Name}: rows are labels, columns predictions, in {counted}",
            [["label", .. confusion.ClassNames.Select(HtmlPage.Name)]],
            [.. all.Select(label => (IReadOnlyList<object>)
            [
                new RowName(confusion.ClassNames[label], IsOutside: true),
                .. all.Select(k => label == k ? (object)new XElement("td", new XAttribute("class", "diagonal"), ReportText.Count(confusion[label, k])) : ReportText.Count(confusion[label, k])),
            ])]);
    }

    private static XElement Pairs(Side side, string counted)
    {
        ConfusionMatrix confusion = side.Confusion;
        return HtmlPage.Table($"pairs-{side.Key}", $"Confused most{side.Name}, in {counted}", [["label", HtmlPage.OverWords("predicted"), "rows", "share of the label's rows"]],
            [.. MostConfused(confusion).Take(MostPairs).Select(p => (IReadOnlyList<object>)
            [
                new RowName(confusion.ClassNames[p.Label], IsOutside: true), new XElement("td", new XAttribute("class", "word"), HtmlPage.Name(confusion.ClassNames[p.Prediction])),
                ReportText.Count(confusion[p.Label, p.Prediction]), ReportText.Number((double)confusion[p.Label, p.Prediction] / confusion.LabelCount(p.Label)),
            ])]);
    }

    private static IEnumerable<(int Label, int Prediction)> MostConfused(ConfusionMatrix confusion) => Enumerable.Range(0, confusion.ClassCount)
        .SelectMany(label => Enumerable.Range(0, confusion.ClassCount).Where(k => k != label && confusion[label, k] > 0).Select(k => (Label: label, Prediction: k)))
        .OrderByDescending(p => confusion[p.Label, p.Prediction]).ThenBy(p => p.Label).ThenBy(p => p.Prediction);

    private static string Describe(ConfusionMatrix confusion)
    {
        string[] worst = [.. MostConfused(confusion).Take(3).Select(p => $"{confusion.ClassNames[p.Label]} for {confusion.ClassNames[p.Prediction]} in {confusion[p.Label, p.Prediction]} rows")];
        return worst.Length == 0 ? "No row was taken for another class." : $"Most often {string.Join("; ", worst)} was mistaken.";
    }

    private static string Describe(IEnumerable<Side> sides) => string.Join(" ", sides.Select(s => $"Model{s.Name}: " + string.Join(", ",
        s.Reliability.Where(b => b.RowCount > 0).Select(b => $"confidence {ReportText.Number(b.MeanConfidence)} accuracy {ReportText.Number(b.Accuracy)}")) + "."));
}
