using System.Runtime.InteropServices;
using MLTransfer.Features;

namespace MLTransfer;

/// <summary>
/// Holds the features of rows a backbone has already seen, in memory, so that training epochs, cross-validation folds, evaluation and repeated scoring run the backbone
/// once for each distinct row.
/// </summary>
/// <remarks>
/// The key of an entry is a SHA-256 over the graph's bytes, the feature output, pooling, preprocessing, provider, precision and the row's content, never a path or a row
/// number, so one cache may serve any number of backbones and pipelines. When the limit is reached the least recently used rows go first. Thread-safe.
/// </remarks>
public sealed class FeatureCache
{
    /// <summary>The limit unless another is given: 256 MiB, about 160,000 pooled vectors of 384 numbers.</summary>
    public const long DefaultMemoryLimit = 256L * 1024 * 1024;

    // Key, list node, dictionary slot, block and array headers: measured with GC.GetAllocatedBytesForCurrentThread and rounded up.
    private const int EntryOverhead = 232;
    private const int BlockOverhead = 72;

    private readonly object _lock = new();
    private readonly Dictionary<FeatureKey, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = new();
    private long _hits;
    private long _misses;
    private long _evictions;
    private long _byteCount;

    /// <summary>Makes an empty cache.</summary>
    /// <param name="memoryLimit">Bytes it may hold. 0 holds nothing: every row is computed each time it is asked for.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="memoryLimit"/> is negative.</exception>
    public FeatureCache(long memoryLimit = DefaultMemoryLimit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(memoryLimit);
        MemoryLimit = memoryLimit;
    }

    /// <summary>Bytes this cache may hold.</summary>
    public long MemoryLimit { get; }

    /// <summary>Counters up to now.</summary>
    public FeatureCacheStatistics Statistics
    {
        get
        {
            lock (_lock)
                return new FeatureCacheStatistics(_hits, _misses, _evictions, _entries.Count, _byteCount);
        }
    }

    /// <summary>Drops all entries. The counters stay.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _entries.Clear();
            _byUse.Clear();
            _byteCount = 0;
        }
    }

    /// <summary>The outputs of a row, or null; counts a hit or a miss.</summary>
    internal FeatureBlock[]? Find(in FeatureKey key)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out LinkedListNode<Entry>? node))
            {
                _misses++;
                return null;
            }
            _hits++;
            _byUse.Remove(node);
            _byUse.AddLast(node);
            return node.Value.Blocks;
        }
    }

    /// <summary>A row that equals another row of the same window: no entry to find yet, but no run either.</summary>
    internal void CountSharedRow()
    {
        lock (_lock)
            _hits++;
    }

    internal void Add(in FeatureKey key, FeatureBlock[] blocks)
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

    private sealed record Entry(FeatureKey Key, FeatureBlock[] Blocks, long Size);
}
