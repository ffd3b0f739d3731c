using MLTransfer.Cli.Demo;
using Spectre.Console;
using Cell = Spectre.Console.Text;

namespace MLTransfer.Cli.Rendering;

/// <summary>Scored photos for people.</summary>
internal static class ScoredPhotoTable
{
    public static void Write(IAnsiConsole console, IEnumerable<ScoredPhoto> photos)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn("predicted");
        table.AddColumn(new TableColumn(new Cell("probability")).RightAligned());
        table.AddColumn("photo");
        foreach (ScoredPhoto photo in photos)
            table.AddRow(new Cell(photo.PredictedLabel), new Cell(Evaluation.ComparisonText.Short(photo.Score.Max())), new Cell(photo.Image));
        console.Write(table);
    }
}
