namespace MLTransfer.Heads.Network;

/// <summary>How labels become targets.</summary>
/// <param name="Loss">What is minimised; null for the task's own.</param>
/// <param name="ClassWeights">How much the rows of each class count.</param>
/// <param name="LabelSmoothing">ε, from 0 to below 1.</param>
internal sealed record TargetOptions(HeadLoss? Loss, ClassWeights ClassWeights, double LabelSmoothing)
{
    /// <summary>Refuses what makes no sense for quantities.</summary>
    public void CheckForRegression(string step)
    {
        if (ClassWeights != ClassWeights.None)
            throw Internal.Throw.ClassWeightsWithoutClasses();
        if (LabelSmoothing != 0)
            throw Internal.Throw.LabelSmoothingWithoutClasses(step);
        if (Loss is { Kind: HeadLossKind.CrossEntropy or HeadLossKind.Focal })
            throw Internal.Throw.LossOfAnotherTask(step, Loss, "a quantity", $"{nameof(HeadLoss)}.{nameof(HeadLoss.Squared)} or {nameof(HeadLoss)}.{nameof(HeadLoss.Huber)}");
    }

    /// <summary>Refuses what makes no sense for classes.</summary>
    public void CheckForClasses(string step)
    {
        if (Loss is { Kind: HeadLossKind.Squared or HeadLossKind.Huber })
            throw Internal.Throw.LossOfAnotherTask(step, Loss, "classes", $"{nameof(HeadLoss)}.{nameof(HeadLoss.CrossEntropy)} or {nameof(HeadLoss)}.{nameof(HeadLoss.Focal)}");
    }
}
