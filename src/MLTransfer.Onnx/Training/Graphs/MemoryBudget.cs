namespace MLTransfer.Onnx.Training.Graphs;

/// <summary>Bytes that may still be taken, by whoever comes first. Thread-safe.</summary>
internal sealed class MemoryBudget(long bytes)
{
    private long _left = bytes;

    /// <summary>Takes bytes; false where not so many are left.</summary>
    public bool TryTake(long count)
    {
        if (Interlocked.Add(ref _left, -count) >= 0)
            return true;
        Interlocked.Add(ref _left, count);
        return false;
    }
}
