using Spectre.Console;

namespace MLTransfer.Cli.Rendering;

/// <summary>Makes consoles over writers.</summary>
internal static class Consoles
{
    /// <summary>Piped output is read by programs and pagers: breaking its lines at the 80 columns of an absent terminal would only harm.</summary>
    public const int PipedWidth = 100_000;

    public static IAnsiConsole Over(TextWriter writer)
    {
        bool terminal = ReferenceEquals(writer, Console.Out) && !Console.IsOutputRedirected;
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = terminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = terminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = terminal ? InteractionSupport.Detect : InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        if (!terminal)
            console.Profile.Width = PipedWidth;
        return console;
    }
}
