namespace MLTransfer.Onnx.Training.Losses;

/// <summary>One term of a <see cref="CombinedLoss"/>: a loss of some columns of the prediction and some of the target, and the column of the target that holds its weight for each row.</summary>
internal sealed record LossTerm
{
    /// <param name="loss">The loss of the two slices.</param>
    /// <param name="predictionStart">First column of the prediction that it reads, from 0.</param>
    /// <param name="predictionWidth">How many it reads, 1 or above.</param>
    /// <param name="targetStart">First column of the target that it reads, from 0.</param>
    /// <param name="targetWidth">How many it reads, 1 or above, as the loss wants them.</param>
    /// <param name="weightColumn">The column of the target whose number, 0 or above, the row's loss is multiplied by. Several terms may share one.</param>
    /// <exception cref="ArgumentException">A slice begins before column 0 or is empty, or the loss cannot read slices of these widths.</exception>
    public LossTerm(TrainingLoss loss, int predictionStart, int predictionWidth, int targetStart, int targetWidth, int weightColumn)
    {
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentOutOfRangeException.ThrowIfNegative(predictionStart);
        ArgumentOutOfRangeException.ThrowIfLessThan(predictionWidth, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(targetStart);
        ArgumentOutOfRangeException.ThrowIfLessThan(targetWidth, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(weightColumn);
        loss.CheckWidths(predictionWidth, targetWidth);
        Loss = loss;
        PredictionStart = predictionStart;
        PredictionWidth = predictionWidth;
        TargetStart = targetStart;
        TargetWidth = targetWidth;
        WeightColumn = weightColumn;
    }

    public TrainingLoss Loss { get; }

    public int PredictionStart { get; }

    public int PredictionWidth { get; }

    public int TargetStart { get; }

    public int TargetWidth { get; }

    public int WeightColumn { get; }

    /// <summary>How the weight runs over the training; <see cref="Graphs.ScheduledTargets"/> applies it. Default: it stays.</summary>
    public TermSchedule Schedule { get; init; } = TermSchedule.Constant;
}
