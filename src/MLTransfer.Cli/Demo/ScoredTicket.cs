namespace MLTransfer.Cli.Demo;

/// <summary>A ticket as the model saw it.</summary>
internal sealed class ScoredTicket
{
    public string Text { get; set; } = "";

    public string PredictedLabel { get; set; } = "";

    /// <summary>The probability of each class.</summary>
    public float[] Score { get; set; } = [];
}
