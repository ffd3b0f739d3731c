using System.Diagnostics.CodeAnalysis;
using MLTransfer.Internal;

namespace MLTransfer.Features;

/// <summary>
/// Rows of numbers in a folder, found by a hash of what they depend on. Each process appends to a segment file of its own and reads those of all, so any number of them may use a folder at a time
/// without locks; what one writes, another sees when it opens the folder or <see cref="Refresh"/>es. Memory holds only where each row lies, 60 to 120 bytes a row. Every read is checked: a record
/// that is damaged, or was being written when its process died, is a row that is not there. Thread-safe.
/// </summary>
internal sealed class FeatureStore : IDisposable
{
    /// <summary>Hexadecimal digits of a store's fingerprint, a SHA-256.</summary>
    public const int FingerprintLength = 64;

    /// <summary>A row whose record is larger is not kept.</summary>
    public const long RecordLimit = 1L << 30;

    private const int FolderNameLength = 16;
    private const string Extension = ".features";

    // Beyond it an append flushes.
    private const int BufferLimit = 1 << 20;

    // Each run that computes something leaves a segment; the usual limit of a process is 1024 files.
    private const int OpenSegmentLimit = 128;

    private readonly object _lock = new();
    private readonly string _fingerprint;
    private readonly WriteBytes _write;
    private readonly List<FeatureSegment> _segments = [];
    private readonly Dictionary<FeatureKey, RecordPlace> _places = [];

    // Rows that two processes computed at the same time, or that were computed again because the first record was damaged.
    private readonly Dictionary<FeatureKey, RecordPlace> _copies = [];
    private SegmentWriter? _writer;
    private int _writerIndex = -1;
    private long _damaged;
    private bool _disposed;

    private FeatureStore(string folder, string fingerprint, WriteBytes write)
    {
        Folder = folder;
        _fingerprint = fingerprint;
        _write = write;
    }

    /// <summary>Where the segments lie: a folder of the given one, named by the fingerprint.</summary>
    public string Folder { get; }

    /// <summary>Distinct rows that can be read.</summary>
    public long Count
    {
        get
        {
            lock (_lock)
                return _places.Count;
        }
    }

    /// <summary>Damage met so far: segments that end in something that is no whole record (their process was killed, or still writes), and records whose checksum was wrong.</summary>
    public long DamagedCount
    {
        get
        {
            lock (_lock)
                return _damaged + _segments.Count(s => s.HasTail);
        }
    }

    /// <summary>Opens a folder, which is made where it does not exist, and lists what it holds.</summary>
    /// <param name="folder">The folder; stores with other fingerprints may share it.</param>
    /// <param name="fingerprint">SHA-256, as 64 hexadecimal digits, of everything that the rows depend on besides their keys: format, model, settings.</param>
    /// <exception cref="ArgumentException">The fingerprint is no SHA-256.</exception>
    /// <exception cref="IOException">The folder cannot be made, read or written.</exception>
    /// <exception cref="InvalidDataException">A segment is of a newer version, or of another model.</exception>
    public static FeatureStore Open(string folder, string fingerprint) => Open(folder, fingerprint, RandomAccess.Write);

