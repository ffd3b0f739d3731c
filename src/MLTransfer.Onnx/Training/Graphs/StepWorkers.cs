namespace MLTransfer.Onnx.Training.Graphs;

/// <summary>
/// Threads that wait for parts of a step: part 0 is done by the caller, the others by one thread each, always the same. Handing a part over costs some microseconds and allocates nothing.
/// Not thread-safe.
/// </summary>
internal sealed class StepWorkers : IDisposable
{
    private readonly SemaphoreSlim[] _starts;
    private readonly CountdownEvent _done = new(1);
    private readonly Exception?[] _errors;
    private readonly Thread[] _threads;
    private Action<int> _part = _ => { };
    private volatile bool _ends;

    /// <param name="count">Parts that can be done at a time.</param>
    public StepWorkers(int count)
    {
        _errors = new Exception?[count];
        _starts = [.. Enumerable.Range(0, count - 1).Select(_ => new SemaphoreSlim(0))];
        _threads = [.. Enumerable.Range(1, count - 1).Select(i => new Thread(() => Work(i)) { IsBackground = true, Name = $"training {i}" })];
        foreach (Thread thread in _threads)
            thread.Start();
    }

    /// <summary>Does parts 0 to <paramref name="count"/> − 1 and comes back when all are done; the first error is thrown.</summary>
    /// <param name="count">Parts, at most as many as can be done at a time.</param>
    /// <param name="part">Does one; called with its index.</param>
    public void Run(int count, Action<int> part)
    {
        _part = part;
        if (count > 1)
            _done.Reset(count - 1);
        for (int i = 1; i < count; i++)
            _starts[i - 1].Release();
        Do(0);
        if (count > 1)
            _done.Wait();
        for (int i = 0; i < count; i++)
        {
            if (_errors[i] is Exception error)
            {
                Array.Clear(_errors);
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(error);
            }
        }
    }

    /// <summary>Ends the threads and waits until they have ended. Not while parts are done.</summary>
    public void Dispose()
    {
        if (_ends)
            return;
        _ends = true;
        foreach (SemaphoreSlim start in _starts)
            start.Release();
        foreach (Thread thread in _threads)
            thread.Join();
        foreach (SemaphoreSlim start in _starts)
            start.Dispose();
        _done.Dispose();
    }

    private void Work(int index)
    {
        while (true)
        {
            _starts[index - 1].Wait();
            if (_ends)
                return;
            Do(index);
            _done.Signal();
        }
    }

    private void Do(int index)
    {
        try
        {
            _part(index);
        }
        catch (Exception e)
        {
            _errors[index] = e;
        }
    }
}
