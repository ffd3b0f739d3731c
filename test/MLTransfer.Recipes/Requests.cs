namespace MLTransfer.Recipes;

// sample: request
public sealed class Request
{
    public string Text { get; set; } = "";

    public string Topics { get; set; } = "";
}

public sealed class Found
{
    public bool[] PredictedLabel { get; set; } = [];
}
// end

/// <summary>Requests that ask for one thing or two, in every combination of what is asked about and what is to be done.</summary>
internal static class Requests
{
    private static readonly (string Topic, string[] Words)[] Things =
    [
        ("mortgage", ["my mortgage", "the mortgage on the house", "our home loan and mortgage"]),
        ("card", ["my credit card", "the debit card", "a lost card"]),
        ("savings", ["my savings account", "the savings of my son", "our savings plan"]),
    ];

    private static readonly (string Topic, string[] Words)[] Deeds =
    [
        ("cancel", ["Please cancel", "I want to close and cancel", "Stop and cancel"]),
        ("transfer", ["Please transfer money from", "I want to send a transfer to", "Transfer the rest of"]),
        ("", ["Tell me about", "I have a question on", "What are the fees of"]),
    ];

    public static Request[] All { get; } =
    [
        .. from thing in Things
           from deed in Deeds
           from t in thing.Words
           from d in deed.Words
           select new Request { Text = $"{d} {t}.", Topics = $"{thing.Topic} {deed.Topic}".Trim() },
    ];
}
