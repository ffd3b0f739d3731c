namespace MLTransfer;

/// <summary>What a <see cref="HeadTrainingProgress"/> tells of.</summary>
public enum HeadTrainingStage
{
    /// <summary>A strength of regularisation was tried on held-out rows.</summary>
    StrengthTried,

    /// <summary>The solver, or an epoch, made a step.</summary>
    Step,

    /// <summary>Training is over; the values are those of the fitted head.</summary>
    Finished,
}
