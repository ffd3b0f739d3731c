using MLTransfer.Internal;

namespace MLTransfer.Backbones;

/// <summary>
/// Reads Hugging Face's preprocessor_config.json of an audio model. Only what is known exactly is read: a member that is not understood could change the samples, so it is an
/// error that names it.
/// </summary>
internal static class AudioPreprocessingConfig
{
    private const string TypeMember = "feature_extractor_type";
    private const string Whisper = "WhisperFeatureExtractor";
    private const string Wav2Vec2 = "Wav2Vec2FeatureExtractor";
    private const string Spectrogram = "ASTFeatureExtractor";
    private const string Seamless = "SeamlessM4TFeatureExtractor";

    // An hour at 16 kHz, far beyond what any encoder takes.
    private const int MaximumWindow = 3600 * 16_000;

    // What does nothing to the numbers of one clip: names, and masks for padding that rows do not get.
    private static readonly string[] Common =
        [TypeMember, "processor_class", "return_attention_mask", "sampling_rate", "padding_side", "padding_value", "feature_size", "dither", "_valid_processor_keys"];

    /// <summary>The preprocessing, or null where the file is absent or an image model's.</summary>
    /// <exception cref="NotSupportedException">A feature extractor, a member or a value is not known.</exception>
    public static AudioPreprocessing? Read(ConfigFile file)
    {
        string? type = file.Text(TypeMember);
        if (type is not (Whisper or Wav2Vec2 or Spectrogram or Seamless))
        {
            // Every audio extractor states a sampling rate, no image processor does. Early wav2vec 2.0 models state no type.
            if (file.Number("sampling_rate") is null)
                return null;
            if (type is not null || file.Number("feature_size") is not 1)
                throw Throw.AudioConfigType(file.Path, type, string.Join(", ", Whisper, Wav2Vec2, Spectrogram, Seamless));
            type = Wav2Vec2;
        }
        // Padding inside the reference is masked or cut off again; what it is filled with matters to Whisper alone, which pads with silence.
        if (file.Text("padding_side") is string side && side != "right")
            throw Throw.AudioConfigMember(file.Path, "padding_side", side, "right");
        Expect(file, "dither", 0);
        try
        {
            AudioPreprocessing found = type switch
            {
                Whisper => ReadWhisper(file),
                Spectrogram => ReadSpectrogram(file),
                Seamless => ReadSeamless(file),
                _ => ReadWav2Vec2(file),
            };
            found.Check();
            return found;
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw Throw.AudioConfigValue(file.Path, type, e);
        }
    }

    private static AudioPreprocessing ReadWhisper(ConfigFile file)
    {
        // The filters that old files list are what the other members give; the reference computes them anew as well.
        RequireKnown(file, Whisper, "chunk_length", "hop_length", "n_fft", "n_samples", "nb_max_frames", "mel_filters", "do_normalize");
        Expect(file, "padding_value", 0);
        if (file.Flag("do_normalize") is true)
            throw Throw.AudioConfigMember(file.Path, "do_normalize", true, "false");
        int rate = Integer(file, "sampling_rate", 16_000);
        int hop = Integer(file, "hop_length", 160);
        int fft = Integer(file, "n_fft", 400);
        int seconds = Integer(file, "chunk_length", 30);
        if ((long)seconds * rate > MaximumWindow)
            throw Throw.AudioConfigMember(file.Path, "chunk_length", seconds, $"at most {MaximumWindow / rate} seconds");
        int samples = seconds * rate;
        Expect(file, "n_samples", samples);
        Expect(file, "nb_max_frames", samples / hop);
        AudioPreprocessing preset = AudioPreprocessing.Whisper(Integer(file, "feature_size", 80));
        return preset with
        {
            SampleRate = rate,
            WindowSamples = samples,
            Mel = preset.Mel! with { WindowSamples = fft, FftSize = fft, HopSamples = hop, FrameCount = samples / hop },
        };
    }

    private static AudioPreprocessing ReadWav2Vec2(ConfigFile file)
    {
        RequireKnown(file, Wav2Vec2, "do_normalize");
        Expect(file, "feature_size", 1);
        return AudioPreprocessing.Wav2Vec2() with { SampleRate = Integer(file, "sampling_rate", 16_000), NormalizeClip = file.Flag("do_normalize") ?? true };
    }

    private static AudioPreprocessing ReadSpectrogram(ConfigFile file)
    {
        RequireKnown(file, Spectrogram, "do_normalize", "max_length", "mean", "std", "num_mel_bins");
        Expect(file, "padding_value", 0);
        int rate = Integer(file, "sampling_rate", 16_000);
        int frames = Integer(file, "max_length", 1024);
        if (frames > MaximumWindow / 160)
            throw Throw.AudioConfigMember(file.Path, "max_length", frames, $"at most {MaximumWindow / 160} frames");
        bool isNormalized = file.Flag("do_normalize") ?? true;
        AudioPreprocessing kaldi = AudioPreprocessing.Kaldi(rate, Integer(file, "num_mel_bins", 128));
        MelSettings mel = kaldi.Mel!;
        return kaldi with
        {
            WindowSamples = (frames - 1) * mel.HopSamples + mel.WindowSamples,
            MinimumSamples = 0,
            Mel = mel with
            {
                Window = WindowShape.SymmetricHann,
                FrameCount = frames,
                Mean = isNormalized ? file.Number("mean") ?? -4.2677393 : 0,
                Divisor = isNormalized ? 2 * (file.Number("std") ?? 4.5689974) : 1,
            },
        };
    }

    private static AudioPreprocessing ReadSeamless(ConfigFile file)
    {
        RequireKnown(file, Seamless, "num_mel_bins", "stride");
        int stride = Integer(file, "stride", 2);
        AudioPreprocessing kaldi = AudioPreprocessing.Kaldi(Integer(file, "sampling_rate", 16_000), Integer(file, "num_mel_bins", 80), 32_768);
        MelSettings mel = kaldi.Mel!;
        return kaldi with
        {
            MinimumSamples = mel.WindowSamples + (stride - 1) * mel.HopSamples,
            Mel = mel with { NormalizeBins = true, StackedFrames = stride },
        };
    }

    private static void RequireKnown(ConfigFile file, string type, params string[] own)
    {
        // A member that is null says nothing.
        if (file.Members.FirstOrDefault(m => !Common.Contains(m) && !own.Contains(m) && file.Node(m) is not null) is string unknown)
            throw Throw.AudioConfigUnknown(file.Path, unknown, type);
    }

    private static int Integer(ConfigFile file, string member, int fallback) => file.Number(member) switch
    {
        null => fallback,
        double number when number >= 1 && number <= 1 << 24 && number == Math.Floor(number) => (int)number,
        double number => throw Throw.AudioConfigMember(file.Path, member, number, "a whole number from 1 on"),
    };

    private static void Expect(ConfigFile file, string member, double value)
    {
        if (file.Number(member) is double found && found != value)
            throw Throw.AudioConfigMember(file.Path, member, found, value.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }
}
