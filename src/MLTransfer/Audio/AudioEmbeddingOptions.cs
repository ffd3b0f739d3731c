namespace MLTransfer;

/// <summary>Settings of <c>EmbedAudio</c>.</summary>
public sealed record AudioEmbeddingOptions : MediaEmbeddingOptions
{
    /// <summary>Settings that read the column "Audio".</summary>
    public AudioEmbeddingOptions()
        : base("Audio")
    {
    }

    /// <summary>
    /// The rate of clips that stand in the column as numbers (<c>Vector&lt;Single&gt;</c>, −1 to 1), in Hz, 1 to 768,000. Files state their own. Default: the backbone's rate.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside the range.</exception>
    public int? SampleRate
    {
        get;
        init
        {
            if (value is int rate)
            {
                ArgumentOutOfRangeException.ThrowIfLessThan(rate, 1, nameof(SampleRate));
                ArgumentOutOfRangeException.ThrowIfGreaterThan(rate, AudioPreprocessing.MaximumSampleRate, nameof(SampleRate));
            }
            field = value;
        }
    }

    /// <summary>A column (Int32) that states each row's rate in Hz, for clips that stand in the data as numbers. Default: none.</summary>
    public string? SampleRateColumnName { get; init; }

    /// <summary>The channel to hear, from zero. Default: null, the mean of both; a file of more than two channels is an error then.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    public int? Channel
    {
        get;
        init
        {
            if (value is int channel)
                ArgumentOutOfRangeException.ThrowIfNegative(channel, nameof(Channel));
            field = value;
        }
    }

    /// <summary>The most samples of a clip, per channel; a longer one is a row that cannot be read. Default: half an hour at 48 kHz.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 1.</exception>
    public int MaximumSamples
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(MaximumSamples));
            field = value;
        }
    } = Audio.WavDecoder.DefaultMaximumSamples;
}
