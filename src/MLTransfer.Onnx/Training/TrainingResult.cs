namespace MLTransfer.Onnx.Training;

/// <summary>What a run gave.</summary>
/// <param name="Parameters">
/// The weights of the best epoch where rows were held out; else the average of weights where one was asked for; else the last weights. In the layout of the run.
/// </param>
/// <param name="End">Why it ended.</param>
/// <param name="BestEpoch">The epoch, counted from 0, whose weights these are; null where no held-out rows decided.</param>
/// <param name="StepCount">Updates made, those of an earlier process included.</param>
/// <param name="History">One record for each whole epoch.</param>
internal sealed record TrainingResult(float[] Parameters, TrainingEnd End, int? BestEpoch, long StepCount, IReadOnlyList<EpochRecord> History);
