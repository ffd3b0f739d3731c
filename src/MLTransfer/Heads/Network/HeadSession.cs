using MLTransfer.Onnx.Graphs;
using MLTransfer.Onnx.Sessions;

namespace MLTransfer.Heads.Network;

/// <summary>A fitted head's share of its session, one thread on the processor: a head is too small to divide. Thread-safe.</summary>
internal sealed class HeadSession : IDisposable
{
    private static readonly SessionSettings Settings = new() { IntraOpThreadCount = 1 };

    private readonly ModelSource _source;
    private readonly SessionLease _lease;
    private volatile bool _disposed;

    public HeadSession(HeadNetwork network)
    {
        _source = ModelSource.FromMemory(network.ToModel(isTraining: false).ToBytes(), "the head");
        _lease = SessionPool.Shared.Rent(_source, Settings);
    }

    /// <summary>A further share, which the caller disposes. Views and rows outlive the step they came from; they must not bring its session back to life.</summary>
    public SessionLease Rent()
    {
        ThrowIfDisposed(this);
        return SessionPool.Shared.Rent(_source, Settings);
    }

    public void ThrowIfDisposed(object owner) => ObjectDisposedException.ThrowIf(_disposed, owner);

    public void Dispose()
    {
        _disposed = true;
        _lease.Dispose();
    }
}
