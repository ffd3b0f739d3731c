using System.Runtime.ExceptionServices;

namespace MLTransfer.Cli.Training;

/// <summary>Work that ML.NET runs: it wraps a cancellation inside a cursor in errors of its own.</summary>
internal static class Cancellation
{
    /// <summary>Runs work, and throws a cancellation as itself.</summary>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public static T Unwrapped<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is not OperationCanceledException && Inside(e) is OperationCanceledException)
        {
            ExceptionDispatchInfo.Throw(Inside(e)!);
            throw;
        }
    }

    private static OperationCanceledException? Inside(Exception? error) => error is null or OperationCanceledException ? (OperationCanceledException?)error : Inside(error.InnerException);
}
