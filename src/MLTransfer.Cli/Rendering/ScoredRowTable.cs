using MLTransfer.Cli.Demo;
using Spectre.Console;
using Cell = Spectre.Console.Text;

namespace MLTransfer.Cli.Rendering;

/// <summary>Scored rows for people.</summary>
internal static class ScoredRowTable
{
    public static void Write(IAnsiConsole console, string rowName, IEnumerable<ScoredRow> rows)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn("predicted");
        table.AddColumn(new TableColumn(new Cell("probability")).RightAligned());
        table.AddColumn(rowName);
        foreach (ScoredRow row in rows)
            table.AddRow(new Cell(PlainText.Of(row.PredictedLabel)), new Cell(Evaluation.ComparisonText.Short(row.Probability)), new Cell(PlainText.Of(row.Input)));
        console.Write(table);
    }
}
