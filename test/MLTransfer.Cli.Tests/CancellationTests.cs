using MLTransfer.Cli.Training;

namespace MLTransfer.Cli.Tests;

[TestFixture]
public class CancellationTests
{
    [Test]
    public void Unwrapped_CancellationInsideOtherErrors_IsThrownAsItself()
    {
        var cancelled = new OperationCanceledException("told to end");
        Assert.That(() => Cancellation.Unwrapped<int>(() => throw new InvalidOperationException("splitter", new AggregateException(cancelled))), Throws.Exception.SameAs(cancelled));
    }

    [Test]
    public void Unwrapped_OtherErrors_StayAsTheyAre()
    {
        var error = new InvalidOperationException("no", new IOException("disk"));
        Assert.That(() => Cancellation.Unwrapped<int>(() => throw error), Throws.Exception.SameAs(error));
    }

    [Test]
    public void Unwrapped_Done_GivesTheResult() => Assert.That(Cancellation.Unwrapped(() => 3), Is.EqualTo(3));
}
