using MLTransfer.Onnx.Training.Graphs;

namespace MLTransfer.Onnx.Tests.Training.Graphs;

internal sealed class StepWorkersTests
{
    [Test]
    public void Run_DoesEachPartOnce_OnItsOwnThread()
    {
        int[] times = new int[4];
        int[] threads = new int[4];
        using var workers = new StepWorkers(4, part =>
        {
            Interlocked.Increment(ref times[part]);
            threads[part] = Environment.CurrentManagedThreadId;
        });
        workers.Run(4);
        int[] first = [.. threads];
        for (int i = 0; i < 50; i++)
            workers.Run(1 + i % 4);
        Assert.That(first.Distinct().Count(), Is.EqualTo(4));
        Assert.That(threads, Is.EqualTo(first), "a part stays on its thread");
        Assert.That(threads[0], Is.EqualTo(Environment.CurrentManagedThreadId));
        Assert.That(times[0], Is.EqualTo(51));
        Assert.That(times[3], Is.EqualTo(1 + Enumerable.Range(0, 50).Count(i => i % 4 == 3)));
    }

    [Test]
    public void Run_APartFails_ThrowsItsErrorAfterAllAreDone_AndGoesOnAfterwards()
    {
        int done = 0;
        bool fails = true;
        using var workers = new StepWorkers(3, part =>
        {
            if (part == 1 && fails)
                throw new InvalidDataException("part 1");
            Thread.Sleep(part * 10);
            Interlocked.Increment(ref done);
        });
        Assert.That(() => workers.Run(3), Throws.TypeOf<InvalidDataException>().With.Message.EqualTo("part 1"));
        Assert.That(done, Is.EqualTo(2));
        fails = false;
        workers.Run(3);
        Assert.That(done, Is.EqualTo(5));
    }

    [Test]
    public void Run_SeveralPartsFail_ThrowsTheFirst()
    {
        using var workers = new StepWorkers(3, part => throw new InvalidOperationException($"part {part}"));
        Assert.That(() => workers.Run(3), Throws.InvalidOperationException.With.Message.EqualTo("part 0"));
    }

    [Test]
    public void Dispose_EndsTheThreads_AndTwiceIsHarmless()
    {
        Thread[] threads = new Thread[3];
        var workers = new StepWorkers(3, part => threads[part] = Thread.CurrentThread);
        workers.Run(3);
        Assert.That(threads[1..].Select(t => t.IsAlive), Is.All.True);
        workers.Dispose();
        Assert.That(threads[1..].Select(t => t.IsAlive), Is.All.False);
        workers.Dispose();
    }

    [Test]
    public void Run_OnePart_NeedsNoThread()
    {
        int thread = 0;
        using var workers = new StepWorkers(1, _ => thread = Environment.CurrentManagedThreadId);
        workers.Run(1);
        Assert.That(thread, Is.EqualTo(Environment.CurrentManagedThreadId));
    }
}
