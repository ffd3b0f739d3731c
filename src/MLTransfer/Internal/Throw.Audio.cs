using MLTransfer.Audio;

namespace MLTransfer.Internal;

internal static partial class Throw
{
    private const string ConvertToPcm = "Convert it to a wav file of 16-bit PCM, with ffmpeg or sox for instance.";

    public static Exception AudioSetting(string member, object? found, string expected) => new ArgumentOutOfRangeException(
        member, found, $"'{member}' of the audio preprocessing is '{found ?? "null"}', expected {expected}.");

    public static Exception AudioConfigMember(string path, string member, object? found, string expected) => new NotSupportedException(
        $"'{path}': '{member}' is '{found}', expected {expected}. Write the card's audio preprocessing by hand if the model needs something else.");

    public static Exception AudioConfigValue(string path, string type, ArgumentOutOfRangeException cause) => new NotSupportedException(
        $"'{path}' gives settings of a {type} that cannot be: {cause.Message} Write the card's audio preprocessing by hand.", cause);

    public static Exception AudioConfigUnknown(string path, string member, string type) => new NotSupportedException(
        $"'{path}': '{member}' is not known of a {type}, so what it does to the samples is not known either. Write the card's audio preprocessing by hand.");

    public static Exception AudioConfigType(string path, string? type, string supported) => new NotSupportedException(
        $"'{path}': 'feature_extractor_type' is '{type ?? "(absent)"}'. Supported: {supported}. Write the card's audio preprocessing by hand.");

    public static Exception NotWav(string found) => new AudioDecodeException($"Expected a wav file, found {found}. {ConvertToPcm}");

    public static Exception WavEncoding(string encoding) => new AudioDecodeException(
        $"The wav file's samples are stored as {encoding}; PCM and IEEE floats are read. {ConvertToPcm}");

    public static Exception WavBits(bool isFloat, int bits) => new AudioDecodeException(
        $"The wav file's samples are {(isFloat ? "floats" : "integers")} of {bits} bits; {(isFloat ? "32 and 64" : "8, 16, 24 and 32")} are read. {ConvertToPcm}");

    public static Exception WavValue(string what, object found, string expected) => new AudioDecodeException(
        $"The wav file's header states {found} {what}, expected {expected}. The header is damaged; write the file again.");

    public static Exception WavWithoutFormat() => new AudioDecodeException(
        "The wav file has no 'fmt ' chunk before its samples, so nothing says how they are stored. The file is damaged; write it again.");

    public static Exception WavWithoutData() => new AudioDecodeException("The wav file has no 'data' chunk: it holds no samples. The file is damaged or cut short.");

    public static Exception WavFormatShort(int length) => new AudioDecodeException(
        $"The wav file's 'fmt ' chunk has {length} bytes, expected at least 16 (40 of an extensible format). The file is damaged; write it again.");

    public static Exception WavChunkCut(string chunk, uint size, int rest) => new AudioDecodeException(
        $"The wav file's chunk '{chunk}' should have {size} bytes, but the file ends after {rest} of them. The file is damaged or cut short.");

    public static Exception WavCut(uint size, int rest) => new AudioDecodeException(
        $"The wav file's header announces {size} bytes of samples, but the file ends after {rest} of them: it was cut short. Copy it again.");

    public static Exception WavChannels(int channels) => new AudioDecodeException(
        $"The wav file has {channels} channels; one is read as it is, two become their mean, of more one must be chosen. Choose one with AudioEmbeddingOptions.Channel, or mix the file down.");

    public static Exception WavChannelMissing(int channel, int channels) => new AudioDecodeException(
        $"Channel {channel} was chosen (the first is 0), but the wav file has {channels}. Correct AudioEmbeddingOptions.Channel, or the file.");

    public static Exception NoSamples() => new AudioDecodeException("The clip has no samples. Remove it, or let the step skip such rows.");

    public static Exception TooManySamples(long samples, long maximum) => new AudioDecodeException(
        $"The clip has {samples} samples, more than the limit of {maximum}. Cut it into parts, or raise AudioEmbeddingOptions.MaximumSamples.");

    public static Exception TooManyResampled(long samples, int from, int to, long maximum) => new AudioDecodeException(
        $"The clip would have {samples} samples at the backbone's {to} Hz (it has {from} Hz), more than the limit of {maximum}. Cut it into parts, or raise AudioEmbeddingOptions.MaximumSamples.");

    public static Exception ClipWithoutFrame(int samples) => new AudioDecodeException(
        $"The clip has {samples} samples at the backbone's rate, which do not fill one frame of its spectrogram. Remove it, or set AudioPreprocessing.MinimumSamples to fill such clips up.");

    public static Exception SampleNotFinite(int index, float value) => new AudioDecodeException(
        $"Sample {index} of the clip is {value.ToString(System.Globalization.CultureInfo.InvariantCulture)}, expected a finite number. " +
        "Correct the recording, or let the step skip such rows.");

    public static Exception SampleRatePair(int from, int to, int most) => new AudioDecodeException(
        $"The clip has {from} samples a second and the backbone reads {to}: a ratio beyond {most} is no plausible recording. Correct the sample rate.");
}
