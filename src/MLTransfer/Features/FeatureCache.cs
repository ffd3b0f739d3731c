using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using MLTransfer.Features;
using MLTransfer.Onnx.Sessions;

namespace MLTransfer;

/// <summary>
/// Holds the features of rows a backbone has already seen, in memory and, if a folder is named, on disk, so that training epochs, cross-validation folds, evaluation, repeated scoring and
/// later runs run the backbone once for each distinct row.
/// </summary>
/// <remarks>
/// <para>
/// The key of an entry is a SHA-256 over the graph's bytes, the feature output, pooling, preprocessing, provider, precision and the row's content, never a path or a row
/// number, so one cache may serve any number of backbones and pipelines. When the limit is reached the least recently used rows leave the memory first. Thread-safe.
/// </para>
/// <para>
/// A folder may be used by several processes at a time, and holds what was computed until it is deleted, which it may be whenever nobody uses it. It never delivers features of another model: the
/// key covers the model, every read compares the whole key, and what was computed by another version of MLTransfer or of ONNX Runtime lies in a folder of its own. Rows are handed to the operating
/// system after each run of the backbone: a process that is killed loses the work of one run for each core at most.
/// </para>
/// </remarks>
public sealed class FeatureCache : IDisposable
{
    /// <summary>The limit unless another is given: 256 MiB, about 160,000 pooled vectors of 384 numbers.</summary>
    public const long DefaultMemoryLimit = 256L * 1024 * 1024;

    // Key, list node, dictionary slot, block and array headers: measured with GC.GetAllocatedBytesForCurrentThread and rounded up.
    private const int EntryOverhead = 232;
    private const int BlockOverhead = 72;

    private readonly object _lock = new();
    private readonly FeatureStore? _store;
    private readonly Dictionary<FeatureKey, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = new();
    private long _hits;
    private long _diskHits;
    private long _misses;
    private long _evictions;
    private long _byteCount;

    /// <summary>Makes an empty cache.</summary>
    /// <param name="memoryLimit">Bytes it may hold in memory. 0 holds nothing there: without a folder, every row is computed each time it is asked for.</param>
    /// <param name="folder">Where rows are kept for later runs too; made if it does not exist. Null, the default, keeps nothing on disk.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="memoryLimit"/> is negative.</exception>
    /// <exception cref="IOException">The folder cannot be made, read or written.</exception>
    /// <exception cref="InvalidDataException">A file in the folder is of a newer version, or was copied there from another cache.</exception>
    public FeatureCache(long memoryLimit = DefaultMemoryLimit, string? folder = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(memoryLimit);
        MemoryLimit = memoryLimit;
        if (folder is not null)
            _store = FeatureStore.Open(folder, StoreFingerprint());
        Folder = folder;
    }

    /// <summary>Bytes of memory this cache may hold.</summary>
    public long MemoryLimit { get; }

    /// <summary>Where rows are kept on disk; null where they are not.</summary>
    public string? Folder { get; }

    /// <summary>Counters up to now.</summary>
    public FeatureCacheStatistics Statistics
    {
        get
        {
            long onDisk = _store?.Count ?? 0, damages = _store?.DamagedCount ?? 0;
            lock (_lock)
                return new FeatureCacheStatistics(_hits, _misses, _evictions, _entries.Count, _byteCount, _diskHits, onDisk, damages);
        }
    }

    /// <summary>Drops all entries in memory. The counters stay, and so do the rows on disk.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _entries.Clear();
            _byUse.Clear();
            _byteCount = 0;
        }
    }

    /// <summary>Closes the files of the folder. A cache without one holds nothing to close, and goes on; one with a folder cannot be used afterwards.</summary>
    public void Dispose() => _store?.Dispose();

    /// <summary>The outputs of a row, or null; counts a hit or a miss.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    internal FeatureBlock[]? Find(in FeatureKey key)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out LinkedListNode<Entry>? node))
            {
                _hits++;
                _byUse.Remove(node);
                _byUse.AddLast(node);
                return node.Value.Blocks;
            }
            if (_store is null)
            {
                _misses++;
                return null;
            }
        }
        bool isOnDisk = _store.TryRead(key, out FeatureBlock[]? blocks);
        lock (_lock)
        {
            if (isOnDisk)
            {
                _hits++;
                _diskHits++;
            }
            else
            {
                _misses++;
            }
        }
        if (isOnDisk)
            Remember(key, blocks!);
        return blocks;
    }

    /// <summary>A row that equals another row of the same window: no entry to find yet, but no run either.</summary>
    internal void CountSharedRow()
    {
        lock (_lock)
            _hits++;
    }

    /// <summary>Keeps a row; on disk it is only with the next <see cref="Flush"/> for sure.</summary>
    /// <exception cref="IOException">The folder is full or cannot be written.</exception>
    internal void Add(in FeatureKey key, FeatureBlock[] blocks)
    {
        Remember(key, blocks);
        _store?.Append(key, blocks);
    }

    /// <summary>Hands the rows added so far to the operating system, so that they outlive this process.</summary>
    /// <exception cref="IOException">The folder is full or cannot be written.</exception>
    internal void Flush() => _store?.Flush();

    private void Remember(in FeatureKey key, FeatureBlock[] blocks)
    {
        long size = EntryOverhead;
        foreach (FeatureBlock block in blocks)
            size += BlockOverhead + block.ByteCount;
        if (size > MemoryLimit)
            return;
        lock (_lock)
        {
            ref LinkedListNode<Entry>? node = ref CollectionsMarshal.GetValueRefOrAddDefault(_entries, key, out bool exists);
            if (exists)
                return;
            node = _byUse.AddLast(new Entry(key, blocks, size));
            _byteCount += size;
            while (_byteCount > MemoryLimit)
                EvictOldest();
        }
    }

    private void EvictOldest()
    {
        Entry oldest = _byUse.First!.Value;
        _byUse.RemoveFirst();
        _entries.Remove(oldest.Key);
        _byteCount -= oldest.Size;
        _evictions++;
    }

    // What an entry's key does not say: how the code that computed it came to its last bit.
    private static string StoreFingerprint()
    {
        string version = typeof(FeatureCache).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        string text = $"MLTransfer features|{version}|ONNX Runtime {NativeRuntime.Version}";
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    private sealed record Entry(FeatureKey Key, FeatureBlock[] Blocks, long Size);
}
