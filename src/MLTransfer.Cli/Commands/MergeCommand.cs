using System.CommandLine;
using MLTransfer.Cli.Rendering;
using MLTransfer.Cli.Scoring;
using Spectre.Console;

namespace MLTransfer.Cli.Commands;

/// <summary>`mltransfer merge`: the parts of a job as one file.</summary>
internal static class MergeCommand
{
    public const string Name = "merge";

    public static string[] Examples { get; } = ["mltransfer merge parts scored.parquet", "mltransfer merge parts scored.csv --json"];

    public static Command Create()
    {
        var folder = new Argument<string>("folder") { Description = "The folder that 'mltransfer score' or 'embed' wrote its parts to." };
        var output = new Argument<string>("output") { Description = "The file, which ends as the parts do; an older one is replaced." };
        var json = new Option<bool>("--json") { Description = "One JSON object for programs." };
        var command = new Command(Name, "Check the parts of a job and join them to one file, the same as a job without shards writes. Parts that are missing: exit code 75; doubled, mixed or damaged: 2.")
        {
            folder, output, json,
        };
        command.SetAction((parsed, cancel) => Task.Run(
            () =>
            {
                bool isJson = parsed.GetValue(json);
                IAnsiConsole console = isJson ? Consoles.Over(parsed.InvocationConfiguration.Error) : Tool.Console(parsed);
                string path = parsed.GetRequiredValue(output);
                OutputFile.Check(path, "The argument 'output'");
                FolderReport parts = RowBar.ShowBytes(console, "checking parts", progress => PartFolder.Verify(parsed.GetRequiredValue(folder), progress, cancel));
                if (!parts.IsWhole)
                    throw new IncompletePartsException(parts);
                PartManifest merged = PartMerger.Merge(parts, path, cancel);
                if (isJson)
                    JsonOutput.Write(parsed.InvocationConfiguration.Output, merged);
                else
                    console.WriteLine(PlainText.Of($"{path}: {Sizes.Count(merged.RowCount - merged.ErrorCount)} rows of {parts.PartCount} parts ({Sizes.Bytes(merged.ByteCount)}); {Sizes.Count(merged.ErrorCount)} rows could not be scored"));
                return ExitCode.Done;
            },
            CancellationToken.None));
        return command;
    }
}
