using Spectre.Console;

namespace MLTransfer.Cli.Rendering;

/// <summary>A list of names and values without lines.</summary>
internal static class PairTable
{
    public static void Write(IAnsiConsole console, IEnumerable<(string Name, string Value)> pairs)
    {
        var grid = new Grid();
        grid.AddColumn(new GridColumn().NoWrap().PadLeft(0));
        grid.AddColumn();
        foreach ((string name, string value) in pairs)
            grid.AddRow(new Text(name, new Style(decoration: Decoration.Dim)), new Text(value));
        console.Write(grid);
    }
}
