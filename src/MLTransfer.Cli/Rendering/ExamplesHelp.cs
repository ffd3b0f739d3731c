using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace MLTransfer.Cli.Rendering;

/// <summary>The parser's own help with examples below it, and below that of the tool itself what its exit codes mean.</summary>
internal sealed class ExamplesHelp : SynchronousCommandLineAction
{
    private const string CommandName = "mltransfer";

    private readonly SynchronousCommandLineAction _inner;
    private readonly IReadOnlyDictionary<string, string[]> _examples;

    private ExamplesHelp(SynchronousCommandLineAction inner, IReadOnlyDictionary<string, string[]> examples)
    {
        _inner = inner;
        _examples = examples;
    }

    /// <summary>Puts examples, by the name of their command, below the help of a root command and its commands.</summary>
    public static void Install(RootCommand root, IReadOnlyDictionary<string, string[]> examples)
    {
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new ExamplesHelp((SynchronousCommandLineAction)help.Action!, examples);
    }

    // Who asks for help may leave out required arguments.
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        // The parser calls the root command by the assembly's name; people type another.
        InvocationConfiguration configuration = parseResult.InvocationConfiguration;
        TextWriter output = configuration.Output;
        using var captured = new StringWriter();
        configuration.Output = captured;
        int code = _inner.Invoke(parseResult);
        configuration.Output = output;
        output.Write(captured.ToString().Replace(RootCommand.ExecutableName, CommandName, StringComparison.Ordinal));
        if (_examples.TryGetValue(parseResult.CommandResult.Command.Name, out string[]? lines))
        {
            output.WriteLine("Examples:");
            foreach (string line in lines)
                output.WriteLine($"  {line}");
        }
        if (parseResult.CommandResult.Command is RootCommand)
        {
            output.WriteLine();
            output.WriteLine($"Exit codes: {ExitCode.Done} done; {ExitCode.BadInput} bad input, it will fail again; {ExitCode.TryAgain} try again, something outside stood in the way or it was told to end.");
            output.WriteLine("Ctrl-C and SIGTERM end a command that writes in order; with a checkpoint or a cache the same command goes on from there.");
        }
        return code;
    }
}
