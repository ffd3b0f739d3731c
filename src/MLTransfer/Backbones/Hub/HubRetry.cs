namespace MLTransfer.Backbones;

/// <summary>Counts failures that may be over in a moment, and waits between tries: twice as long each time and by a random part, so that many machines do not come back together.</summary>
internal sealed class HubRetry(HubSettings settings)
{
    private const int MostFailures = 5;

    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(20);

    // Who is told to wait longer had better be told than kept.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(2);

    private int _failures;

    /// <summary>What counts starts anew: the try before brought something.</summary>
    public void Progressed() => _failures = 0;

    /// <summary>Whether to try again after this; for exception filters.</summary>
    public bool Takes(HubRetryException failure) => ++_failures < MostFailures && !(failure.Wait > LongestWait);

    public Task WaitAsync(HubRetryException failure, CancellationToken cancel)
    {
        double doubled = Math.Min(settings.Options.RetryDelay.TotalSeconds * (1 << (_failures - 1)), LongestBackoff.TotalSeconds);
        return Task.Delay(failure.Wait ?? TimeSpan.FromSeconds(doubled * (0.5 + Random.Shared.NextDouble())), cancel);
    }
}
