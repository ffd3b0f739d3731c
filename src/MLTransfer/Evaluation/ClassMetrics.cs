using MLTransfer.Evaluation;

namespace MLTransfer;

/// <summary>How well one class was found, by the formulas of <see cref="ComparisonMetrics"/>.</summary>
/// <param name="Name">The class.</param>
/// <param name="Support">Rows of the class.</param>
/// <param name="Precision">0 to 1; 0 where it was never predicted.</param>
/// <param name="Recall">0 to 1; 0 where it never occurs.</param>
/// <param name="F1">0 to 1; 0 where it neither occurs nor was predicted.</param>
public sealed record ClassMetrics(string Name, long Support, double Precision, double Recall, double F1)
{
    internal static IReadOnlyList<ClassMetrics> Of(ConfusionMatrix confusion) => new ValueList<ClassMetrics>([.. confusion.ClassNames.Select((name, k) =>
    {
        long right = confusion[k, k], actual = confusion.LabelCount(k), predicted = confusion.PredictionCount(k);
        return new ClassMetrics(name, actual, Share(right, predicted), Share(right, actual), Share(2 * right, actual + predicted));
    })]);

    private static double Share(long part, long whole) => whole == 0 ? 0 : (double)part / whole;
}
