namespace MLTransfer.Cli.Training;

/// <summary>Training was cancelled and its state lies in a file from which the same command goes on.</summary>
internal sealed class CancelledWithStateException(string checkpointPath, OperationCanceledException inner)
    : OperationCanceledException($"Cancelled before it was done. The state of the training lies in '{checkpointPath}': the same command goes on from there.", inner, inner.CancellationToken);
