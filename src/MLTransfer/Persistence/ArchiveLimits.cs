namespace MLTransfer.Persistence;

/// <summary>How much of a stranger's model.zip is looked at.</summary>
internal sealed record ArchiveLimits
{
    /// <summary>A pipeline of fifty steps has some hundred entries.</summary>
    public int EntryCount { get; init; } = 10_000;

    /// <summary>Bytes of all entries together when unpacked.</summary>
    public long TotalLength { get; init; } = 16L << 30;

    /// <summary>
    /// Unpacked bytes for each packed one that are accepted. Weights pack to about nine tenths; deflate reaches a thousand on zeros.
    /// </summary>
    public int Ratio { get; init; } = 100;

    /// <summary>Entries below this many unpacked bytes may have any ratio: small tables of zeros are ordinary.</summary>
    public long RatioFrom { get; init; } = 64 << 20;
}
