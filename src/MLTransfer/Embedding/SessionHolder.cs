using MLTransfer.Onnx.Sessions;

namespace MLTransfer.Embedding;

/// <summary>
/// How an encoder has its session. A cursor holds a lease from its first to its last row. A row of a prediction engine is never disposed by the engine, so it takes a lease
/// for each run: the fitted step keeps the session alive in between, and once the step is disposed nothing keeps it.
/// </summary>
/// <param name="rent">Gives a lease, or an error where the fitted step was disposed.</param>
/// <param name="holds">True to hold one lease until disposed.</param>
internal sealed class SessionHolder(Func<SessionLease> rent, bool holds) : IDisposable
{
    private SessionLease? _held;
    private bool _disposed;

    /// <summary>A lease for a run. Give it to <see cref="Return"/>.</summary>
    public SessionLease Take()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return holds ? _held ??= rent() : rent();
    }

    public void Return(SessionLease lease)
    {
        if (!holds)
            lease.Dispose();
    }

    public void Dispose()
    {
        _disposed = true;
        _held?.Dispose();
    }
}
