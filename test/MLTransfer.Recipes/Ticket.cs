namespace MLTransfer.Recipes;

// sample: ticket
public sealed class Ticket
{
    public string Text { get; set; } = "";

    public string Label { get; set; } = "";
}

public sealed class Prediction
{
    public string PredictedLabel { get; set; } = "";

    public float[] Score { get; set; } = [];
}
// end
