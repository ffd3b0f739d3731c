using MLTransfer.Cli.Demo;
using Spectre.Console;

namespace MLTransfer.Cli.Rendering;

/// <summary>Scored tickets for people.</summary>
internal static class ScoredTicketTable
{
    public static void Write(IAnsiConsole console, IEnumerable<ScoredTicket> tickets)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn("predicted");
        table.AddColumn(new TableColumn(new Text("probability")).RightAligned());
        table.AddColumn("ticket");
        foreach (ScoredTicket ticket in tickets)
            table.AddRow(new Text(ticket.PredictedLabel), new Text(Evaluation.ComparisonText.Short(ticket.Score.Max())), new Text(ticket.Text));
        console.Write(table);
    }
}
