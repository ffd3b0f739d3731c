using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace MLTransfer.Cli.Rendering;

/// <summary>The parser's own help with examples below it.</summary>
internal sealed class ExamplesHelp : SynchronousCommandLineAction
{
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

    public override int Invoke(ParseResult parseResult)
    {
        int code = _inner.Invoke(parseResult);
        if (_examples.TryGetValue(parseResult.CommandResult.Command.Name, out string[]? lines))
        {
            TextWriter output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (string line in lines)
                output.WriteLine($"  {line}");
        }
        return code;
    }
}
