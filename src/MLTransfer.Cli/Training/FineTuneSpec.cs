using System.CommandLine;
using System.Globalization;

namespace MLTransfer.Cli.Training;

/// <summary>A freezing plan as the command line writes it.</summary>
internal static class FineTuneSpec
{
    /// <summary>The forms, for help and messages.</summary>
    public const string Forms = "last:N (the last N blocks), behind:VALUE (what follows a value of the graph), all, biases or norms";

    private const string Name = "--fine-tune";
    private const string Last = "last:";
    private const string Behind = "behind:";

    /// <summary>The option that takes one.</summary>
    /// <param name="description">What it is for.</param>
    /// <param name="otherwise">What is done without it.</param>
    public static Option<FreezingPlan?> Option(string description, string otherwise) => new(Name)
    {
        Description = $"{description}: {Forms}. Default: {otherwise}.",
        HelpName = "PLAN",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            FreezingPlan? plan = TryParse(text);
            if (plan is null)
                result.AddError($"{Name} '{text}' is no plan. Give {Forms}.");
            return plan;
        },
    };

    /// <summary>Reads one; null where it has none of the forms.</summary>
    public static FreezingPlan? TryParse(string text) => text switch
    {
        "all" => FreezingPlan.Everything,
        "biases" => FreezingPlan.BiasesOnly,
        "norms" => FreezingPlan.NormsOnly,
        _ when text.StartsWith(Last, StringComparison.Ordinal) =>
            int.TryParse(text[Last.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0 ? FreezingPlan.LastBlocks(count) : null,
        _ when text.StartsWith(Behind, StringComparison.Ordinal) && text.Length > Behind.Length => FreezingPlan.Behind(text[Behind.Length..]),
        _ => null,
    };
}
