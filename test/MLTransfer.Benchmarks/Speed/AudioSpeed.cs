using MLTransfer.Benchmarks.Measuring;

namespace MLTransfer.Benchmarks.Speed;

/// <summary>Wav files to features: clips per second, and against a loop over the raw session.</summary>
internal static class AudioSpeed
{
    private const int YamNetWindow = 15_600;

    public static void Run(Figures figures)
    {
        Measure(figures, "speech-commands", MediaBackbones.Moonshine, window: null, ["audio-clips", "audio-over-rawloop", "audio-bytes-per-row"]);
        Measure(figures, "esc10", MediaBackbones.YamNet, YamNetWindow, ["audio-clips-yamnet", "audio-over-rawloop-yamnet", "audio-bytes-per-row-yamnet"]);
    }

    private static void Measure(Figures figures, string set, string model, int? window, string[] names)
    {
        Backbone? backbone = MediaBackbones.Open(model);
        List<LabelledFile>? clips = LabelledFile.Read(set, "train");
        if (backbone is null || clips is null)
        {
            foreach (string name in names)
                figures.Skip(name, backbone is null ? $"the model {model} is not on this machine" : $"the data set {set} is not on this machine");
            return;
        }
        using OurMedia ours = OurMedia.Audio(backbone);
        figures.Add(names[0], Costs.RowsPerSecond(() => ours.Pass(clips), clips.Count));
        var features = new float[clips.Count][];
        using var raw = new RawAudioLoop(backbone, window);
        raw.Choose(clips, features);
        Figures.Say($"raw loop: {(raw.IsParallel ? "a clip for each core" : "one clip on all threads")}; largest difference of a number {ours.Difference(clips, features):0.0e0}");
        figures.Add(names[1], Rounds.Ratios(() => ours.Pass(clips), () => raw.Pass(clips, features)));
        figures.Add(names[2], Costs.BytesPerRow(() => ours.Pass(clips), clips.Count));
    }
}
