using System.Diagnostics;

namespace MLTransfer.Benchmarks.Measuring;

/// <summary>The largest working set of this process between its making and <see cref="Stop"/>, looked at every 10 ms.</summary>
internal sealed class MemoryPeak : IDisposable
{
    private readonly Timer _timer;
    private readonly Process _process = Process.GetCurrentProcess();
    private long _peak;
    private bool _disposed;

    public MemoryPeak()
    {
        GC.Collect();
        _timer = new Timer(_ => Look(), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(10));
    }

    public long Stop()
    {
        Look();
        return _peak;
    }

    public void Dispose()
    {
        _timer.Dispose();
        lock (_process)
        {
            _disposed = true;
            _process.Dispose();
        }
    }

    private void Look()
    {
        lock (_process)
        {
            // A look that was under way may come after the timer has ended.
            if (_disposed)
                return;
            _process.Refresh();
            _peak = Math.Max(_peak, _process.WorkingSet64);
        }
    }
}
