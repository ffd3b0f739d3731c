namespace MLTransfer;

/// <summary>What a <see cref="FeatureCache"/> has done so far. A snapshot.</summary>
/// <param name="Hits">Rows whose features were found, in memory or on disk: they cost no run of the backbone.</param>
/// <param name="Misses">Rows whose features were computed because they were not held.</param>
/// <param name="Evictions">Rows dropped from memory to stay within the limit, the least recently used first.</param>
/// <param name="EntryCount">Rows held in memory now.</param>
/// <param name="ByteCount">Bytes of memory held now, keys and bookkeeping included.</param>
/// <param name="DiskHits">Those of the hits that were read from the folder.</param>
/// <param name="DiskCount">Rows in the folder, as far as known: those of when it was opened, and those added since.</param>
/// <param name="DiskDamages">Damage met in the folder: files that end in half a row, because their process was killed or still writes, and rows whose checksum was wrong. Such rows are computed again.</param>
public sealed record FeatureCacheStatistics(long Hits, long Misses, long Evictions, long EntryCount, long ByteCount, long DiskHits = 0, long DiskCount = 0, long DiskDamages = 0);
