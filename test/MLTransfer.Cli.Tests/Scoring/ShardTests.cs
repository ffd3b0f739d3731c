using MLTransfer.Cli.Scoring;

namespace MLTransfer.Cli.Tests.Scoring;

[TestFixture]
public class ShardTests
{
    [TestCase(0, 1)]
    [TestCase(1, 3)]
    [TestCase(10, 3)]
    [TestCase(1000, 8)]
    [TestCase(100_000, 7)]
    [TestCase(long.MaxValue / 2, 99_999)]
    public void Rows_AllShards_CoverEveryRowOnce(long rowCount, int count)
    {
        long next = 0;
        for (int index = 0; index < count; index++)
        {
            RowRange rows = new Shard(index, count).Rows(rowCount, blockRowCount: 16);
            Assert.That(rows.First, Is.EqualTo(next));
            Assert.That(rows.Count, Is.GreaterThanOrEqualTo(0));
            next = rows.End;
        }
        Assert.That(next, Is.EqualTo(rowCount));
    }

    [Test]
    public void Rows_ShardsLongerThanABlock_BeginAtMultiplesOfIt() =>
        Assert.That(Enumerable.Range(0, 7).Select(i => new Shard(i, 7).Rows(1000, 16).First % 16), Is.All.Zero);

    [Test]
    public void Rows_ShardsShorterThanABlock_AreEvenAllTheSame() =>
        Assert.That(Enumerable.Range(0, 8).Select(i => new Shard(i, 8).Rows(100, 1024).Count), Is.All.InRange(12, 13));

    [Test]
    public void Rows_MoreShardsThanRows_SomeAreEmpty() =>
        Assert.That(Enumerable.Range(0, 5).Sum(i => new Shard(i, 5).Rows(2, 4).Count), Is.EqualTo(2));

    [Test]
    public void Rows_ShardsLongerThanABlock_DifferByOneBlockAtMost()
    {
        long[] counts = [.. Enumerable.Range(0, 8).Select(i => new Shard(i, 8).Rows(100_003, 1024).Count)];
        Assert.That(counts.Max() - counts.Min(), Is.LessThan(2 * 1024));
    }
}
