namespace MLTransfer.Recipes;

// sample: ticket
/// <summary>A row to learn from.</summary>
public sealed class Ticket
{
    public string Text { get; set; } = "";

    public string Label { get; set; } = "";
}

/// <summary>What the model says of a row.</summary>
public sealed class Prediction
{
    public string PredictedLabel { get; set; } = "";

    public float[] Score { get; set; } = [];
}
// end
