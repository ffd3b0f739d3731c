namespace MLTransfer.Cli.Tests;

/// <summary>One call of the tool, in this process.</summary>
internal sealed record Run(int Code, string Output, string Error)
{
    public static Run Of(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = Tool.Run(args, output, error);
        return new Run(code, output.ToString(), error.ToString());
    }

    public string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
