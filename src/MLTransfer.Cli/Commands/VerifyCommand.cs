using System.CommandLine;
using MLTransfer.Cli.Rendering;
using MLTransfer.Cli.Scoring;
using Spectre.Console;

namespace MLTransfer.Cli.Commands;

/// <summary>`mltransfer verify`: whether the parts of a job are whole and belong together.</summary>
internal static class VerifyCommand
{
    public const string Name = "verify";

    public static string[] Examples { get; } = ["mltransfer verify parts", "mltransfer verify parts --json"];

    public static Command Create()
    {
        var folder = new Argument<string>("folder") { Description = "The folder that 'mltransfer score' or 'embed' wrote its parts to." };
        var json = new Option<bool>("--json") { Description = "One JSON object for programs." };
        var command = new Command(Name, "Say whether the parts of a job cover every row once, with one model, and have the bytes they were written with. Parts that are missing: exit code 75; doubled, mixed or damaged: 2.")
        {
            folder, json,
        };
        command.SetAction((parsed, cancel) => Task.Run(
            () =>
            {
                IAnsiConsole console = parsed.GetValue(json) ? Consoles.Over(parsed.InvocationConfiguration.Error) : Tool.Console(parsed);
                FolderReport report = RowBar.ShowBytes(console, "checking parts", progress => PartFolder.Verify(parsed.GetRequiredValue(folder), progress, cancel));
                if (parsed.GetValue(json))
                    JsonOutput.Write(parsed.InvocationConfiguration.Output, report);
                if (!report.IsWhole)
                    throw new IncompletePartsException(report);
                if (!parsed.GetValue(json))
                    console.WriteLine(PlainText.Of($"{report.Folder}: all {report.PartCount} parts are whole and belong together, {Sizes.Count(report.RowCount)} rows, of which {Sizes.Count(report.ErrorCount)} could not be scored"));
                return ExitCode.Done;
            },
            CancellationToken.None));
        return command;
    }
}
