using MLTransfer.Audio;
using MLTransfer.Benchmarks.Measuring;

namespace MLTransfer.Benchmarks.Quality;

/// <summary>What audio backbones are worth on real clips, beside statistics of cepstral coefficients with the same head.</summary>
internal static class AudioQuality
{
    public static void Run(Figures figures)
    {
        Set(figures, "speech-commands", "label", "moonshine", MediaBackbones.Moonshine);
        Set(figures, "esc10", "label", "yamnet", MediaBackbones.YamNet);
        Set(figures, "fsdd", "digit", "moonshine", MediaBackbones.Moonshine);
    }

    private static void Set(Figures figures, string set, string label, string name, string model)
    {
        Backbone? backbone = MediaBackbones.Open(model);
        if (LabelledFile.Read(set, "train", label) is not List<LabelledFile> train || LabelledFile.Read(set, "test", label) is not List<LabelledFile> test)
        {
            foreach (string figure in (string[])[$"{set}-{name}", $"{set}-baseline"])
                figures.Skip(figure, $"the data set {set} is not on this machine");
            return;
        }
        if (backbone is null)
            figures.Skip($"{set}-{name}", $"the model {model} is not on this machine");
        else
            Probe(figures, $"{set}-{name}", set, train, test, (some, others) => LinearProbe.Accuracy(some, others, ml => ml.Transforms.EmbedAudio("Features", backbone, "Path")));
        Probe(figures, $"{set}-baseline", set, train, test, (some, others) => LinearProbe.Accuracy(some, others, Cepstra));
    }

    private static void Probe(
        Figures figures, string figure, string set, List<LabelledFile> train, List<LabelledFile> test, Func<List<LabelledFile>, List<LabelledFile>, double> accuracy)
    {
        figures.Add(figure, [accuracy(train, test)]);
        // Few speakers, each in both parts: what is learnt may be the speaker. So each is left out of training once, and only that one is heard in the test.
        if (set == "fsdd")
        {
            figures.Add($"{figure}-speaker", [.. train.Select(r => r.Speaker).Distinct().Select(speaker =>
                accuracy([.. train.Where(r => r.Speaker != speaker)], [.. test.Where(r => r.Speaker == speaker)]))]);
        }
    }

    /// <summary>Mean and deviation of cepstral coefficients and of their slopes, at the file's own rate.</summary>
    private static float[] Cepstra(string path)
    {
        float[] samples = WavDecoder.Decode(File.ReadAllBytes(path), out int rate);
        var statistics = new MfccStatistics(rate);
        var features = new float[statistics.Length];
        statistics.Compute(samples, features);
        return features;
    }
}