    /// <summary>The same with another way to write, for tests of full disks.</summary>
    internal static FeatureStore Open(string folder, string fingerprint, WriteBytes write)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        if (fingerprint.Length != FingerprintLength || !fingerprint.All(char.IsAsciiHexDigit))
            throw Throw.StoreFingerprint(fingerprint, FingerprintLength);
        fingerprint = fingerprint.ToLowerInvariant();
        string own = Path.Combine(Path.GetFullPath(folder), fingerprint[..FolderNameLength]);
        try
        {
            Directory.CreateDirectory(own);
            // A folder that cannot be written is an error now rather than after the first rows were computed.
            using FileStream probe = new(Path.Combine(own, $"{Guid.NewGuid():N}.probe"), FileMode.CreateNew, FileAccess.Write, FileShare.None, 0, FileOptions.DeleteOnClose);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Throw.FeatureFolderUnusable(own, e);
        }
        var store = new FeatureStore(own, fingerprint, write);
        try
        {
            store.Refresh();
        }
        catch
        {
            store.Dispose();
            throw;
        }
        return store;
    }

    /// <summary>The outputs of a row.</summary>
    /// <exception cref="IOException">The disk cannot be read.</exception>
    public bool TryRead(in FeatureKey key, [NotNullWhen(true)] out FeatureBlock[]? blocks)
    {
        while (true)
        {
            RecordPlace place;
            FeatureSegment segment;
            lock (_lock)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                if (!_places.TryGetValue(key, out place))
                {
                    blocks = null;
                    return false;
                }
                if (_writer is not null && _writer.FindBuffered(place) is { IsEmpty: false } record)
                    return FeatureRecord.TryRead(record, key, out blocks);
                segment = _segments[place.Segment];
            }
            if (segment.TryRead(place, key, out blocks))
                return true;
            Forget(key, place);
        }
    }

    /// <summary>Adds a row, unless its key is there. It may be in memory alone until <see cref="Flush"/>.</summary>
    /// <exception cref="IOException">The folder is full or cannot be written; the row was not added, those before are there.</exception>
    public void Append(in FeatureKey key, FeatureBlock[] blocks)
    {
        long length = FeatureRecord.LengthOf(blocks);
        if (length > RecordLimit)
            return;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_places.ContainsKey(key))
                return;
            SegmentWriter writer = _writer ?? Begin();
            if (writer.Buffered + length > BufferLimit)
                writer.Flush();
            _places.Add(key, writer.Append(key, blocks, (int)length));
        }
    }

    /// <summary>Hands all rows to the operating system: whatever happens to this process afterwards, they are there.</summary>
    /// <exception cref="IOException">The folder is full or cannot be written. The rows stay in memory, and the next call tries again.</exception>
    public void Flush()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _writer?.Flush();
        }
    }

    /// <summary>Lists the rows that other processes have written since.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    /// <exception cref="InvalidDataException">A segment is of a newer version, or of another model.</exception>
    public void Refresh()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            Dictionary<string, int> known = _segments.Select((s, i) => (s.Path, i)).ToDictionary(p => p.Path, p => p.i);
            string path = Folder;
            try
            {
                foreach (string file in Directory.EnumerateFiles(Folder, "*" + Extension).Order(StringComparer.Ordinal))
                {
                    path = file;
                    if (!known.TryGetValue(file, out int index))
                        index = _segments.Count;
                    if (index != _writerIndex)
                        Scan(index, file);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw Throw.SegmentUnreadable(path, e);
            }
        }
    }

    /// <summary>Flushes and closes the files.</summary>
    /// <exception cref="IOException">The folder is full or cannot be written: the rows since the last <see cref="Flush"/> are lost.</exception>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed)
                return;
            _disposed = true;
            try
            {
                _writer?.Flush();
            }
            finally
            {
                foreach (FeatureSegment segment in _segments)
                    segment.Dispose();
            }
        }
    }

    private void Scan(int index, string file)
    {
        FeatureSegment segment = index < _segments.Count ? _segments[index] : new FeatureSegment(file, keepOpen: index < OpenSegmentLimit);
        try
        {
            segment.Scan(_fingerprint, (key, offset, length) =>
            {
                var place = new RecordPlace(index, length, offset);
                if (!_places.TryAdd(key, place))
                    _copies[key] = place;
            });
        }
        catch (FileNotFoundException)
        {
            // Deleted by somebody since the folder was listed.
            return;
        }
        if (index == _segments.Count)
            _segments.Add(segment);
    }

    private SegmentWriter Begin()
    {
        var segment = new FeatureSegment(Path.Combine(Folder, $"{Guid.NewGuid():N}{Extension}"), keepOpen: true);
        _writerIndex = _segments.Count;
        _segments.Add(segment);
        return _writer = new SegmentWriter(segment, _writerIndex, _fingerprint, _write);
    }

    /// <summary>A record turned out to be damaged: another of the same row takes its place, if there is one.</summary>
    private void Forget(in FeatureKey key, RecordPlace place)
    {
        lock (_lock)
        {
            if (!_places.TryGetValue(key, out RecordPlace current) || current != place)
                return;
            _damaged++;
            if (_copies.Remove(key, out RecordPlace copy))
                _places[key] = copy;
            else
                _places.Remove(key);
        }
    }
}
