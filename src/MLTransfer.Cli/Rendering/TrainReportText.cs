using System.Globalization;
using MLTransfer.Cli.Training;
using Spectre.Console;
using Cell = Spectre.Console.Text;

namespace MLTransfer.Cli.Rendering;

/// <summary>A <see cref="TrainReport"/> for people: what was found first, then the numbers, then the files.</summary>
internal static class TrainReportText
{
    public static void Write(IAnsiConsole console, TrainReport report)
    {
        if (report.HeldOut is ComparisonMetrics heldOut)
        {
            console.Write(new Cell(Verdict(report, heldOut), new Style(Colour(report.Frozen?.Verdict))));
            console.WriteLine();
            console.WriteLine();
            Table(console, heldOut, report.Frozen?.HeldOut);
        }
        else
        {
            console.WriteLine("Nothing was held out, so nothing was measured.");
        }
        console.WriteLine(PlainText.Of($"Saved {report.Model.Path} ({Sizes.Bytes(report.Model.ByteCount)}): reads {report.InputColumn}, gives PredictedLabel and Score."));
        if (report.Export is WrittenFile export)
            console.WriteLine(PlainText.Of($"Wrote {export.Path} ({Sizes.Bytes(export.ByteCount)})."));
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Done in {report.Seconds:0} seconds."));
    }

    private static string Verdict(TrainReport report, ComparisonMetrics heldOut)
    {
        string rows = $"{report.HeldOutRowCount} held-out rows";
        if (report.Frozen is not FrozenComparison frozen)
            return $"Accuracy {Number(heldOut.Accuracy)} on {rows}; always guessing the largest class gives {Number(report.LargestClassShare!.Value)}.";
        string who = report.FineTuned is null ? "The MLP head" : "Fine-tuning";
        string outcome = frozen.Verdict switch
        {
            TrainVerdict.Helped => "helped",
            TrainVerdict.Lost => "lost",
            _ => "made no difference",
        };
        bool mayBeChance = frozen.ChanceProbability > PairedResult.Level;
        string advice = frozen.Verdict switch
        {
            TrainVerdict.Helped when mayBeChance => " That may be chance",
            TrainVerdict.Lost when mayBeChance => " That may be chance, but nothing here speaks against the frozen backbone",
            TrainVerdict.Lost => " Keep the frozen backbone with a linear head",
            _ => "",
        };
        if (advice.Length > 0)
            advice += string.Create(CultureInfo.InvariantCulture, $" (sign test: p = {frozen.ChanceProbability:0.###}).");
        return $"{who} {outcome}: accuracy {Number(heldOut.Accuracy)} against {Number(frozen.HeldOut.Accuracy)} of the frozen backbone with a linear head, on the same {rows} " +
            $"({frozen.OnlyTrainedRight} that it alone got right, {frozen.OnlyFrozenRight} that the other alone did).{advice}";
    }

    private static Color Colour(TrainVerdict? verdict) => verdict switch
    {
        TrainVerdict.Helped => Color.Green,
        TrainVerdict.Lost => Color.Red,
        null => Color.Default,
        _ => Color.Yellow,
    };

    private static void Table(IAnsiConsole console, ComparisonMetrics trained, ComparisonMetrics? frozen)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn("measure");
        table.AddColumn(new TableColumn(new Cell("trained")).RightAligned());
        if (frozen is not null)
            table.AddColumn(new TableColumn(new Cell("frozen, linear head")).RightAligned());
        foreach ((string name, Func<ComparisonMetrics, double> value) in ((string, Func<ComparisonMetrics, double>)[])
            [("accuracy", m => m.Accuracy), ("macro F1", m => m.MacroF1), ("log-loss", m => m.LogLoss)])
        {
            Cell[] cells = [new Cell(name), new Cell(Number(value(trained)))];
            table.AddRow(frozen is null ? cells : [.. cells, new Cell(Number(value(frozen)))]);
        }
        console.Write(table);
    }

    private static string Number(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);
}
