using System.Globalization;
using System.Text;

namespace MLTransfer.Evaluation;

/// <summary>A comparison in words and as a plain table.</summary>
internal static class ComparisonText
{
    public static string Write(TransferComparison comparison)
    {
        var text = new StringBuilder(FirstLine(comparison)).Append('\n');
        text.Append("labels per class  measure    with (min to max)     without (min to max)\n");
        foreach (ComparisonSummary s in comparison.Summaries)
        {
            Row(text, $"{s.LabelsPerClass}", "accuracy", s.With.Accuracy, s.Without.Accuracy);
            Row(text, "", "macro F1", s.With.MacroF1, s.Without.MacroF1);
            Row(text, "", "log-loss", s.With.LogLoss, s.Without.LogLoss);
        }
        if (comparison.LeftOutLabelsPerClass.Count > 0)
            text.Append(LeftOut(comparison)).Append('\n');
        if (!comparison.IsComplete)
            text.Append("Cancelled before all runs were done.\n");
        return text.ToString().TrimEnd('\n');
    }

    public static string FirstLine(TransferComparison comparison)
    {
        string numbers = string.Join(", ", comparison.Summaries.Select((s, i) => i == 0
            ? $"accuracy {Short(s.With.Accuracy.Median)} with against {Short(s.Without.Accuracy.Median)} without at {Labels(s.LabelsPerClass)} per class"
            : $"{Short(s.With.Accuracy.Median)} against {Short(s.Without.Accuracy.Median)} at {s.LabelsPerClass}"));
        return $"{Opening(comparison)}: {numbers} ({Seeds([.. comparison.Summaries.Select(s => s.SeedCount)])})";
    }

    /// <summary>A share in two digits without the leading zero, as tables of results have it: .34.</summary>
    public static string Short(double value)
    {
        string text = value.ToString("0.00", CultureInfo.InvariantCulture);
        return text.StartsWith('0') ? text[1..] : text;
    }

    /// <summary>Which numbers of labels of the default were left out, and why.</summary>
    public static string LeftOut(TransferComparison comparison) =>
        $"Left out: {string.Join(", ", comparison.LeftOutLabelsPerClass)} labels per class, for which a class has too few rows.";

    /// <summary>The verdict in a few words.</summary>
    public static string Opening(TransferComparison comparison) => comparison.Verdict switch
    {
        TransferVerdict.Helped => "Transfer helped",
        TransferVerdict.Hurt => "Transfer hurt",
        TransferVerdict.Mixed => $"Transfer helped at {At(comparison, TransferVerdict.Helped)} and hurt at {At(comparison, TransferVerdict.Hurt)} labels per class",
        _ => "Transfer made no clear difference",
    };

    private static string At(TransferComparison comparison, TransferVerdict verdict) =>
        string.Join(", ", comparison.Summaries.Where(s => s.Verdict == verdict).Select(s => s.LabelsPerClass));

    private static string Labels(int count) => count == 1 ? "1 label" : $"{count} labels";

    private static string Seeds(int[] counts)
    {
        string number = counts.Min() == counts.Max() ? $"{counts[0]}" : $"{counts.Min()} to {counts.Max()}";
        return number == "1" ? "one seed" : $"median of {number} seeds";
    }

    private static void Row(StringBuilder text, string labels, string measure, MetricSummary with, MetricSummary without) =>
        text.Append(CultureInfo.InvariantCulture, $"{labels,16}  {measure,-9}  {Range(with),-20}  {Range(without)}\n");

    private static string Range(MetricSummary s) => $"{Short(s.Median)} ({Short(s.Minimum)} to {Short(s.Maximum)})";
}
