using System.Text.RegularExpressions;
using MLTransfer.Cli.Rendering;
using Spectre.Console;

namespace MLTransfer.Cli.Tests;

public sealed partial class DownloadBarTests
{
    private static readonly HubProgress[] Reports =
    [
        new(HubStage.Waiting, "org/name", 0, 0),
        new(HubStage.Waiting, "org/name", 0, 0),
        new(HubStage.Downloading, "onnx/[model].onnx", 1_000_000, 4_000_000),
        new(HubStage.Downloading, "onnx/[model].onnx", 3_000_000, 4_000_000),
        new(HubStage.Checking, "onnx/[model].onnx", 4_000_000, 4_000_000),
        new(HubStage.Checking, "empty\u001b[31m.json", 0, 0),
    ];

    [Test]
    public void Show_ForPeople_HasABarForEachFile()
    {
        string shown = Show(InteractionSupport.Yes);

        Assert.That(shown, Does.Contain("waiting for another download of org/name").And.Contain("checking onnx/[model].onnx").And.Match(@"[13]\.0/4\.0 MB").And.Contain("MB/s"));
        Assert.That(shown, Does.Match(@"\nonnx/\[model\]\.onnx +━+ 4\.0 MB"), "what was checked is no longer being checked");
        Assert.That(shown, Does.Contain("empty\u241b[31m.json"), "a name is shown and not obeyed");
    }

    [Test]
    public void Show_ForLogFiles_SaysOnceThatItWaits() =>
        Assert.That(Show(InteractionSupport.No), Is.EqualTo("waiting for another download of org/name\n"));

    [GeneratedRegex(@"\x1b\[[0-9;?]*[a-zA-Z]")]
    private static partial Regex Escapes();

    private static string Show(InteractionSupport interaction)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.Yes, Interactive = interaction, Out = new AnsiConsoleOutput(writer) });
        console.Profile.Width = 150;
        int told = DownloadBar.Show(console, progress =>
        {
            foreach (HubProgress report in Reports)
            {
                progress.Report(report);
                // The bars are drawn ten times a second.
                Thread.Sleep(interaction == InteractionSupport.Yes ? 150 : 0);
            }
            return Reports.Length;
        });
        Assert.That(told, Is.EqualTo(Reports.Length));
        return Escapes().Replace(writer.ToString().ReplaceLineEndings("\n"), "");
    }
}
