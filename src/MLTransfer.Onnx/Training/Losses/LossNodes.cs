namespace MLTransfer.Onnx.Training.Losses;

/// <summary>What a loss appended.</summary>
/// <param name="Loss">L, one number.</param>
/// <param name="PredictionGradient">∂L/∂x in closed form, where that is cheaper or more exact than going back through the nodes of the loss; null to go through them.</param>
internal sealed record LossNodes(string Loss, string? PredictionGradient);
