using System.CommandLine;
using System.CommandLine.Parsing;
using MLTransfer.Cli.Diagnosis;
using MLTransfer.Cli.Rendering;
using MLTransfer.Onnx;

namespace MLTransfer.Cli.Commands;

/// <summary>`mltransfer doctor`: whether this machine can run backbones, and where.</summary>
internal static class DoctorCommand
{
    public const string Name = "doctor";

    public static string[] Examples { get; } =
    [
        "mltransfer doctor",
        "mltransfer doctor --require cuda:0",
        "mltransfer doctor --json",
    ];

    public static Command Create()
    {
        var require = new Option<ComputeTarget[]>("--require")
        {
            Description = "A compute target that must work, such as cuda:0; may be given several times. The processor must work in any case.",
            HelpName = "TARGET",
            DefaultValueFactory = _ => [],
            CustomParser = ReadTargets,
        };
        var json = new Option<bool>("--json") { Description = "One JSON object for programs." };
        var command = new Command(Name,
            "Check this machine: the native ONNX Runtime, a run on each compute target, a run of the product itself, cores, memory, folders. Fails with 75 where the processor, the product or what is required does not work.")
        {
            require, json,
        };
        // Not asynchronous, so that Ctrl-C ends it at once, even inside a driver that hangs: nothing is left half done.
        command.SetAction(parsed =>
        {
            ComputeTarget[] required = [ComputeTarget.Cpu, .. parsed.GetRequiredValue(require)];
            MachineReport report = MachineDoctor.Examine(required);
            if (parsed.GetValue(json))
                JsonOutput.Write(parsed.InvocationConfiguration.Output, report);
            else
                MachineReportTable.Write(Tool.Console(parsed), report);
            ThrowIfUnfit(report, required);
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>Says what does not work. It may work later, or on another machine, so the error is one of those that are worth trying again.</summary>
    private static void ThrowIfUnfit(MachineReport report, IEnumerable<ComputeTarget> required)
    {
        HashSet<string> names = [.. required.Select(t => t.ToString())];
        string?[] problems = [report.Runtime.Problem, .. report.Targets.Where(t => !t.Works && names.Contains(t.Target)).Select(t => t.Problem), report.Product.Problem];
        if (problems.FirstOrDefault(p => p is not null) is string problem)
            throw new MachineUnfitException($"This machine does not pass: {problem}");
    }

    private static ComputeTarget[]? ReadTargets(ArgumentResult result)
    {
        var targets = new List<ComputeTarget>();
        foreach (Token token in result.Tokens)
        {
            try
            {
                targets.Add(ComputeTarget.Parse(token.Value).WithoutFallback());
            }
            catch (Exception e) when (e is FormatException or ArgumentException)
            {
                result.AddError($"--require: {e.Message}");
                return null;
            }
        }
        return [.. targets];
    }
}
