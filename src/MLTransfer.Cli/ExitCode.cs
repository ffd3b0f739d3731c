using MLTransfer.Cli.Diagnosis;
using MLTransfer.Cli.Scoring;

namespace MLTransfer.Cli;

/// <summary>What the tool tells the shell.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>What was asked for cannot be done: it will fail again.</summary>
    public const int BadInput = 2;

    /// <summary>Something outside stood in the way (EX_TEMPFAIL of sysexits.h): the same command may succeed later.</summary>
    public const int TryAgain = 75;

    /// <summary>The exit code for a failure.</summary>
    public static int Of(Exception e) => e switch
    {
        IncompletePartsException { IsMissingOnly: true } => TryAgain,
        FileNotFoundException or DirectoryNotFoundException or PathTooLongException or EndOfStreamException => BadInput,
        IOException or HttpRequestException or OperationCanceledException or OutOfMemoryException or TimeoutException or MachineUnfitException => TryAgain,
        _ => BadInput,
    };
}
