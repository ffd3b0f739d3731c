using MLTransfer.Onnx.Training.Losses;

namespace MLTransfer.Heads.Network;

/// <summary>The loss of yes/no labels, one or several.</summary>
internal static class YesNoLoss
{
    /// <param name="loss">As the options have it.</param>
    /// <param name="positiveWeights">How much a yes counts against a no, for each label; null for 1.</param>
    public static TrainingLoss Of(HeadLoss? loss, float[]? positiveWeights) => loss is { Kind: HeadLossKind.Focal } focal
        ? new BinaryFocalLoss(focal.Parameter, positiveWeights) : new BinaryCrossEntropyLoss(positiveWeights);
}
