namespace MLTransfer.Cli.Demo;

/// <summary>A row and what a model says of it.</summary>
/// <param name="Input">A ticket's text, a photo's path.</param>
/// <param name="PredictedLabel">The class.</param>
/// <param name="Probability">Of that class.</param>
internal sealed record ScoredRow(string Input, string PredictedLabel, float Probability);
