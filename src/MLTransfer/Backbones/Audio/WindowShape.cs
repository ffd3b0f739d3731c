namespace MLTransfer;

/// <summary>What the N samples of a frame are multiplied by, n = 0…N−1.</summary>
public enum WindowShape
{
    /// <summary>0.5 − 0.5 · cos(2πn / N), the periodic form that spectrograms use (Whisper).</summary>
    Hann,

    /// <summary>0.5 − 0.5 · cos(2πn / (N − 1)); "hanning" in Kaldi.</summary>
    SymmetricHann,

    /// <summary>0.54 − 0.46 · cos(2πn / (N − 1)).</summary>
    Hamming,

    /// <summary>(0.5 − 0.5 · cos(2πn / (N − 1)))^0.85, Kaldi's default.</summary>
    Povey,

    /// <summary>1.</summary>
    Rectangular,
}
