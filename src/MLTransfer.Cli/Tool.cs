using System.CommandLine;
using System.CommandLine.Parsing;
using MLTransfer.Cli.Commands;
using MLTransfer.Cli.Rendering;
using MLTransfer.Cli.Training;
using Spectre.Console;

namespace MLTransfer.Cli;

/// <summary>The tool as a function: arguments and two writers in, an exit code out.</summary>
internal static class Tool
{
    // What runs ends at its next safe point, which may be a whole training away.
    private static readonly TimeSpan CancellationTime = TimeSpan.FromSeconds(30);

    private const string VerboseName = "--verbose";

    private static readonly Option<bool> Verbose = new(VerboseName) { Description = "Print the whole stack of an error.", Recursive = true };

    public static int Run(string[] args, TextWriter output, TextWriter error)
    {
        RootCommand root = Build();
        Command asked = root;
        try
        {
            // Options check themselves while they are parsed, so that this may throw, too.
            ParseResult parsed = root.Parse(args);
            asked = parsed.CommandResult.Command;
            if (parsed.Errors.Count > 0)
            {
                string command = asked == root ? "" : $" {asked.Name}";
                // The parser says that an argument is missing, and not which.
                string taken = parsed.Errors[0].SymbolResult is ArgumentResult or CommandResult && asked.Arguments.Count > 0 ? $" It takes {string.Join(' ', asked.Arguments.Select(a => $"<{a.Name}>"))}." : "";
                error.WriteLine($"error: {OneLine(parsed.Errors[0].Message)}{taken} See 'mltransfer{command} --help'.");
                return ExitCode.BadInput;
            }
            return parsed.Invoke(new InvocationConfiguration
            {
                Output = output,
                Error = error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = CancellationTime,
            });
        }
        catch (CancelledWithStateException e)
        {
            error.WriteLine($"error: {OneLine(e.Message)}");
            return ExitCode.Of(e);
        }
        catch (OperationCanceledException e)
        {
            error.WriteLine("error: Cancelled before it was done. The same command starts anew.");
            return ExitCode.Of(e);
        }
        catch (Exception e)
        {
            error.WriteLine(args.Contains(VerboseName, StringComparer.Ordinal) ? $"error: {e}" : $"error: {OneLine(CommandLineWords.Of(CommandLineWords.WithoutParameter(e), asked))}");
            return ExitCode.Of(e);
        }
    }

    /// <summary>A console over a command's output: coloured only where a person reads it, wide enough for tables where a program does.</summary>
    public static IAnsiConsole Console(ParseResult parsed) => Consoles.Over(parsed.InvocationConfiguration.Output);

    /// <summary>All commands.</summary>
    public static RootCommand Build()
    {
        var root = new RootCommand("Deep transfer learning for ML.NET: try, get, train, evaluate, distil, score, inspect and check pretrained backbones.")
        {
            DemoCommand.Create(),
            GetCommand.Create(),
            InspectCommand.Create(),
            DoctorCommand.Create(),
            EmbedCommand.Create(),
            TrainCommand.Create(),
            EvaluateCommand.Create(),
            ScoreCommand.Create(),
            VerifyCommand.Create(),
            MergeCommand.Create(),
            DistillCommand.Create(),
            ExportCommand.Create(),
            Verbose,
        };
        ExamplesHelp.Install(root, new Dictionary<string, string[]>
        {
            [root.Name] = ["mltransfer demo", "mltransfer train tickets.csv model.zip", "mltransfer evaluate tickets.csv --report report.html", "mltransfer score model.zip mails.csv scored.csv", "mltransfer doctor --json"],
            [DemoCommand.Name] = DemoCommand.Examples,
            [GetCommand.Name] = GetCommand.Examples,
            [InspectCommand.Name] = InspectCommand.Examples,
            [DoctorCommand.Name] = DoctorCommand.Examples,
            [EmbedCommand.Name] = EmbedCommand.Examples,
            [TrainCommand.Name] = TrainCommand.Examples,
            [EvaluateCommand.Name] = EvaluateCommand.Examples,
            [ScoreCommand.Name] = ScoreCommand.Examples,
            [VerifyCommand.Name] = VerifyCommand.Examples,
            [MergeCommand.Name] = MergeCommand.Examples,
            [DistillCommand.Name] = DistillCommand.Examples,
            [ExportCommand.Name] = ExportCommand.Examples,
        });
        return root;
    }

    private static string OneLine(string message) =>
        PlainText.Of(string.Join(' ', message.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)));
}
