using Spectre.Console;
using Cell = Spectre.Console.Text;

namespace MLTransfer.Cli.Rendering;

/// <summary>A list of names and values without lines.</summary>
internal static class PairTable
{
    private const int Gap = 2;

    public static void Write(IAnsiConsole console, IEnumerable<(string Name, string Value)> pairs)
    {
        (string Name, string Value)[] rows = [.. pairs.Select(p => (PlainText.Of(p.Name), PlainText.Of(p.Value)))];
        // Nobody's window has to be filled: a value stays on its line, and nothing stands behind it.
        if (console.Profile.Width == Consoles.PipedWidth)
        {
            int width = rows.Max(r => r.Name.Length) + Gap;
            foreach ((string name, string value) in rows)
                console.Profile.Out.Writer.WriteLine($"{name.PadRight(width)}{value}");
            return;
        }
        var grid = new Grid();
        grid.AddColumn(new GridColumn().NoWrap().Padding(0, 0, Gap, 0));
        grid.AddColumn();
        foreach ((string name, string value) in rows)
            grid.AddRow(new Cell(name, new Style(decoration: Decoration.Dim)), new Cell(value));
        console.Write(grid);
    }
}
