namespace MLTransfer.Onnx.Training;

/// <summary>Where in a run a micro-batch stands; the key of everything random.</summary>
/// <param name="Step">Updates of the weights so far, from 0.</param>
/// <param name="Epoch">Passes over the data so far, from 0.</param>
/// <param name="MicroBatch">Micro-batches so far in this step, from 0.</param>
/// <param name="Seed">The run's seed.</param>
/// <param name="TotalWeight">Weights of the rows of all micro-batches of this step, above 0.</param>
internal readonly record struct StepInfo(long Step, int Epoch, int MicroBatch, int Seed, double TotalWeight);
