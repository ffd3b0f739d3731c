namespace MLTransfer.Onnx.Sessions;

/// <summary>
/// A share of a pooled session. The session ends when its last lease is disposed; disposing twice is harmless. Fitted models are rarely disposed in practice, so a
/// forgotten lease gives itself back when it is collected.
/// </summary>
internal sealed class SessionLease : IDisposable
{
    private readonly OnnxSession _session;
    private Action? _giveBack;

    public SessionLease(OnnxSession session, Action giveBack)
    {
        _session = session;
        _giveBack = giveBack;
    }

    /// <exception cref="ObjectDisposedException">The lease was given back.</exception>
    public OnnxSession Session
    {
        get
        {
            ObjectDisposedException.ThrowIf(_giveBack is null, this);
            return _session;
        }
    }

    ~SessionLease() => GiveBack();

    public void Dispose()
    {
        GiveBack();
        GC.SuppressFinalize(this);
    }

    private void GiveBack() => Interlocked.Exchange(ref _giveBack, null)?.Invoke();
}
