using MLTransfer.Evaluation;
using MLTransfer.Evaluation.Reports;
using Spectre.Console;
using Cell = Spectre.Console.Text;

namespace MLTransfer.Cli.Rendering;

/// <summary>A <see cref="ModelEvaluation"/> for people: what was found first, then the measures, then the classes that are found worst.</summary>
internal static class EvaluationTable
{
    private const int ShownClasses = 10;

    public static void Write(IAnsiConsole console, ModelEvaluation evaluation)
    {
        console.Write(new Cell(evaluation.Headline + ".", new Style(evaluation.IsUseless ? Color.Red : Color.Green)));
        console.WriteLine();
        foreach (LabelCount label in evaluation.UnknownLabels)
            console.WriteLine(PlainText.Of($"left out: {label.RowCount} rows with label '{label.Name}', which the model does not know"));
        console.WriteLine();
        Table measures = Begin("measure", "value");
        foreach (Measure measure in Measure.All)
            measures.AddRow(new Cell(measure.Heading), new Cell(ReportText.Number(measure.Of(evaluation.Metrics))));
        console.Write(measures);
        Table classes = Begin("class", "rows", "precision", "recall", "F1", "most often taken for");
        ClassMetrics[] worst = [.. evaluation.Metrics.Classes.Where(c => c.Support > 0).OrderBy(c => c.F1).Take(ShownClasses)];
        foreach (ClassMetrics c in worst)
        {
            classes.AddRow(new Cell(PlainText.Of(c.Name)), new Cell(ReportText.Count(c.Support)), new Cell(ReportText.Number(c.Precision)), new Cell(ReportText.Number(c.Recall)),
                new Cell(ReportText.Number(c.F1)), new Cell(TakenFor(evaluation.Metrics.Confusion, c.Name)));
        }
        console.Write(classes);
        int count = evaluation.Metrics.Classes.Count(c => c.Support > 0);
        if (count > worst.Length)
            console.WriteLine($"The {worst.Length} classes of {count} that are found worst.");
    }

    private static string TakenFor(ConfusionMatrix confusion, string name)
    {
        int label = confusion.ClassNames.ToList().IndexOf(name);
        int other = Enumerable.Range(0, confusion.ClassCount).Where(k => k != label).MaxBy(k => confusion[label, k]);
        return confusion[label, other] == 0 ? "–" : PlainText.Of($"{confusion.ClassNames[other]} ({confusion[label, other]})");
    }

    private static Table Begin(params string[] headings)
    {
        Table table = new Table().Border(TableBorder.Simple);
        foreach ((string heading, int i) in headings.Select((h, i) => (h, i)))
            table.AddColumn(i == 0 ? new TableColumn(new Cell(heading)) : new TableColumn(new Cell(heading)).RightAligned());
        return table;
    }
}
