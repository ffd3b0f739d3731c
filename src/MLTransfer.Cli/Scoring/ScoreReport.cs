namespace MLTransfer.Cli.Scoring;

/// <summary>What a run of a job did.</summary>
internal sealed record ScoreReport
{
    /// <summary>The finished part.</summary>
    public required string Output { get; init; }

    /// <summary>Its errors file; null where no row failed.</summary>
    public string? Errors { get; init; }

    /// <summary>Which shard, from zero.</summary>
    public required int ShardIndex { get; init; }

    /// <summary>How many shards.</summary>
    public required int ShardCount { get; init; }

    /// <summary>Its first row over all input, from zero.</summary>
    public required long FirstRow { get; init; }

    /// <summary>Its rows.</summary>
    public required long RowCount { get; init; }

    /// <summary>Rows that could not be scored.</summary>
    public required long ErrorCount { get; init; }

    /// <summary>Whether the part was whole before.</summary>
    public bool WasDone { get; init; }

    /// <summary>Rows that earlier runs had done, and that were not scored again.</summary>
    public required long ResumedRowCount { get; init; }

    /// <summary>Seconds of scoring, without reading the input for its hash.</summary>
    public double Seconds { get; init; }

    /// <summary>Rows a second of this run.</summary>
    public double? RowsPerSecond { get; init; }

    /// <summary>The most memory that this process has held so far (the peak of its working set).</summary>
    public long PeakMemoryBytes { get; init; }
}
