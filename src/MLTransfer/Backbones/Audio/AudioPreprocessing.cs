using MLTransfer.Backbones;
using MLTransfer.Internal;

namespace MLTransfer;

/// <summary>
/// What happens to a clip before an audio graph reads it: resampled, scaled, normalised, cut into windows, and turned into a spectrogram where the graph wants one. Part of the
/// backbone's card. Immutable; two with equal values are equal.
/// </summary>
public sealed partial record AudioPreprocessing
{
    internal const int MaximumSampleRate = 768_000;

    /// <summary>Samples of a second that the graph reads, in Hz, 1 to 768,000. Clips of other rates are resampled.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside the range.</exception>
    public required int SampleRate
    {
        get;
        init => field = value is >= 1 and <= MaximumSampleRate ? value : throw Throw.AudioSetting(nameof(SampleRate), value, $"1 to {MaximumSampleRate} Hz");
    }

    /// <summary>What the graph reads: samples or one of the spectrograms. Default: samples.</summary>
    public AudioFrontEnd FrontEnd { get; init; }

    /// <summary>The spectrogram. Null for <see cref="AudioFrontEnd.Waveform"/>, needed for all others.</summary>
    public MelSettings? Mel { get; init; }

    /// <summary>New samples of one run, context not counted. Default: null, what the graph's fixed axis says; with an open axis the whole clip.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not positive.</exception>
    public int? WindowSamples { get; init => field = value is null or > 0 ? value : throw Throw.AudioSetting(nameof(WindowSamples), value, "a positive number"); }

    /// <summary>Samples from the start of one window to the start of the next, at most <see cref="WindowSamples"/>. Default: null, the window: no overlap.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not positive.</exception>
    public int? HopSamples { get; init => field = value is null or > 0 ? value : throw Throw.AudioSetting(nameof(HopSamples), value, "a positive number"); }

    /// <summary>What samples in −1…1 are multiplied by; 32768 for graphs that read the range of 16-bit integers. Default: 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not a positive finite number.</exception>
    public double Scale
    {
        get;
        init => field = value > 0 && double.IsFinite(value) ? value : throw Throw.AudioSetting(nameof(Scale), value, "a positive number");
    } = 1;

    /// <summary>
    /// Whether a clip loses its mean and is divided by its standard deviation before it is cut into windows: (x − mean) / √(variance + 1e-7), as wav2vec 2.0's do_normalize.
    /// Default: false.
    /// </summary>
    public bool NormalizeClip { get; init; }

    /// <summary>The least samples that the graph can take; shorter clips are followed by zeros. Default: 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    public int MinimumSamples { get; init => field = value >= 0 ? value : throw Throw.AudioSetting(nameof(MinimumSamples), value, "0 or more"); }

    /// <summary>
    /// Whether the graph's output frames lie evenly along the window, so that those beyond a clip's end are left out of pooling and of sequences. Default: false, all count.
    /// </summary>
    public bool FramesFollowTime { get; init; }

    /// <summary>Last samples of the window before that are put in front of each window; zeros in front of the first. Default: 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    public int ContextSamples { get; init => field = value >= 0 ? value : throw Throw.AudioSetting(nameof(ContextSamples), value, "0 or more"); }

    /// <summary>The graph's inputs that carry state from window to window, each with the output that feeds it. A state starts as zeros with each clip. Default: none.</summary>
    public IReadOnlyDictionary<string, string> States { get; init => field = Copied(nameof(States), value); } = ValueMap<string>.Empty;

    /// <summary>The graph's inputs that are one and the same integer in each run, such as silero-vad's <c>sr</c>. Default: none.</summary>
    public IReadOnlyDictionary<string, long> Constants { get; init => field = Copied(nameof(Constants), value); } = ValueMap<long>.Empty;

    /// <summary>Checks what involves several members; single values are checked as they are set.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A member does not fit the others.</exception>
    internal void Check()
    {
        if (!Enum.IsDefined(FrontEnd))
            throw Throw.AudioSetting(nameof(FrontEnd), FrontEnd, "a value of AudioFrontEnd");
        if (FrontEnd == AudioFrontEnd.Waveform && Mel is not null)
            throw Throw.AudioSetting(nameof(Mel), "set", "nothing for front end Waveform");
        if (FrontEnd != AudioFrontEnd.Waveform && Mel is null)
            throw Throw.AudioSetting(nameof(Mel), "null", $"the settings of front end {FrontEnd}");
        Mel?.Check(FrontEnd, SampleRate);
        if (WindowSamples is int window && HopSamples > window)
            throw Throw.AudioSetting(nameof(HopSamples), HopSamples, $"at most WindowSamples, {window}; a larger hop would skip samples");
        if (ContextSamples > (HopSamples ?? WindowSamples ?? int.MaxValue))
            throw Throw.AudioSetting(nameof(ContextSamples), ContextSamples, "at most one window");
        if (States.Values.Distinct(StringComparer.Ordinal).Count() < States.Count)
            throw Throw.AudioSetting(nameof(States), string.Join(", ", States.Values), "each output once");
        if (States.Keys.FirstOrDefault(Constants.ContainsKey) is string both)
            throw Throw.AudioSetting(nameof(Constants), both, "inputs that are no States");
    }

    private static ValueMap<T> Copied<T>(string member, IReadOnlyDictionary<string, T>? entries)
        where T : IEquatable<T>
    {
        if (entries is null)
            throw Throw.AudioSetting(member, "null", "an object of names, or nothing");
        if (entries.Any(e => string.IsNullOrWhiteSpace(e.Key) || e.Value is null || e.Value is string text && string.IsNullOrWhiteSpace(text)))
            throw Throw.AudioSetting(member, string.Join(", ", entries.Select(e => $"{e.Key}: {e.Value}")), "names that are not empty");
        return entries as ValueMap<T> ?? new ValueMap<T>(entries);
    }
}
