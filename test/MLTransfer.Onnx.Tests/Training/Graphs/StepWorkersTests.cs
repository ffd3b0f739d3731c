using MLTransfer.Onnx.Training.Graphs;

namespace MLTransfer.Onnx.Tests.Training.Graphs;

internal sealed class StepWorkersTests
{
    [Test]
    public void Run_DoesEachPartOnce_OnItsOwnThread()
    {
        int[] times = new int[4];
        int[] threads = new int[4];
        void Work(int part)
        {
            Interlocked.Increment(ref times[part]);
            threads[part] = Environment.CurrentManagedThreadId;
        }
        using var workers = new StepWorkers(4);
        workers.Run(4, Work);
        int[] first = [.. threads];
        for (int i = 0; i < 50; i++)
            workers.Run(1 + i % 4, Work);
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
        void Work(int part)
        {
            if (part == 1 && fails)
                throw new InvalidDataException("part 1");
            Thread.Sleep(part * 10);
            Interlocked.Increment(ref done);
        }
        using var workers = new StepWorkers(3);
        Assert.That(() => workers.Run(3, Work), Throws.TypeOf<InvalidDataException>().With.Message.EqualTo("part 1"));
        Assert.That(done, Is.EqualTo(2));
        fails = false;
        workers.Run(3, Work);
        Assert.That(done, Is.EqualTo(5));
    }

    [Test]
    public void Run_SeveralPartsFail_ThrowsTheFirst()
    {
        void Work(int part) => throw new InvalidOperationException($"part {part}");
        using var workers = new StepWorkers(3);
        Assert.That(() => workers.Run(3, Work), Throws.InvalidOperationException.With.Message.EqualTo("part 0"));
    }

    [Test]
    public void Dispose_EndsTheThreads_AndTwiceIsHarmless()
    {
        Thread[] threads = new Thread[3];
        void Work(int part) => threads[part] = Thread.CurrentThread;
        var workers = new StepWorkers(3);
        workers.Run(3, Work);
        Assert.That(threads[1..].Select(t => t.IsAlive), Is.All.True);
        workers.Dispose();
        Assert.That(threads[1..].Select(t => t.IsAlive), Is.All.False);
        workers.Dispose();
    }

    [Test]
    public void Run_OnePart_NeedsNoThread()
    {
        int thread = 0;
        void Work(int part) => thread = Environment.CurrentManagedThreadId;
        using var workers = new StepWorkers(1);
        workers.Run(1, Work);
        Assert.That(thread, Is.EqualTo(Environment.CurrentManagedThreadId));
    }
}
