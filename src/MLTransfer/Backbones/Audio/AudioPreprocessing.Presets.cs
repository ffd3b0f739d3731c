using MLTransfer.Backbones;

namespace MLTransfer;

public sealed partial record AudioPreprocessing
{
    // The least positive step of float32, torch.finfo(float).eps, which Kaldi puts under its logarithms.
    private const double KaldiFloor = 1.1920928955078125e-07;

    /// <summary>Samples in −1…1 as they are, the whole clip, or what the graph's fixed axis takes.</summary>
    /// <param name="sampleRate">Samples of a second that the graph reads, in Hz.</param>
    public static AudioPreprocessing Waveform(int sampleRate) => new() { SampleRate = sampleRate };

    /// <summary>Samples of zero mean and unit variance at 16 kHz, as wav2vec 2.0, HuBERT and WavLM read them; at least 400, the reach of their first frame.</summary>
    public static AudioPreprocessing Wav2Vec2() => new() { SampleRate = 16_000, NormalizeClip = true, MinimumSamples = 400 };

    /// <summary>
    /// Whisper: windows of 30 s at 16 kHz, log mel [bins, 3000], shorter clips filled by silence. What is beyond 30 s becomes a further window (the reference drops it).
    /// </summary>
    /// <param name="melBins">80, or 128 for large-v3 and its children.</param>
    public static AudioPreprocessing Whisper(int melBins = 80) => new()
    {
        SampleRate = 16_000,
        FrontEnd = AudioFrontEnd.LogMel,
        WindowSamples = 480_000,
        FramesFollowTime = true,
        Mel = new MelSettings
        {
            BinCount = melBins,
            WindowSamples = 400,
            HopSamples = 160,
            FftSize = 400,
            Scale = MelScale.Slaney,
            EqualArea = true,
            DynamicRange = 8,
            Mean = -4,
            Divisor = 4,
            FrameCount = 3000,
            BinsFirst = true,
        },
    };

    /// <summary>The filterbank of Kaldi with the defaults of torchaudio.compliance.kaldi.fbank (no dither): frames of 25 ms each 10 ms, [frames, bins].</summary>
    /// <param name="sampleRate">Samples of a second that the graph reads, in Hz.</param>
    /// <param name="melBins">Mel filters.</param>
    /// <param name="scale">32768 for graphs trained on samples in the range of 16-bit integers, as Kaldi itself reads them.</param>
    public static AudioPreprocessing Kaldi(int sampleRate = 16_000, int melBins = 80, double scale = 1)
    {
        MelSettings mel = KaldiFrames(sampleRate, melBins);
        return new() { SampleRate = sampleRate, FrontEnd = AudioFrontEnd.KaldiFilterbank, Scale = scale, MinimumSamples = mel.WindowSamples, Mel = mel };
    }

    /// <summary>Kaldi's cepstral coefficients with the defaults of torchaudio.compliance.kaldi.mfcc (no dither): frames of 25 ms each 10 ms, [frames, coefficients].</summary>
    /// <param name="sampleRate">Samples of a second that the graph reads, in Hz.</param>
    /// <param name="coefficients">How many are kept, the zeroth counted.</param>
    /// <param name="melBins">Mel filters, at least as many.</param>
    public static AudioPreprocessing Mfcc(int sampleRate = 16_000, int coefficients = 13, int melBins = 23)
    {
        MelSettings mel = KaldiFrames(sampleRate, melBins) with { CoefficientCount = coefficients };
        return new() { SampleRate = sampleRate, FrontEnd = AudioFrontEnd.Mfcc, MinimumSamples = mel.WindowSamples, Mel = mel };
    }

    /// <summary>
    /// The audio spectrogram transformer (Gong, Chung and Glass 2021): 128 Kaldi filters, 1024 frames, normalised by AudioSet's mean −4.2677393 and twice its deviation
    /// 4.5689974. What is beyond 1024 frames (10.24 s) becomes a further window (the reference drops it).
    /// </summary>
    public static AudioPreprocessing AudioSpectrogramTransformer() => new()
    {
        SampleRate = 16_000,
        FrontEnd = AudioFrontEnd.KaldiFilterbank,
        WindowSamples = (1024 - 1) * 160 + 400,
        Mel = KaldiFrames(16_000, 128) with { Window = WindowShape.SymmetricHann, Mean = -4.2677393, Divisor = 2 * 4.5689974, FrameCount = 1024 },
    };

    /// <summary>silero-vad, version 5, at 16 kHz: 512 new samples a window behind 64 of the window before, and a state that is carried from window to window.</summary>
    public static AudioPreprocessing SileroVad() => new()
    {
        SampleRate = 16_000,
        WindowSamples = 512,
        ContextSamples = 64,
        States = new ValueMap<string>([new("state", "stateN")]),
        Constants = new ValueMap<long>([new("sr", 16_000)]),
    };

    private static MelSettings KaldiFrames(int sampleRate, int melBins)
    {
        int window = (int)(sampleRate * 0.025);
        return new()
        {
            BinCount = melBins,
            WindowSamples = window,
            HopSamples = (int)(sampleRate * 0.010),
            FftSize = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)window),
            Window = WindowShape.Povey,
            Scale = MelScale.Kaldi,
            MinimumFrequency = 20,
            Preemphasis = 0.97,
            RemoveOffset = true,
            Floor = KaldiFloor,
        };
    }
}
