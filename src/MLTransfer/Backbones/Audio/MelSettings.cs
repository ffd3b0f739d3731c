using MLTransfer.Audio;
using MLTransfer.Internal;

namespace MLTransfer;

/// <summary>How samples become a mel spectrogram or cepstral coefficients. Immutable; two with equal values are equal.</summary>
public sealed record MelSettings
{
    private const int MaximumFftSize = 1 << 16;

    /// <summary>Mel filters, 1 to 1024.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside the range.</exception>
    public required int BinCount { get; init => field = Check(nameof(BinCount), value, 1, 1024); }

    /// <summary>Samples of a frame, 2 to 65,536.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside the range.</exception>
    public required int WindowSamples { get; init => field = Check(nameof(WindowSamples), value, 2, MaximumFftSize); }

    /// <summary>Samples from the start of one frame to the start of the next, 1 to 65,536.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside the range.</exception>
    public required int HopSamples { get; init => field = Check(nameof(HopSamples), value, 1, MaximumFftSize); }

    /// <summary>
    /// Points of the Fourier transform, 2 to 65,536, even, without a prime factor above 31, at least <see cref="WindowSamples"/>; the frame is followed by zeros.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside the range, odd, or of a larger prime factor.</exception>
    public required int FftSize
    {
        get;
        init => field = FrameFft.IsSupported(Check(nameof(FftSize), value, 2, MaximumFftSize))
            ? value : throw Throw.AudioSetting(nameof(FftSize), value, "an even number without a prime factor above 31");
    }

    /// <summary>What a frame is multiplied by.</summary>
    public WindowShape Window { get; init; } = WindowShape.Hann;

    /// <summary>Where the lowest filter begins, in Hz. Default: 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative or not finite.</exception>
    public double MinimumFrequency { get; init => field = CheckFinite(nameof(MinimumFrequency), value, 0); }

    /// <summary>Where the highest filter ends, in Hz. Default: half the sample rate.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative or not finite.</exception>
    public double? MaximumFrequency { get; init => field = value is double hertz ? CheckFinite(nameof(MaximumFrequency), hertz, 0) : null; }

    /// <summary>The scale on which the filters are spaced evenly.</summary>
    public MelScale Scale { get; init; } = MelScale.Slaney;

    /// <summary>True where each filter is divided by half its width in Hz, so that all have the same area (Slaney; librosa's norm="slaney"). Default: false, each filter's top is 1.</summary>
    public bool EqualArea { get; init; }

    /// <summary><see cref="AudioFrontEnd.KaldiFilterbank"/> and <see cref="AudioFrontEnd.Mfcc"/>: a of y[n] = x[n] − a · x[n − 1] within each frame. Default: 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside 0 to 1.</exception>
    public double Preemphasis
    {
        get;
        init => field = value is >= 0 and <= 1 ? value : throw Throw.AudioSetting(nameof(Preemphasis), value, "a number from 0 to 1");
    }

    /// <summary><see cref="AudioFrontEnd.KaldiFilterbank"/> and <see cref="AudioFrontEnd.Mfcc"/>: whether each frame's mean is taken off it first. Default: false.</summary>
    public bool RemoveOffset { get; init; }

    /// <summary>
    /// <see cref="AudioFrontEnd.KaldiFilterbank"/> and <see cref="AudioFrontEnd.Mfcc"/>: true where only frames that lie wholly inside the clip count, false where the clip is
    /// mirrored at both ends. Default: true.
    /// </summary>
    public bool SnipEdges { get; init; } = true;

    /// <summary>What energies are raised to before the logarithm. Default: 1e-10.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not a positive finite number.</exception>
    public double Floor
    {
        get;
        init => field = value > 0 && double.IsFinite(value) ? value : throw Throw.AudioSetting(nameof(Floor), value, "a positive number");
    } = 1e-10;

    /// <summary>Where set, values are raised to the clip's largest minus this (Whisper: 8). Default: null, they are not.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative or not finite.</exception>
    public double? DynamicRange { get; init => field = value is double range ? CheckFinite(nameof(DynamicRange), range, 0) : null; }

    /// <summary>Whether each bin loses its mean over the clip's frames and is divided by its standard deviation √(variance over n − 1, plus 1e-7). Default: false.</summary>
    public bool NormalizeBins { get; init; }

    /// <summary>What is taken off each value, last of all (and after padding to <see cref="FrameCount"/>). Default: 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not finite.</exception>
    public double Mean { get; init => field = CheckFinite(nameof(Mean), value, double.NegativeInfinity); }

    /// <summary>What each value is divided by, last of all. Audio spectrogram transformers divide by twice their standard deviation: that product stands here. Default: 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not a positive finite number.</exception>
    public double Divisor
    {
        get;
        init => field = value > 0 && double.IsFinite(value) ? value : throw Throw.AudioSetting(nameof(Divisor), value, "a positive number");
    } = 1;

