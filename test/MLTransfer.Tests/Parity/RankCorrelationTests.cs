using System.Globalization;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Parity;

internal sealed class RankCorrelationTests
{
    [Test]
    public void Spearman_WithAndWithoutTies_IsScipys()
    {
        string[][] cases = ParityFiles.Table("spearman.tsv");
        Assert.That(cases, Has.Length.EqualTo(6));
        foreach (string[] line in cases)
        {
            Assert.That(RankCorrelation.Spearman(Numbers(line[0]), Numbers(line[1])),
                Is.EqualTo(Numbers(line[2])[0]).Within(1e-12), "double sums in another order");
        }
    }

    private static double[] Numbers(string field) => [.. field.Split(' ').Select(n => double.Parse(n, CultureInfo.InvariantCulture))];
}
