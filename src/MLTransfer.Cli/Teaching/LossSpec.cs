using System.Collections.Immutable;
using System.Globalization;

namespace MLTransfer.Cli.Teaching;

/// <summary>Losses on features as the command line writes them: "cosine:1,similarity:1:0.1".</summary>
internal static class LossSpec
{
    /// <summary>The forms, for help and messages.</summary>
    public const string Forms = "a list with commas of NAME, NAME:WEIGHT or, of similarity, NAME:WEIGHT:TEMPERATURE; NAME is cosine, similarity, hint, distance or angle";

    private const double DefaultTemperature = 0.1;

    /// <summary>Reads a list; null, and what is wrong with it, where it is none.</summary>
    public static ImmutableArray<DistillationLoss>? TryParse(string text, out string problem)
    {
        var losses = ImmutableArray.CreateBuilder<DistillationLoss>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (string part in text.Split(','))
        {
            string[] fields = part.Trim().Split(':');
            if (!names.Add(fields[0]))
            {
                problem = $"'{fields[0]}' stands there twice";
                return null;
            }
            if (TryParseTerm(fields, out problem) is not DistillationLoss loss)
                return null;
            losses.Add(loss);
        }
        problem = "";
        return losses.ToImmutable();
    }

    private static DistillationLoss? TryParseTerm(string[] fields, out string problem)
    {
        problem = $"'{fields[0]}' is none of the losses";
        if (fields[0] is not ("cosine" or "similarity" or "hint" or "distance" or "angle"))
            return null;
        problem = $"'{string.Join(':', fields)}' has too many numbers";
        if (fields.Length > (fields[0] == "similarity" ? 3 : 2))
            return null;
        double?[] numbers = [.. fields.Skip(1).Select(Number)];
        problem = $"in '{string.Join(':', fields)}' a weight or temperature is no number above 0";
        if (numbers.Contains(null))
            return null;
        double? weight = numbers.Length > 0 ? numbers[0] : null;
        return fields[0] switch
        {
            "cosine" => DistillationLoss.Cosine(weight ?? 1),
            "similarity" => DistillationLoss.Similarity(numbers.Length > 1 ? numbers[1]!.Value : DefaultTemperature, weight ?? 1),
            "hint" => DistillationLoss.Hint(weight ?? 1),
            "distance" => weight is double distance ? DistillationLoss.RelationalDistance(distance) : DistillationLoss.RelationalDistance(),
            _ => weight is double angle ? DistillationLoss.RelationalAngle(angle) : DistillationLoss.RelationalAngle(),
        };
    }

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value > 0 && double.IsFinite(value) ? value : null;
}
