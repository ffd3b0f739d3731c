namespace MLTransfer;

/// <summary>What happened in the training of a head.</summary>
/// <param name="Stage">What this tells of.</param>
/// <param name="Iteration">Steps so far in this stage, counted from 1.</param>
/// <param name="Regularization">The strength tried or used.</param>
/// <param name="Loss">Training loss with its penalty, or null while strengths are tried.</param>
/// <param name="HeldOutLoss">Mean loss of held-out rows: of the strength tried, and of the chosen one at the end. Null where nothing was held out.</param>
public sealed record HeadTrainingProgress(HeadTrainingStage Stage, int Iteration, double Regularization, double? Loss, double? HeldOutLoss);
