namespace MLTransfer.Tests.Evaluation;

public sealed class TransferComparisonTests
{
    [Test]
    public void ToString_WithIsWorse_SaysFirstThatTransferHurt()
    {
        var comparison = Comparison([Run(10, 0, .34, .43), Run(10, 1, .36, .45), Run(10, 2, .30, .40), Run(10, 3, .38, .44), Run(10, 4, .33, .42)]);

        Assert.That(comparison.Verdict, Is.EqualTo(TransferVerdict.Hurt));
        Assert.That(FirstLine(comparison),
            Is.EqualTo("Transfer hurt: accuracy .34 with against .43 without at 10 labels per class (median of 5 seeds)"));
    }

    [Test]
    public void ToString_SeveralNumbers_GivesEach()
    {
        var comparison = Comparison([Run(4, 0, .5, .3), Run(8, 0, 1, .4)]);

        Assert.That(FirstLine(comparison),
            Is.EqualTo("Transfer helped: accuracy .50 with against .30 without at 4 labels per class, 1.00 against .40 at 8 (one seed)"));
    }

    [Test]
    public void Verdict_HelpsHereAndHurtsThere_IsMixed()
    {
        var comparison = Comparison([Run(4, 0, .5, .3), Run(64, 0, .7, .8)]);

        Assert.That(comparison.Verdict, Is.EqualTo(TransferVerdict.Mixed));
        Assert.That(FirstLine(comparison), Does.StartWith("Transfer helped at 4 and hurt at 64 labels per class: "));
    }

    [Test]
    public void Verdict_ThreeSeedsOfFive_IsUndecided()
    {
        var comparison = Comparison([Run(4, 0, .5, .3), Run(4, 1, .5, .3), Run(4, 2, .5, .3), Run(4, 3, .2, .3), Run(4, 4, .2, .3)]);

        Assert.That(comparison.Verdict, Is.EqualTo(TransferVerdict.Undecided));
        Assert.That(FirstLine(comparison), Does.StartWith("Transfer made no clear difference: "));
    }

    [Test]
    public void Verdict_OneNumberUndecided_IsThatOfTheOther()
    {
        var comparison = Comparison([Run(4, 0, .3, .3), Run(8, 0, .7, .4)]);

        Assert.That(comparison.Verdict, Is.EqualTo(TransferVerdict.Helped));
    }

    [TestCase(new[] { 3.0, 1, 2 }, 1, 2, 3)]
    [TestCase(new[] { 4.0, 1, 2, 3 }, 1, 2.5, 4)]
    [TestCase(new[] { 7.0 }, 7, 7, 7)]
    public void MetricSummary_Values_AreSorted(double[] values, double minimum, double median, double maximum)
    {
        Assert.That(MetricSummary.Of(values), Is.EqualTo(new MetricSummary(minimum, median, maximum)));
    }

    [Test]
    public void MetricSummary_OneValueUnknown_IsUnknown()
    {
        Assert.That(MetricSummary.Of([1, double.NaN, 3]), Is.EqualTo(new MetricSummary(double.NaN, double.NaN, double.NaN)));
    }

    private static string FirstLine(TransferComparison comparison) => comparison.ToString().Split('\n')[0];

    private static ComparisonRun Run(int labels, int seed, double with, double without) => ComparisonExamples.Run(labels, seed, with, without);

    private static TransferComparison Comparison(ComparisonRun[] runs) => ComparisonExamples.Of(runs);
}