    /// <summary>
    /// The frames of every window, where the graph fixes them: longer is cut at the end. Shorter is filled as the references do, <see cref="AudioFrontEnd.LogMel"/> by silence
    /// after the samples, the others by frames of zeros before <see cref="Mean"/> and <see cref="Divisor"/>. Default: null, as many as the samples give.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Not positive.</exception>
    public int? FrameCount { get; init => field = value is int count ? Check(nameof(FrameCount), count, 1, 1 << 20) : null; }

    /// <summary>How many neighbouring frames become one of so many times the numbers; frames left over are dropped (SeamlessM4T, w2v-bert: 2). Default: 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside 1 to 16.</exception>
    public int StackedFrames { get; init => field = Check(nameof(StackedFrames), value, 1, 16); } = 1;

    /// <summary>True for [bins, frames] (Whisper), false for [frames, bins]. Default: false.</summary>
    public bool BinsFirst { get; init; }

    /// <summary><see cref="AudioFrontEnd.Mfcc"/>: how many coefficients are kept, from the zeroth; at most <see cref="BinCount"/>. Null for other front ends.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not positive.</exception>
    public int? CoefficientCount { get; init => field = value is int count ? Check(nameof(CoefficientCount), count, 1, 1024) : null; }

    /// <summary><see cref="AudioFrontEnd.Mfcc"/>: L of the factor 1 + L / 2 · sin(πi / L) of coefficient i; 0 for none. Default: 22.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative or not finite.</exception>
    public double CepstralLifter { get; init => field = CheckFinite(nameof(CepstralLifter), value, 0); } = 22;

    /// <summary>Checks what involves several members.</summary>
    internal void Check(AudioFrontEnd frontEnd, int sampleRate)
    {
        if (WindowSamples > FftSize)
            throw Throw.AudioSetting("Mel." + nameof(FftSize), FftSize, $"at least WindowSamples, {WindowSamples}");
        double nyquist = sampleRate / 2.0;
        if ((MaximumFrequency ?? nyquist) > nyquist)
            throw Throw.AudioSetting("Mel." + nameof(MaximumFrequency), MaximumFrequency, $"at most half the sample rate, {nyquist} Hz");
        if (MinimumFrequency >= (MaximumFrequency ?? nyquist))
            throw Throw.AudioSetting("Mel." + nameof(MinimumFrequency), MinimumFrequency, $"below MaximumFrequency, {MaximumFrequency ?? nyquist} Hz");
        if (frontEnd == AudioFrontEnd.Mfcc && (CoefficientCount is null || CoefficientCount > BinCount))
            throw Throw.AudioSetting("Mel." + nameof(CoefficientCount), CoefficientCount, $"1 to BinCount, {BinCount}, for front end Mfcc");
        if (frontEnd != AudioFrontEnd.Mfcc && CoefficientCount is not null)
            throw Throw.AudioSetting("Mel." + nameof(CoefficientCount), CoefficientCount, $"nothing for front end {frontEnd}; only Mfcc has coefficients");
        if (frontEnd == AudioFrontEnd.LogMel && (Preemphasis != 0 || RemoveOffset || !SnipEdges))
        {
            throw Throw.AudioSetting("Mel." + nameof(Preemphasis) + "/" + nameof(RemoveOffset) + "/" + nameof(SnipEdges), $"{Preemphasis}/{RemoveOffset}/{SnipEdges}",
                "0/False/True, their defaults, for front end LogMel; use KaldiFilterbank");
        }
        if (EqualArea && Scale == MelScale.Kaldi)
            throw Throw.AudioSetting("Mel." + nameof(EqualArea), EqualArea, "false for MelScale.Kaldi, whose triangles are straight in mels");
        if (BinsFirst && StackedFrames > 1)
            throw Throw.AudioSetting("Mel." + nameof(StackedFrames), StackedFrames, "1 where bins come first");
        if (!Enum.IsDefined(Window))
            throw Throw.AudioSetting("Mel." + nameof(Window), Window, "a value of WindowShape");
        if (!Enum.IsDefined(Scale))
            throw Throw.AudioSetting("Mel." + nameof(Scale), Scale, "a value of MelScale");
    }

    private static int Check(string member, int value, int least, int most) =>
        value >= least && value <= most ? value : throw Throw.AudioSetting(member, value, $"a number from {least} to {most}");

    private static double CheckFinite(string member, double value, double least) =>
        double.IsFinite(value) && value >= least ? value : throw Throw.AudioSetting(member, value, least == 0 ? "a finite number, 0 or more" : "a finite number");
}
