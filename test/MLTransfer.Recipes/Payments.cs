namespace MLTransfer.Recipes;

/// <summary>Sentences in which only the order of the words tells the label: who pays whom.</summary>
internal static class Payments
{
    private static readonly string[] Fillers = ["today", "please", "again", "now", "still", "today again"];

    public static readonly string[] Words = ["the", "customer", "shop", "pays", "today", "please", "again", "now", "still"];

    public static Ticket[] Make(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            bool isCustomer = random.Next(2) == 0;
            (string payer, string payee) = isCustomer ? ("customer", "shop") : ("shop", "customer");
            return new Ticket { Label = payer, Text = $"{Filler()} the {payer} pays {Filler()} the {payee} {Filler()}" };
        })];

        string Filler() => random.Next(2) == 0 ? "" : Fillers[random.Next(Fillers.Length)];
    }
}
