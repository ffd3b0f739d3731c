using System.Globalization;
using MLTransfer.Cli.Teaching;
using MLTransfer.Cli.Training;
using Spectre.Console;
using Cell = Spectre.Console.Text;

namespace MLTransfer.Cli.Rendering;

/// <summary>A <see cref="DistilledModelReport"/> for people: what was found first, then the numbers, then the file.</summary>
internal static class DistilledModelText
{
    public static void Write(IAnsiConsole console, DistilledModelReport report)
    {
        if (report.Comparison is DistillComparison comparison)
        {
            console.Write(new Cell(Verdict(report, comparison), new Style(comparison.Gain > 0 ? Color.Green : comparison.Gain < 0 ? Color.Red : Color.Yellow)));
            console.WriteLine();
            console.WriteLine();
            Table(console, comparison);
        }
        else
        {
            console.WriteLine("Nothing was held out, so nothing was measured.");
        }
        console.WriteLine($"Teacher: ran {Sizes.Count(report.TeacherRowsRun)} rows, {Sizes.Count(report.TeacherRowsCached)} from the cache; student: {report.EpochCount} epochs, {Sizes.Count(report.StepCount)} steps.");
        console.WriteLine(PlainText.Of($"Saved {report.Model.Path} ({Sizes.Bytes(report.Model.ByteCount)}): reads {report.InputColumn}, gives PredictedLabel and Score."));
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Done in {report.Seconds:0} seconds."));
    }

    private static string Verdict(DistilledModelReport report, DistillComparison comparison)
    {
        string outcome = comparison.Gain > 0 ? "helped" : comparison.Gain < 0 ? "hurt" : "made no difference";
        string chance = comparison.Gain != 0 && comparison.ChanceProbability > PairedResult.Level
            ? string.Create(CultureInfo.InvariantCulture, $" That may be chance (sign test: p = {comparison.ChanceProbability:0.###}).") : "";
        return string.Create(CultureInfo.InvariantCulture, $"The teacher {outcome}: accuracy {comparison.Distilled.Accuracy:0.000} against {comparison.LabelsAlone.Accuracy:0.000} of the same student on labels alone ") +
            string.Create(CultureInfo.InvariantCulture, $"({100 * comparison.Gain:+0.0;-0.0;0} points), on the same {report.HeldOutRowCount} held-out rows; ") +
            string.Create(CultureInfo.InvariantCulture, $"the teacher has {comparison.TeacherAccuracy:0.000}, always guessing the largest class {comparison.LargestClassShare:0.000}.{chance}");
    }

    private static void Table(IAnsiConsole console, DistillComparison comparison)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn("measure");
        table.AddColumn(new TableColumn(new Cell("taught")).RightAligned());
        table.AddColumn(new TableColumn(new Cell("labels alone")).RightAligned());
        foreach ((string name, Func<ComparisonMetrics, double> value) in ((string, Func<ComparisonMetrics, double>)[])
            [("accuracy", m => m.Accuracy), ("macro F1", m => m.MacroF1), ("log-loss", m => m.LogLoss)])
        {
            table.AddRow(new Cell(name), new Cell(Number(value(comparison.Distilled))), new Cell(Number(value(comparison.LabelsAlone))));
        }
        console.Write(table);
    }

    private static string Number(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);
}
