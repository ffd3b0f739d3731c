namespace MLTransfer;

/// <summary>What a <see cref="FeatureCache"/> has done so far. A snapshot.</summary>
/// <param name="Hits">Rows whose features were found: they cost no run of the backbone.</param>
/// <param name="Misses">Rows whose features were computed because they were not held.</param>
/// <param name="Evictions">Rows dropped to stay within the limit, the least recently used first.</param>
/// <param name="EntryCount">Rows held now.</param>
/// <param name="ByteCount">Bytes held now, keys and bookkeeping included.</param>
public sealed record FeatureCacheStatistics(long Hits, long Misses, long Evictions, long EntryCount, long ByteCount);
