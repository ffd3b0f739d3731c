namespace MLTransfer.Cli.Training;

/// <summary>Cancelled, but what was done so far lies in a file or folder from which the same command goes on.</summary>
/// <param name="what">What lies where, such as "The state of the training lies in 'run.state'".</param>
/// <param name="inner">The cancellation.</param>
internal sealed class CancelledWithStateException(string what, OperationCanceledException inner)
    : OperationCanceledException($"Cancelled before it was done. {what}: the same command goes on from there.", inner, inner.CancellationToken)
{
    /// <summary>Where a training wrote its state.</summary>
    public static CancelledWithStateException OfTraining(string checkpointPath, OperationCanceledException inner) => new($"The state of the training lies in '{checkpointPath}'", inner);

    /// <summary>Where the parts of files lie.</summary>
    public static CancelledWithStateException OfDownload(string folder, OperationCanceledException inner) => new($"What has come lies in '{folder}'", inner);

    /// <summary>Where a teacher's outputs are kept.</summary>
    public static CancelledWithStateException OfTeacher(string cacheFolder, OperationCanceledException inner) => new($"What the teacher has said so far lies in '{cacheFolder}'", inner);
}
