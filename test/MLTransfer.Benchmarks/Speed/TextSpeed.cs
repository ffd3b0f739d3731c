using System.Numerics.Tensors;
using System.Text.Json;
using MLTransfer.Benchmarks.Measuring;
using MLTransfer.Testing;

namespace MLTransfer.Benchmarks.Speed;

/// <summary>Text featurizing end to end, against its peers and against itself.</summary>
internal static class TextSpeed
{
    private const string Model = "all-minilm-l6-v2";
    private const int Rows = 1024;

    // ApplyOnnxModel takes up to a tenth of a second for each row.
    private const int RowsOfSlowPeer = 256;

    private static readonly string[] Names =
    [
        "text-over-applyonnx", "text-over-rawloop", "text-over-transformersjs", "text-over-transformersjs-sorted", "text-bytes-per-row", "text-10x-time", "text-10x-memory", "default-over-minilm",
    ];

    public static void Run(Figures figures)
    {
        string? folder = Assets.FindModel(Model);
        Backbone? backbone = folder is null ? null : Backbone.Open(folder);
        List<LabelledText>? texts = backbone is null ? null : SpeedTexts.Make(backbone.Tokenizer!, Rows);
        if (texts is null)
        {
            foreach (string name in Names)
                figures.Skip(name, folder is null ? $"the model {Model} is not on this machine" : "the data sets are not on this machine");
            return;
        }
        float[][] features = [.. texts.Select(_ => new float[backbone!.Dimension])];
        using var ours = new OurText(backbone!);
        OverRawLoop(figures, backbone!, ours, texts, features);
        OverApplyOnnx(figures, backbone!, ours, [.. texts.Take(RowsOfSlowPeer)], features);
        OverTransformersJs(figures, folder!, ours, texts);
        figures.Add("text-bytes-per-row", Costs.BytesPerRow(() => ours.Pass(texts), texts.Count));
        TenTimes(figures, ours, texts);
        using var small = new OurText(DefaultBackbones.Text);
        figures.Add("default-over-minilm", Rounds.Ratios(() => small.Pass(texts), () => ours.Pass(texts)));
    }

    private static void OverRawLoop(Figures figures, Backbone backbone, OurText ours, List<LabelledText> texts, float[][] features)
    {
        using var raw = new RawLoop(backbone);
        raw.ChooseBudget(texts, features);
        Figures.Say($"raw loop: best budget {raw.Budget} tokens; largest difference of a number {Difference(ours, texts, features):0.0e0}");
        figures.Add("text-over-rawloop", Rounds.Ratios(() => ours.Pass(texts), () => raw.Pass(texts, features)));
    }

    private static void OverApplyOnnx(Figures figures, Backbone backbone, OurText ours, List<LabelledText> texts, float[][] features)
    {
        using var peer = new ApplyOnnx(backbone);
        peer.Pass(texts, features);
        Figures.Say($"ApplyOnnxModel: largest difference of a number {Difference(ours, texts, features):0.0e0}");
        figures.Add("text-over-applyonnx", Rounds.Ratios(() => ours.Pass(texts), () => peer.Pass(texts, features)));
    }

    private static void OverTransformersJs(Figures figures, string folder, OurText ours, List<LabelledText> texts)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, JsonSerializer.Serialize(texts.Select(t => t.Text)));
            (PeerProcess? peer, string? problem) = PeerProcess.Start("node", Path.Combine(PeerProcess.Folder, "transformersjs.mjs"), Path.GetFullPath(folder), file);
            if (peer is null)
            {
                figures.Skip("text-over-transformersjs", problem!);
                figures.Skip("text-over-transformersjs-sorted", problem!);
                return;
            }
            using (peer)
            {
                float[][] features = peer.Ready.GetProperty("features").Deserialize<float[][]>()!;
                Figures.Say($"transformers.js: best batch size {peer.Ready.GetProperty("batchSize")}, {peer.Ready.GetProperty("sortedBatchSize")} where its texts are sorted by hand; " +
                    $"largest difference of a number {Difference(ours, texts, features):0.0e0}");
                figures.Add("text-over-transformersjs", Rounds.Ratios(() => ours.Pass(texts), () => peer.Run()));
                figures.Add("text-over-transformersjs-sorted", Rounds.Ratios(() => ours.Pass(texts), () => peer.Run("run sorted")));
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static void TenTimes(Figures figures, OurText ours, List<LabelledText> texts)
    {
        List<LabelledText> few = [.. texts.Take(Rows / 2)];
        // The same texts again, made anew, so that no row is held and each is as long as before.
        IEnumerable<LabelledText> many = Enumerable.Range(0, 10).SelectMany(i => few.Select(t => new LabelledText { Text = t.Text + new string(' ', i) }));
        (List<double> times, List<double> memories) = Costs.TenTimes(() => ours.Pass(few), () => ours.Pass(many));
        figures.Add("text-10x-time", times);
        figures.Add("text-10x-memory", memories);
    }

    private static double Difference(OurText ours, List<LabelledText> texts, float[][] expected)
    {
        float largest = 0;
        int count = Math.Min(texts.Count, expected.Length);
        ours.Pass(texts.Take(count), (row, feature) =>
        {
            float[] difference = new float[expected[row].Length];
            TensorPrimitives.Subtract(feature.GetValues(), expected[row], difference);
            largest = Math.Max(largest, Math.Abs(TensorPrimitives.MaxMagnitude<float>(difference)));
        });
        return largest;
    }
}
