using MLTransfer.Onnx.Training;

namespace MLTransfer.Onnx.Internal;

internal static partial class Throw
{
    public static Exception TrainedTwice(string tensor) => new ArgumentException(
        $"Tensor '{tensor}' is listed twice among the tensors to train. Name each once; a weight that a graph uses in two places is one tensor whose gradients add up.");

    public static Exception LearningRateFactorInvalid(TrainedTensor tensor) => new ArgumentException(
        $"Tensor '{tensor.Name}' has the learning-rate factor {tensor.LearningRateFactor}; expected a finite number that is not negative.");
}
