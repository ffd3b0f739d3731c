using Microsoft.ML;

namespace MLTransfer.Recipes;

/// <summary>Made-up tickets of many wordings, of which few labelled ones show only a part.</summary>
internal static class Mailbox
{
    private static readonly string[] Openings = ["Hello,", "Dear team,", "Once more:", "Please help,", "Hi there,"];

    private static readonly (string Label, string[] Things, string[] Complaints)[] Kinds =
    [
        ("delivery", ["my parcel", "the package", "the box", "my shipment", "the delivery", "the courier", "the letter you mailed", "my freight"],
            ["has not come", "is late again", "stands before the wrong door", "was left in the rain", "is lost on the way"]),
        ("refund", ["my money", "the refund", "the invoice", "my payment", "the price I paid", "the bank transfer", "the amount you owe me", "my cash"],
            ["is still missing", "was charged twice", "has not been paid back", "is higher than agreed", "must be returned"]),
        ("account", ["my password", "my login", "the account", "my user name", "the sign-in page", "my profile", "the e-mail address I registered", "my pin"],
            ["is not accepted", "has been locked", "must be changed", "was forgotten", "cannot be opened"]),
    ];

    /// <summary>Tickets with their labels.</summary>
    public static Ticket[] Make(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            (string label, string[] things, string[] complaints) = Kinds[i % Kinds.Length];
            return new Ticket { Label = label, Text = $"{Any(random, Openings)} {Any(random, things)} {Any(random, complaints)}." };
        })];
    }

    /// <summary>Tickets of which nobody said what they are.</summary>
    public static Ticket[] MakeUnlabelled(int count, int seed) => [.. Make(count, seed).Select(t => new Ticket { Text = t.Text })];

    /// <summary>Saves a model that knows the tickets.</summary>
    public static void SaveTeacher(string path, int count, int seed)
    {
        var ml = new MLContext(seed: 0);
        IDataView data = ml.Data.LoadFromEnumerable(Make(count, seed));
        IDataView texts = ml.Transforms.SelectColumns("Text").Fit(data).Transform(data);
        IDataView keyed = ml.Transforms.Conversion.MapValueToKey("Label").Fit(data).Transform(data);
        using var model = ml.Transforms.EmbedText("Features", DefaultBackbones.Text).Append(ml.MulticlassClassification.Trainers.LinearHead()).Fit(keyed);
        ml.Model.Save(model, texts.Schema, path);
    }

    private static string Any(Random random, string[] words) => words[random.Next(words.Length)];
}
