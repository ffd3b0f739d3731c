namespace MLTransfer.Audio;

/// <summary>How a wav file's samples are stored, and where in the file they lie.</summary>
internal readonly record struct WavFormat
{
    /// <summary>Whether samples are floating point numbers; else integers.</summary>
    public required bool IsFloat { get; init; }

    /// <summary>Bits of one sample: 8, 16, 24 or 32, or 32 or 64 of floats.</summary>
    public required int Bits { get; init; }

    /// <summary>Samples side by side at one moment.</summary>
    public required int ChannelCount { get; init; }

    /// <summary>Moments of a second, in Hz.</summary>
    public required int SampleRate { get; init; }

    /// <summary>Where the samples begin.</summary>
    public int DataOffset { get; init; }

    /// <summary>Moments of the clip, its length in samples once it is mono.</summary>
    public int SampleCount { get; init; }

    /// <summary>Bytes of one moment.</summary>
    public int BlockSize => ChannelCount * Bits / 8;
}
