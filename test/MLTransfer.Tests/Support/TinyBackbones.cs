using System.Text;
using MLTransfer.Backbones;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Tests.Support;

/// <summary>Backbones small enough to be made in a test, with the shapes of real ones.</summary>
internal static class TinyBackbones
{
    public const int TextDimension = 6;
    public const int TensorDimension = 4;

    /// <summary>Whole words, pieces of words, and the special tokens of BERT.</summary>
    public static readonly string[] Vocabulary =
    [
        "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "a", "card", "account", "money", "bank", "pay", "##ment", "##s", "##ing", "transfer", "lost", "my", "i", "is",
        "how", "do", "to", "where", "new", "open", "close", "late", "fee", "not", "work", "##ed", "help", "please", "?", "!", ".", ",",
    ];

    /// <summary>
    /// input_ids and attention_mask [batch, tokens] → last_hidden_state [batch, tokens, 6]: an embedding, mixed with the mean of the row's unmasked tokens so that a token's
    /// vector depends on its row, as attention makes it.
    /// </summary>
    public static GraphBuilder TextGraph(string batch = "batch_size", int? tokens = null)
    {
        OnnxDimension rows = batch == "1" ? 1 : batch;
        OnnxDimension columns = tokens is int count ? count : "sequence_length";
        var graph = new GraphBuilder("text");
        string ids = graph.Input("input_ids", OnnxElementType.Int64, rows, columns);
        string mask = graph.Input("attention_mask", OnnxElementType.Int64, rows, columns);
        string table = graph.Initializer("embeddings", Values(Vocabulary.Length * TextDimension, seed: 1), Vocabulary.Length, TextDimension);
        string embedded = graph.Node("Gather", [table, ids], "embedded");
        string weights = graph.Node("Unsqueeze", [graph.Node("Cast", [mask], "mask_float", OnnxAttribute.Of("to", (long)OnnxElementType.Float)), graph.Initializer("last", [2L], 1)], "weights");
        string one = graph.Initializer("one", [1L], 1);
        string sum = graph.Node("ReduceSum", [graph.Node("Mul", [embedded, weights], "counted"), one], "sum");
        string mean = graph.Node("Div", [sum, graph.Node("ReduceSum", [weights, one], "count")], "mean");
        string hidden = graph.Node("Tanh", [graph.Node("Add", [embedded, mean], "mixed")], "last_hidden_state");
        graph.Output(hidden, OnnxElementType.Float, rows, columns, TextDimension);
        return graph;
    }

    /// <summary>The same as a backbone in memory.</summary>
    public static Backbone Text(
        Pooling pooling = Pooling.Mean, bool normalize = true, string batch = "batch_size", int? tokens = null, int maximumLength = 16,
        string? queryPrefix = null) =>
        Open(TextGraph(batch, tokens), new BackboneCard
        {
            Name = "tiny-text",
            Modality = BackboneModality.Text,
            Graph = "model.onnx",
            Inputs = new Dictionary<string, string> { [InputRoles.Ids] = "input_ids", [InputRoles.Mask] = "attention_mask" },
            FeatureOutput = "last_hidden_state",
            Pooling = pooling,
            Normalize = normalize,
            Dimension = TextDimension,
            MaximumLength = maximumLength,
            QueryPrefix = queryPrefix,
        });

    /// <summary>obs [batch, 3] → features [batch, 4], or obs [batch, steps, 3] → [batch, steps, 4] where <paramref name="sequence"/> is set.</summary>
    public static GraphBuilder TensorGraph(bool sequence = false)
    {
        var graph = new GraphBuilder("tensor");
        string input = sequence ? graph.Input("obs", OnnxElementType.Float, "batch", "steps", 3) : graph.Input("obs", OnnxElementType.Float, "batch", 3);
        string product = graph.Node("MatMul", [input, graph.Initializer("w", Values(3 * TensorDimension, seed: 2), 3, TensorDimension)], "product");
        string features = graph.Node("Tanh", [graph.Node("Add", [product, graph.Initializer("b", Values(TensorDimension, seed: 3), TensorDimension)], "biased")], "features");
        return sequence ? graph.Output(features, OnnxElementType.Float, "batch", "steps", TensorDimension)
            : graph.Output(features, OnnxElementType.Float, "batch", TensorDimension);
    }

    public static Backbone Tensor(bool sequence = false) => Open(TensorGraph(sequence), new BackboneCard
    {
        Name = "tiny-tensor",
        Modality = BackboneModality.Tensor,
        Graph = "model.onnx",
        Inputs = new Dictionary<string, string> { ["obs"] = "obs" },
        FeatureOutput = "features",
        Pooling = sequence ? Pooling.Mean : Pooling.Graph,
        Dimension = TensorDimension,
    });

    /// <summary>The vocabulary as the bytes of a vocab.txt.</summary>
    public static byte[] VocabularyFile() => Encoding.UTF8.GetBytes(string.Join("\n", Vocabulary) + "\n");

    /// <summary>Writes a folder in the Hugging Face layout: onnx/model.onnx and vocab.txt.</summary>
    public static void WriteTextFolder(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "onnx"));
        File.WriteAllBytes(Path.Combine(folder, "onnx", "model.onnx"), TextGraph().ToBytes());
        File.WriteAllBytes(Path.Combine(folder, "vocab.txt"), VocabularyFile());
    }

    public static Backbone Open(GraphBuilder graph, BackboneCard card)
    {
        var files = new Dictionary<string, byte[]>
        {
            [BackboneCard.FileName] = Encoding.UTF8.GetBytes(card.ToJson()),
            [card.Graph] = graph.ToBytes(),
        };
        if (card.Modality == BackboneModality.Text)
            files["vocab.txt"] = VocabularyFile();
        return Backbone.FromMemory(card.Name, files);
    }

    /// <summary>Numbers between −1 and 1 that differ from each other.</summary>
    public static float[] Values(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => 2 * random.NextSingle() - 1)];
    }
}
