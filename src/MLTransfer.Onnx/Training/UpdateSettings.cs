namespace MLTransfer.Onnx.Training;

/// <summary>What one step of an optimizer needs beside parameters and gradient.</summary>
/// <param name="Epoch">From 0; decides which tensors are still frozen.</param>
/// <param name="LearningRate">The rate of this step, before the factor of each tensor.</param>
/// <param name="WeightDecay">Decay of the tensors that decay.</param>
/// <param name="PretrainedAreExempt">Whether pretrained tensors do not decay because something else pulls them.</param>
/// <param name="GradientScale">Every gradient is multiplied by this; 1 where nothing was clipped.</param>
internal readonly record struct UpdateSettings(int Epoch, double LearningRate, double WeightDecay = 0, bool PretrainedAreExempt = false, double GradientScale = 1);
