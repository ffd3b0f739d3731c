using System.Diagnostics;

namespace MLTransfer.Benchmarks.Measuring;

/// <summary>The largest working set of this process between its making and <see cref="Stop"/>, looked at every 10 ms.</summary>
internal sealed class MemoryPeak : IDisposable
{
    private readonly Timer _timer;
    private readonly Process _process = Process.GetCurrentProcess();
    private long _peak;

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
        _process.Dispose();
    }

    private void Look()
    {
        lock (_process)
        {
            _process.Refresh();
            _peak = Math.Max(_peak, _process.WorkingSet64);
        }
    }
}
