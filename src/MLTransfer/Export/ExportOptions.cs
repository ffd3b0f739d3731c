namespace MLTransfer;

/// <summary>Settings of <c>ExportOnnx</c> and <c>ToPlainMlNet</c>.</summary>
public sealed record ExportOptions
{
    /// <summary>
    /// Whether the graph delivers the features beside the scores, as output <c>Features</c>, Float [batch, D]. A model without a head delivers them in any case. Default: false.
    /// </summary>
    public bool IncludeFeatures { get; init; }

    /// <summary>
    /// The size at which the open axis besides the batch's is fixed: tokens of a text, steps of a sequence. Each row must then have exactly as many; texts are padded, with 0 in the
    /// mask. Default: null, the axis stays open.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 1.</exception>
    public int? SequenceLength
    {
        get;
        init
        {
            if (value is int length)
                ArgumentOutOfRangeException.ThrowIfLessThan(length, 1, nameof(SequenceLength));
            field = value;
        }
    }

    /// <summary>Ends the work by an <see cref="OperationCanceledException"/>, between two megabytes of what is written too. An older file stays as it was. Default: never.</summary>
    public CancellationToken CancellationToken { get; init; }
}
