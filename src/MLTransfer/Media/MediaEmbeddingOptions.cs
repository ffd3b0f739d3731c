namespace MLTransfer;

/// <summary>What steps over images and sounds can be told besides what all embedding steps can.</summary>
public abstract record MediaEmbeddingOptions : EmbeddingOptions
{
    private const long DefaultMaximumBytes = 1L << 30;

    private protected MediaEmbeddingOptions(string inputColumnName) => InputColumnName = inputColumnName;

    /// <summary>The column to read: paths (text), the bytes of files (<c>Vector&lt;Byte&gt;</c>), or what the step reads besides.</summary>
    /// <exception cref="ArgumentException">Empty.</exception>
    public string InputColumnName
    {
        get;
        init
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(value, nameof(InputColumnName));
            field = value;
        }
    }

    /// <summary>The folder that relative paths start from. Default: the process's current folder. Saved with the model.</summary>
    public string? Folder { get; init; }

    /// <summary>What to do with a row that cannot be read. Default: <see cref="RowErrorPolicy.Throw"/>.</summary>
    public RowErrorPolicy OnError { get; init; }

    /// <summary>Told of each row that was skipped or filled with not-a-number, in each pass, on the thread that reads. Not saved with the model. Default: nobody; the log
    /// says it in any case.</summary>
    public IProgress<RowError>? RowErrors { get; init; }

    /// <summary>The largest file that is read; a larger one is a row that cannot be read. Default: 1 GiB.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 1 or beyond 2 GB.</exception>
    public long MaximumBytes
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(MaximumBytes));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Array.MaxLength, nameof(MaximumBytes));
            field = value;
        }
    } = DefaultMaximumBytes;
}
