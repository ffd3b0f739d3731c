namespace MLTransfer.Cli.Scoring;

/// <summary>How a job is done.</summary>
internal sealed record ScoreSettings
{
    /// <summary>Rows of texts or numbers that are scored together: as many as an embedding step reads ahead.</summary>
    public const int RowsOfBlock = 1024;

    /// <summary>Rows of pictures or sounds that are scored together. Each costs as much as hundreds of texts.</summary>
    public const int RowsOfMediaBlock = 256;

    /// <summary>The part of the rows to score.</summary>
    public Shard Shard { get; init; } = Shard.Whole;

    /// <summary>Where the output goes.</summary>
    public required PartPaths Paths { get; init; }

    /// <summary>The folder of parts; null where the output is one file.</summary>
    public string? Folder { get; init; }

    /// <summary>The share of the shard's rows that may fail, 0 to 1.</summary>
    public double MaximumErrorRate { get; init; } = 0.01;

    /// <summary>Rows that are scored together.</summary>
    public int BlockRowCount { get; init; } = RowsOfBlock;

    /// <summary>How long what is done may stand in memory alone.</summary>
    public TimeSpan CheckpointTime { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a block may go on after the job was told to end.</summary>
    public TimeSpan GraceTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether what is there of another job is dropped.</summary>
    public bool Restart { get; init; }
}
