using System.Text.Json;
using MLTransfer.Audio;
using MLTransfer.Testing;

namespace MLTransfer.Tests.Audio;

/// <summary>What references say about a few clips; Golden/make_audio_golden.py wrote it.</summary>
internal static class AudioGolden
{
    private static readonly JsonSerializerOptions Names = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };
    private static readonly Lazy<Content> File = new(() =>
        JsonSerializer.Deserialize<Content>(System.IO.File.ReadAllText(Path.Combine(Assets.RepositoryRoot, "test/MLTransfer.Tests/Audio/Golden/audio_golden.json")), Names)!);

    public static Case[] Cases => File.Value.Cases;

    public static Stretch[] Resampled => File.Value.Resampled;

    public static AudioPreprocessing Settings(string kind) => kind switch
    {
        "whisper80" => AudioPreprocessing.Whisper(),
        "whisper128" => AudioPreprocessing.Whisper(128),
        "ast" => AudioPreprocessing.AudioSpectrogramTransformer(),
        "wav2vec2" => AudioPreprocessing.Wav2Vec2(),
        "seamless" => Mel(AudioPreprocessing.Kaldi(scale: 32768), m => m with { NormalizeBins = true, StackedFrames = 2 }),
        "kaldi-80" => AudioPreprocessing.Kaldi(),
        "kaldi-23-hamming" => Mel(AudioPreprocessing.Kaldi(melBins: 23), m => m with { Window = WindowShape.Hamming }),
        "kaldi-40-false" => Mel(AudioPreprocessing.Kaldi(melBins: 40), m => m with { SnipEdges = false }),
        "kaldi-8000" => AudioPreprocessing.Kaldi(8000, 40),
        "mfcc" => AudioPreprocessing.Mfcc(),
        _ => throw new ArgumentException($"No kind '{kind}'."),
    };

    /// <summary>A clip by its name in the file: made as the script makes it, or a real one.</summary>
    public static float[] Clip(string name) => name.StartsWith("made-", StringComparison.Ordinal)
        ? Made(int.Parse(name[5..], System.Globalization.CultureInfo.InvariantCulture)) : Real(File.Value.Paths[name]);

    public static float[] Real(string path)
    {
        string set = path[..path.IndexOf('/')];
        byte[] file = System.IO.File.ReadAllBytes(Path.Combine(RealAssets.Data(set), path[(set.Length + 1)..]));
        return WavDecoder.Decode(file, out _);
    }

    private static float[] Made(int count)
    {
        long state = 1;
        float[] clip = new float[count];
        for (int n = 0; n < count; n++)
        {
            state = (state * 1103515245 + 12345) % 2147483648;
            long value = Floor((state >> 16) - 16384, 8) + Math.Abs(n * 37L % 400 - 200) * 60 - 6000;
            clip[n] = (n < count * 2 / 3 ? value : Floor(value, 1000)) / 32768f;
        }
        return clip;

        static long Floor(long a, long b) => (long)Math.Floor((double)a / b);
    }

    private static AudioPreprocessing Mel(AudioPreprocessing settings, Func<MelSettings, MelSettings> change) => settings with { Mel = change(settings.Mel!) };

    /// <summary>A spread of the numbers that a reference gives.</summary>
    internal sealed record Case(string Clip, string Kind, string Reference, int[] Shape, int[] Places, double[] Values)
    {
        public override string ToString() => $"{Clip} {Kind} {Reference}";
    }

    /// <summary>A stretch of a clip that SoX has resampled.</summary>
    internal sealed record Stretch(string Path, int From, int To, int Length, int Start, double[] Values)
    {
        public override string ToString() => $"{Path} {From} {To}";
    }

    private sealed record Content(Dictionary<string, string> Paths, Case[] Cases, Stretch[] Resampled);
}
