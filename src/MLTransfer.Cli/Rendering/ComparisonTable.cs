using MLTransfer.Evaluation;
using Spectre.Console;
using Cell = Spectre.Console.Text;

namespace MLTransfer.Cli.Rendering;

/// <summary>A <see cref="TransferComparison"/> for people: the verdict, then accuracy by number of labels.</summary>
internal static class ComparisonTable
{
    public static void Write(IAnsiConsole console, TransferComparison comparison, string without)
    {
        Color colour = comparison.Verdict switch
        {
            TransferVerdict.Helped => Color.Green,
            TransferVerdict.Hurt => Color.Red,
            _ => Color.Yellow,
        };
        console.Write(new Cell(ComparisonText.FirstLine(comparison), new Style(colour)));
        console.WriteLine();
        console.WriteLine();
        var table = new Table().Border(TableBorder.Simple);
        foreach (string heading in (string[])["labels per class", "accuracy with transfer", $"without ({without})", "macro F1 with", "without", "log-loss with", "without"])
            table.AddColumn(new TableColumn(new Cell(heading)).RightAligned());
        foreach (ComparisonSummary s in comparison.Summaries)
        {
            table.AddRow(new Cell($"{s.LabelsPerClass}"), Range(s.With.Accuracy), Range(s.Without.Accuracy), Median(s.With.MacroF1), Median(s.Without.MacroF1),
                Median(s.With.LogLoss), Median(s.Without.LogLoss));
        }
        console.Write(table);
        console.WriteLine("Medians over the seeds; in brackets the smallest and the largest.");
    }

    private static Cell Range(MetricSummary m) =>
        new($"{ComparisonText.Short(m.Median)} ({ComparisonText.Short(m.Minimum)} to {ComparisonText.Short(m.Maximum)})");

    private static Cell Median(MetricSummary m) => new(ComparisonText.Short(m.Median));
}
