using System.Globalization;
using MLTransfer.Audio;
using MLTransfer.Benchmarks.Measuring;
using MLTransfer.Testing;

namespace MLTransfer.Benchmarks.Speed;

/// <summary>Wav files in memory to what a graph reads, on one thread: decoding, resampling and the spectrogram; and the spectrograms against transformers.js.</summary>
internal static class SoundSpeed
{
    private static readonly (string Figure, string Pass)[] Peers = [("sounds-whisper-over-transformersjs", "run whisper"), ("sounds-kaldi-over-transformersjs", "run kaldi")];

    public static void Run(Figures figures)
    {
        if (Assets.FindData("speech-commands") is not string commands || Assets.FindData("fsdd") is not string digits)
        {
            foreach (string name in (string[])["sounds-digits", "sounds-words", .. Peers.Select(p => p.Figure)])
                figures.Skip(name, "the data sets speech-commands and fsdd are not on this machine");
            return;
        }
        byte[][] words = [.. Files(commands).Select(File.ReadAllBytes)];
        byte[][] numbers = [.. Files(digits).Take(300).Select(File.ReadAllBytes)];
        Say("spoken digits (0.4 s, 8 kHz)", numbers);
        figures.Add("sounds-digits", PerSecond(new OurSounds(AudioPreprocessing.Kaldi()), numbers));
        Say("spoken words (1 s, 16 kHz)", words);
        figures.Add("sounds-words", PerSecond(new OurSounds(AudioPreprocessing.Kaldi()), words));
        foreach (int rate in (int[])[8000, 22050, 44100, 48000])
            SayResampling(rate);
        OverTransformersJs(figures, commands);
    }

    private static IEnumerable<string> Files(string folder) => Directory.EnumerateFiles(folder, "*.wav", SearchOption.AllDirectories).Order(StringComparer.Ordinal);

    private static void Say(string what, byte[][] files)
    {
        foreach (AudioPreprocessing settings in (AudioPreprocessing[])[AudioPreprocessing.Waveform(16000), AudioPreprocessing.Kaldi(), AudioPreprocessing.Mfcc(), AudioPreprocessing.Whisper()])
        {
            List<double> rates = PerSecond(new OurSounds(settings), files);
            Figures.Say(string.Create(CultureInfo.InvariantCulture, $"{what}, {settings.FrontEnd,-15} {rates.Order().ElementAt(rates.Count / 2),8:0} clips a second"));
        }
    }

    private static void SayResampling(int rate)
    {
        float[] minute = [.. Enumerable.Range(0, 60 * rate).Select(n => 0.5f * MathF.Sin(n * 0.1f))];
        Resampler resampler = Resampler.Get(rate, 16000);
        float[] output = new float[resampler.OutputLength(minute.Length)];
        double best = Enumerable.Range(0, Rounds.Count).Min(_ => Rounds.Seconds(() => resampler.Resample(minute, output)));
        Figures.Say(string.Create(CultureInfo.InvariantCulture, $"{rate} Hz to 16000 Hz: {60 / best,8:0} times as fast as it is played"));
    }

    private static List<double> PerSecond(OurSounds ours, byte[][] files)
    {
        ours.Pass(files);
        return [.. Enumerable.Range(0, Rounds.Count).Select(_ => files.Length / ours.Pass(files))];
    }

    private static void OverTransformersJs(Figures figures, string commands)
    {
        string list = Path.GetTempFileName();
        try
        {
            string[] paths = [.. Files(commands).Take(40)];
            File.WriteAllLines(list, paths);
            (PeerProcess? peer, string? problem) = PeerProcess.Start("node", Path.Combine(PeerProcess.Folder, "transformersjs_sounds.mjs"), list);
            if (peer is null)
            {
                foreach ((string figure, _) in Peers)
                    figures.Skip(figure, problem!);
                return;
            }
            using (peer)
            {
                byte[][] files = [.. paths.Select(File.ReadAllBytes)];
                OurSounds[] ours = [new(AudioPreprocessing.Whisper()), new(AudioPreprocessing.Kaldi(scale: 32768))];
                for (int i = 0; i < Peers.Length; i++)
                    figures.Add(Peers[i].Figure, Rounds.Ratios(() => ours[i].Pass(files), () => peer.Run(Peers[i].Pass)));
            }
        }
        finally
        {
            File.Delete(list);
        }
    }

    private sealed class OurSounds(AudioPreprocessing settings)
    {
        private readonly AudioFrontEndRunner _runner = new(settings);
        private readonly AudioWorkspace _workspace = new();
        private float[] _prepared = [];
        private float[] _features = [];

        public double Pass(byte[][] files) => Rounds.Seconds(() =>
        {
            foreach (byte[] file in files)
                Prepare(file);
        });

        private void Prepare(byte[] file)
        {
            WavFormat format = WavDecoder.ReadFormat(file, null, WavDecoder.DefaultMaximumSamples);
            Span<float> decoded = _workspace.Samples(format.SampleCount);
            WavDecoder.Decode(file, format, null, decoded);
            Resampler resampler = Resampler.Get(format.SampleRate, settings.SampleRate);
            int length = (int)resampler.OutputLength(decoded.Length);
            int count = _runner.ClipLength(length);
            if (_prepared.Length < count)
                _prepared = new float[count];
            resampler.Resample(decoded, _prepared);
            _runner.PrepareClip(_prepared.AsSpan(0, length), _prepared);
            int numbers = _runner.FrameCount(count) * _runner.Width;
            if (_features.Length < numbers)
                _features = new float[numbers];
            _runner.Compute(_prepared.AsSpan(0, count), _workspace, _features);
        }
    }
}
