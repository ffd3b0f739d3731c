using MLTransfer.Evaluation;

namespace MLTransfer.Tests.Evaluation;

public sealed class SampleSplitTests
{
    private static readonly int[][] Places = [[.. Enumerable.Range(0, 20)], [.. Enumerable.Range(20, 10)]];

    [Test]
    public void Take_AnyNumber_DrawsAsManyOfEachClass()
    {
        List<int> taken = new SampleSplit(Places, seed: 3, testFraction: null).Take(4);

        Assert.That(taken, Is.Unique);
        Assert.That(taken.Count(p => p < 20), Is.EqualTo(4));
        Assert.That(taken.Count(p => p >= 20), Is.EqualTo(4));
    }

    [Test]
    public void Take_SmallerNumber_IsPartOfTheLarger()
    {
        var split = new SampleSplit(Places, seed: 3, testFraction: 0.25);

        Assert.That(split.Take(2), Is.SubsetOf(split.Take(5)));
    }

    [Test]
    public void TestPlaces_Fraction_PutsThatPartOfEachClassAside()
    {
        var split = new SampleSplit(Places, seed: 3, testFraction: 0.3);

        Assert.That(split.TestPlaces.Count(p => p < 20), Is.EqualTo(6));
        Assert.That(split.TestPlaces.Count(p => p >= 20), Is.EqualTo(3));
        Assert.That(split.TestPlaces.Intersect(split.Take(7)), Is.Empty);
    }

    [Test]
    public void Constructor_SameSeed_DrawsTheSameRows()
    {
        List<int> first = new SampleSplit(Places, 5, 0.2).Take(3);
        List<int> again = new SampleSplit(Places, 5, 0.2).Take(3);
        List<int> other = new SampleSplit(Places, 6, 0.2).Take(3);

        Assert.That(again, Is.EqualTo(first));
        Assert.That(other, Is.Not.EqualTo(first));
    }
}
