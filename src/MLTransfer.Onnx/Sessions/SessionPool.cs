using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Sessions;

/// <summary>
/// Shares sessions between steps, cursors and prediction engines: equal graphs (by content) with equal settings have one session, which lives as long as anybody holds a
/// lease on it. Thread-safe.
/// </summary>
internal sealed class SessionPool
{
    private readonly object _lock = new();
    private readonly Dictionary<Key, Entry> _entries = [];

    /// <summary>The pool that everything in this process shares.</summary>
    public static SessionPool Shared { get; } = new();

    /// <summary>Sessions that are alive now.</summary>
    public int SessionCount
    {
        get
        {
            lock (_lock)
                return _entries.Count;
        }
    }

    /// <summary>A lease on the session over this graph, made now if nobody has one.</summary>
    /// <param name="source">The graph, checked by the guard before ONNX Runtime sees it.</param>
    /// <param name="settings">How it runs.</param>
    /// <param name="warn">Told when a new session does not run where it was asked to.</param>
    public SessionLease Rent(ModelSource source, SessionSettings settings, Action<string>? warn = null)
    {
        var key = new Key(source.Sha256, settings);
        Entry? entry;
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out entry))
                _entries.Add(key, entry = new Entry(new Lazy<OnnxSession>(() => OnnxSession.Create(source, settings, warn))));
            entry.LeaseCount++;
        }
        try
        {
            // Outside the lock: making a session takes up to seconds, and others may want other sessions meanwhile.
            return new SessionLease(entry.Session.Value, () => GiveBack(key, entry));
        }
        catch
        {
            GiveBack(key, entry);
            throw;
        }
    }

    private void GiveBack(Key key, Entry entry)
    {
        lock (_lock)
        {
            if (--entry.LeaseCount > 0)
                return;
            _entries.Remove(key);
        }
        if (entry.Session.IsValueCreated)
            entry.Session.Value.Dispose();
    }

    private sealed record Key(string Sha256, SessionSettings Settings);

    private sealed class Entry(Lazy<OnnxSession> session)
    {
        public Lazy<OnnxSession> Session { get; } = session;

        public int LeaseCount { get; set; }
    }
}
