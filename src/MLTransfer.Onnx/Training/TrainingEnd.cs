namespace MLTransfer.Onnx.Training;

/// <summary>Why a run ended.</summary>
internal enum TrainingEnd
{
    /// <summary>All epochs are done.</summary>
    EpochsDone,

    /// <summary>The rows held out showed no improvement for as long as <see cref="EarlyStopping.Patience"/> allows.</summary>
    StoppedEarly,

    /// <summary>The token of the options was cancelled.</summary>
    Cancelled,
}
