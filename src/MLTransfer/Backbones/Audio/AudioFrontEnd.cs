namespace MLTransfer;

/// <summary>What an audio graph reads.</summary>
public enum AudioFrontEnd
{
    /// <summary>The samples themselves.</summary>
    Waveform,

    /// <summary>
    /// The decimal logarithm of a mel spectrogram over centred frames with mirrored edges, as Whisper computes it: frame t is centred on sample t × hop, a clip of n samples has
    /// ⌊n / hop⌋ frames.
    /// </summary>
    LogMel,

    /// <summary>
    /// Kaldi's log mel filterbank (natural logarithm): each frame loses its mean, is pre-emphasised and windowed; a clip of n samples has 1 + ⌊(n − window) / hop⌋ frames where
    /// edges are snipped, else ⌊(n + hop / 2) / hop⌋.
    /// </summary>
    KaldiFilterbank,

    /// <summary>Kaldi's mel frequency cepstral coefficients: the orthonormal cosine transform (DCT-II) of <see cref="KaldiFilterbank"/>, liftered.</summary>
    Mfcc,
}
