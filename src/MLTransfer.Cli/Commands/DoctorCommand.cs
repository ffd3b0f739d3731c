using System.CommandLine;
using System.Globalization;
using MLTransfer.Cli.Diagnosis;
using MLTransfer.Cli.Rendering;
using Spectre.Console;

namespace MLTransfer.Cli.Commands;

/// <summary>`mltransfer doctor`: whether this machine can run backbones, and where.</summary>
internal static class DoctorCommand
{
    public const string Name = "doctor";

    public static string[] Examples { get; } = ["mltransfer doctor", "mltransfer doctor --json"];

    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "One JSON object for programs." };
        var command = new Command(Name, "Check this machine: the native ONNX Runtime, a run on each compute target, cores, memory, folders.") { json };
        command.SetAction(parsed =>
        {
            MachineReport report = MachineDoctor.Examine();
            if (parsed.GetValue(json))
                JsonOutput.Write(parsed.InvocationConfiguration.Output, report);
            else
                Write(Tool.Console(parsed), report);
            return report.Targets.Any(t => t.Works) ? ExitCode.Done : ExitCode.BadInput;
        });
        return command;
    }

    private static void Write(IAnsiConsole console, MachineReport report)
    {
        PairTable.Write(console,
        [
            ("MLTransfer", report.ToolVersion),
            (".NET", report.DotNet),
            ("System", report.System),
            ("Cores", $"{report.CoreCount}"),
            ("Memory", Sizes.Bytes(report.MemoryBytes)),
            ("ONNX Runtime", report.Runtime.Version),
            ("Native library", report.Runtime.Path ?? "loaded, but the system does not tell from where"),
            ("Providers", string.Join(", ", report.Runtime.Providers)),
            .. report.Targets.Select(t => ($"Target {t.Target}", Describe(t))),
            ("Downloads", Describe(report.CacheFolder)),
            .. report.ModelFolders.Select((f, i) => (i == 0 ? "Models" : "", Describe(f))),
        ]);
    }

    private static string Describe(TargetReport target) => target.Works
        ? string.Create(CultureInfo.InvariantCulture, $"works: a proof run gave the right numbers in {target.RunMilliseconds:0.00} ms")
        : $"does not work: {target.Problem}";

    private static string Describe(FolderReport folder)
    {
        if (!folder.Exists)
            return $"{folder.Path} (not there yet)";
        return folder.Backbones.Count == 0 ? $"{folder.Path} (no backbone in it)" : $"{folder.Path}: {string.Join(", ", folder.Backbones)}";
    }
}
