namespace MLTransfer.Onnx.Training;

/// <summary>What one whole epoch gave.</summary>
/// <param name="Epoch">Counted from 0.</param>
/// <param name="TrainingLoss">Weighted mean loss over the epoch, each row at the weights of its step, without penalties.</param>
/// <param name="HeldOutLoss">Mean loss of the rows held out after the epoch; null where there are none.</param>
/// <param name="Metric">The trainer's metric on them.</param>
/// <param name="LearningRate">The rate of its last step.</param>
/// <param name="RowsPerSecond">Training rows a second, evaluation not counted.</param>
internal sealed record EpochRecord(int Epoch, double TrainingLoss, double? HeldOutLoss, double? Metric, double LearningRate, double RowsPerSecond);
