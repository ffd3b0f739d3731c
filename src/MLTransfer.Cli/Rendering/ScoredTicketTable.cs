using MLTransfer.Cli.Demo;
using Spectre.Console;
using Cell = Spectre.Console.Text;

namespace MLTransfer.Cli.Rendering;

/// <summary>Scored tickets for people.</summary>
internal static class ScoredTicketTable
{
    public static void Write(IAnsiConsole console, IEnumerable<ScoredTicket> tickets)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn("predicted");
        table.AddColumn(new TableColumn(new Cell("probability")).RightAligned());
        table.AddColumn("ticket");
        foreach (ScoredTicket ticket in tickets)
            table.AddRow(new Cell(ticket.PredictedLabel), new Cell(Evaluation.ComparisonText.Short(ticket.Score.Max())), new Cell(ticket.Text));
        console.Write(table);
    }
}
