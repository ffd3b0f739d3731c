namespace MLTransfer;

/// <summary>How frequencies f in Hz become mels, and in which of the two the triangles of the filters are straight.</summary>
public enum MelScale
{
    /// <summary>2595 · log₁₀(1 + f / 700); triangles straight in Hz (O'Shaughnessy 1987, as HTK and librosa's htk=True have it).</summary>
    Htk,

    /// <summary>Linear (3 f / 200) below 1000 Hz, 15 + 27 · ln(f / 1000) / ln 6.4 above; triangles straight in Hz (Slaney's Auditory Toolbox, 1998; librosa's default, Whisper).</summary>
    Slaney,

    /// <summary>1127 · ln(1 + f / 700); triangles straight in mels, the bin at half the sample rate left out (Kaldi, torchaudio.compliance.kaldi).</summary>
    Kaldi,
}
