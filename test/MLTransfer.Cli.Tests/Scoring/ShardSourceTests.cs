using MLTransfer.Cli.Scoring;

namespace MLTransfer.Cli.Tests.Scoring;

[TestFixture]
public class ShardSourceTests
{
    [Test]
    public void Find_NothingSaysAnything_IsTheOnlyShard() => Assert.That(Find(null, null), Is.EqualTo((Shard.Whole, "nothing")));

    [Test]
    public void Find_Option_IsReadFromZero() => Assert.That(Find("3/8", null), Is.EqualTo((new Shard(3, 8), "--shard 3/8")));

    [Test]
    public void Find_OwnVariables_AreRead() =>
        Assert.That(Find(null, null, ("MLTRANSFER_SHARD_INDEX", "2"), ("MLTRANSFER_SHARD_COUNT", "4")), Is.EqualTo((new Shard(2, 4), "MLTRANSFER_SHARD_INDEX=2")));

    [Test]
    public void Find_KubernetesIndexWithCount_IsRead() => Assert.That(Find(null, 4, ("JOB_COMPLETION_INDEX", "0")).Shard, Is.EqualTo(new Shard(0, 4)));

    [Test]
    public void Find_KubernetesIndexWithOurCount_IsRead() =>
        Assert.That(Find(null, null, ("JOB_COMPLETION_INDEX", "1"), ("MLTRANSFER_SHARD_COUNT", "2")).Shard, Is.EqualTo(new Shard(1, 2)));

    [Test]
    public void Find_KubernetesIndexAlone_AsksForTheCount() =>
        Refused(() => Find(null, null, ("JOB_COMPLETION_INDEX", "1")), "JOB_COMPLETION_INDEX is 1", "--shard-count");

    [TestCase("5", "5", "8", "12", 0)]
    [TestCase("7", "5", "8", "12", 2)]
    public void Find_SlurmArray_CountsFromItsFirst(string id, string first, string count, string last, int index) => Assert.That(
        Find(null, null, ("SLURM_ARRAY_TASK_ID", id), ("SLURM_ARRAY_TASK_MIN", first), ("SLURM_ARRAY_TASK_COUNT", count), ("SLURM_ARRAY_TASK_MAX", last)).Shard,
        Is.EqualTo(new Shard(index, 8)));

    [Test]
    public void Find_OneSlurmTaskSubmittedAgain_KeepsItsShardWhereTheCountIsGiven() => Assert.That(
        Find(null, 8, ("SLURM_ARRAY_TASK_ID", "3"), ("SLURM_ARRAY_TASK_MIN", "3"), ("SLURM_ARRAY_TASK_COUNT", "1"), ("SLURM_ARRAY_TASK_MAX", "3")).Shard, Is.EqualTo(new Shard(3, 8)));

    [Test]
    public void Find_SlurmArrayWithHoles_IsRefused() => Refused(
        () => Find(null, null, ("SLURM_ARRAY_TASK_ID", "4"), ("SLURM_ARRAY_TASK_MIN", "0"), ("SLURM_ARRAY_TASK_COUNT", "3"), ("SLURM_ARRAY_TASK_MAX", "4")), "leaves numbers out", "--shard-count");

    [Test]
    public void Find_SourcesThatAgree_AreFine() => Assert.That(Find("1/2", 2, ("MLTRANSFER_SHARD_INDEX", "1"), ("JOB_COMPLETION_INDEX", "1")).Shard, Is.EqualTo(new Shard(1, 2)));

    [Test]
    public void Find_OptionAgainstSlurm_NamesBoth() => Refused(
        () => Find("0/4", null, ("SLURM_ARRAY_TASK_ID", "1"), ("SLURM_ARRAY_TASK_MIN", "0"), ("SLURM_ARRAY_TASK_COUNT", "4")), "--shard 0/4 asks for shard 0 of 4", "SLURM_ARRAY_TASK_ID=1 for shard 1 of 4");

    [Test]
    public void Find_TwoCounts_NamesBoth() => Refused(() => Find(null, 4, ("MLTRANSFER_SHARD_COUNT", "8")), "--shard-count says 4", "MLTRANSFER_SHARD_COUNT says 8");

    [Test]
    public void Find_OptionAgainstCount_NamesBoth() => Refused(() => Find("0/4", 8), "--shard 0/4", "--shard-count says 8");

    [TestCase("4/4")]
    [TestCase("-1/4")]
    [TestCase("1")]
    [TestCase("a/b")]
    [TestCase("0/0")]
    [TestCase("1/2/3")]
    [TestCase("")]
    public void Find_OptionThatMakesNoSense_IsRefused(string option) => Refused(() => Find(option, null), "shard");

    [Test]
    public void Find_CountWithoutIndex_IsRefused() => Refused(() => Find(null, 4), "--shard-count says 4", "which one this is");

    [Test]
    public void Find_VariableThatIsNoNumber_NamesIt() => Refused(() => Find(null, 2, ("JOB_COMPLETION_INDEX", "first")), "JOB_COMPLETION_INDEX is 'first'");

    private static (Shard Shard, string Source) Find(string? option, int? count, params (string Name, string Value)[] environment) =>
        ShardSource.Find(option, count, name => environment.FirstOrDefault(v => v.Name == name).Value);

    private static void Refused(Action find, params string[] words)
    {
        string message = Assert.Throws<ArgumentException>(() => find())!.Message;
        foreach (string word in words)
            Assert.That(message, Does.Contain(word));
    }
}
