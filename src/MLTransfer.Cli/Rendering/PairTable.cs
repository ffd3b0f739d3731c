using Spectre.Console;
using Cell = Spectre.Console.Text;

namespace MLTransfer.Cli.Rendering;

/// <summary>A list of names and values without lines.</summary>
internal static class PairTable
{
    public static void Write(IAnsiConsole console, IEnumerable<(string Name, string Value)> pairs)
    {
        var grid = new Grid();
        grid.AddColumn(new GridColumn().NoWrap().Padding(0, 0, 2, 0));
        grid.AddColumn();
        foreach ((string name, string value) in pairs)
            grid.AddRow(new Cell(name, new Style(decoration: Decoration.Dim)), new Cell(value));
        console.Write(grid);
    }
}
