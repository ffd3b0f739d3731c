using MLTransfer.Onnx.Graphs;
using MLTransfer.Testing;

namespace MLTransfer.Recipes;

/// <summary>Pictures, sounds and small graphs for recipes, written into the recipe's folder.</summary>
internal static class Scenery
{
    private const int Side = 48;

    /// <summary>Pictures of a sky, a meadow or a brick wall, each a little different, as BMP files.</summary>
    public static void Picture(string path, string what, int seed)
    {
        var random = new Random(seed);
        (int r, int g, int b) = what switch { "sky" => (120, 170, 230), "meadow" => (90, 160, 60), _ => (170, 80, 60) };
        byte[] file = MediaFiles.Bmp(Side, Side, (x, y) =>
        {
            int light = random.Next(-25, 26);
            // A wall has joints.
            bool isJoint = what == "wall" && (y % 8 == 0 || x % 16 == 0);
            return (Lit(isJoint ? 200 : r), Lit(isJoint ? 200 : g), Lit(isJoint ? 200 : b));

            byte Lit(int level) => (byte)Math.Clamp(level + light, 0, 255);
        });
        File.WriteAllBytes(path, file);
    }

    /// <summary>image [batch, 3, 32, 32] → class scores [batch, 4] over "pooled" [batch, 6]: the mean and the mean square of each colour, mixed.</summary>
    public static void ImageGraph(string path, bool scoresOnly = false)
    {
        var graph = new GraphBuilder("colours");
        string image = graph.Input("image", OnnxElementType.Float, "batch", 3, 32, 32);
        string squares = graph.Node("Mul", [image, image], "squares");
        string both = graph.Node("Concat", [image, squares], "both", OnnxAttribute.Of("axis", 1L));
        string pooled = graph.Node("Flatten", [graph.Node("GlobalAveragePool", [both], "averages")], "pooled");
        if (scoresOnly)
        {
            float[] weights = [.. Enumerable.Range(0, 24).Select(i => MathF.Sin(i + 1))];
            string scores = graph.Node("Gemm", [pooled, graph.Initializer("w", weights, 6, 4), graph.Initializer("b", [0.1f, 0f, -0.1f, 0f], 4)], "scores");
            graph.Output(graph.Node("Softmax", [scores], "probabilities", OnnxAttribute.Of("axis", 1L)), OnnxElementType.Float, "batch", 4);
        }
        else
        {
            graph.Output(pooled, OnnxElementType.Float, "batch", 6);
        }
        File.WriteAllBytes(path, graph.ToBytes());
    }

    /// <summary>A folder with a small text encoder: embeddings and two layers of a BERT with random weights, and a vocabulary of a few words.</summary>
    public static void TextEncoder(string folder)
    {
        Directory.CreateDirectory(folder);
        File.Copy(Path.Combine(Assets.RepositoryRoot, "test", "MLTransfer.Onnx.Tests", "Gradients", "golden", "bert-17.onnx"), Path.Combine(folder, "model.onnx"));
        File.WriteAllLines(Path.Combine(folder, "vocab.txt"), ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. Payments.Words]);
        new BackboneCard
        {
            Name = "encoder",
            Modality = BackboneModality.Text,
            Graph = "model.onnx",
            Inputs = new Dictionary<string, string> { ["ids"] = "input_ids", ["mask"] = "attention_mask", ["types"] = "token_type_ids" },
            FeatureOutput = "last_hidden_state",
            Pooling = Pooling.Mean,
            Dimension = 32,
            MaximumLength = 24,
        }.Save(folder);
    }

    /// <summary>A tone of some pitch as a wav file at 8 kHz, 16 bits.</summary>
    public static void Tone(string path, double hertz, double seconds)
    {
        short[] samples = [.. Enumerable.Range(0, (int)(8000 * seconds)).Select(i => (short)(12000 * Math.Sin(2 * Math.PI * hertz * i / 8000)))];
        File.WriteAllBytes(path, MediaFiles.Wav(samples, 8000));
    }

    /// <summary>
    /// wave [batch, samples] at 16 kHz → frames [batch, samples / 160, 4]: how much of 200, 400, 800 and 1600 Hz each 10 ms hold. With a window, wave [batch, 1600] → features
    /// [batch, 4].
    /// </summary>
    public static void AudioGraph(string path, bool window)
    {
        int size = window ? 1600 : 160;
        float[] basis = [.. Enumerable.Range(0, size).SelectMany(i => new[] { 200, 400, 800, 1600 }
            .SelectMany(f => new[] { MathF.Cos(2 * MathF.PI * f * i / 16000) / size, MathF.Sin(2 * MathF.PI * f * i / 16000) / size }))];
        float[] pairs = new float[8 * 4];
        for (int i = 0; i < 8; i++)
            pairs[4 * i + i / 2] = 1;
        var graph = new GraphBuilder("pitch");
        string wave = window ? graph.Input("wave", OnnxElementType.Float, "batch", size) : graph.Input("wave", OnnxElementType.Float, "batch", "samples");
        if (!window)
            wave = graph.Node("Reshape", [wave, graph.Initializer("shape", [0L, -1, size], 3)], "cut");
        string waves = graph.Node("MatMul", [wave, graph.Initializer("basis", basis, size, 8)], "waves");
        string power = graph.Node("MatMul", [graph.Node("Mul", [waves, waves], "squares"), graph.Initializer("pairs", pairs, 8, 4)], "power");
        string features = graph.Node("Sqrt", [power], window ? "features" : "frames");
        if (window)
            graph.Output(features, OnnxElementType.Float, "batch", 4);
        else
            graph.Output(features, OnnxElementType.Float, "batch", "frames", 4);
        File.WriteAllBytes(path, graph.ToBytes());
    }
}
