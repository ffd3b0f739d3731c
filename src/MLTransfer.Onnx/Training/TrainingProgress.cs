namespace MLTransfer;

/// <summary>How far a training is.</summary>
/// <param name="Epoch">The epoch at work, counted from 1.</param>
/// <param name="Step">Steps made, those before a restart included.</param>
/// <param name="StepCount">Steps of the whole training, unless it stops early.</param>
/// <param name="Loss">Mean loss of the step's batch; at the end of an epoch, of the epoch.</param>
/// <param name="HeldOutLoss">At the end of an epoch, the mean loss of the rows held out; else null.</param>
/// <param name="Metric">At the end of an epoch, the trainer's metric on them; else null.</param>
/// <param name="LearningRate">Of the last step.</param>
/// <param name="RowsPerSecond">Training rows a second since this process began.</param>
/// <param name="TimeLeft">Estimated from the speed so far.</param>
public sealed record TrainingProgress(int Epoch, long Step, long StepCount, double Loss, double? HeldOutLoss, double? Metric, double LearningRate, double RowsPerSecond, TimeSpan TimeLeft);
