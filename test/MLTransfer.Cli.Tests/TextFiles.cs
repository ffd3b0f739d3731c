using MLTransfer.Testing;

namespace MLTransfer.Cli.Tests;

/// <summary>Labelled texts of known words, and a small BERT that knows the words.</summary>
internal static class TextFiles
{
    private static readonly Dictionary<string, string[]> Words = new()
    {
        ["refund"] = ["money", "refund", "charged", "invoice", "paid"],
        ["parcel"] = ["parcel", "delivery", "courier", "package", "shipped"],
        ["login"] = ["password", "login", "account", "locked", "signin"],
    };

    private static readonly string[] Fillers = ["the", "my", "please", "where", "is", "was", "twice", "today", "help", "never"];

    /// <summary>Texts with their labels: two words of the class and three that say nothing.</summary>
    public static List<(string Text, string Label)> Rows(int perClass, int seed = 0)
    {
        var random = new Random(seed);
        return [.. Words.SelectMany(c => Enumerable.Range(0, perClass).Select(_ => (string.Join(' ', (string[])
            [Any(random, Fillers), Any(random, c.Value), Any(random, Fillers), Any(random, c.Value), Any(random, Fillers)]), c.Key)))];
    }

    public static string WriteTsv(string folder, int perClass, string name = "data.tsv")
    {
        string path = Path.Combine(folder, name);
        File.WriteAllLines(path, [.. Rows(perClass).Select(r => $"{r.Label}\t{r.Text}").Prepend("label\ttext")]);
        return path;
    }

    /// <summary>A BERT of two layers and 32 numbers, never pretrained, in a folder as Hugging Face's.</summary>
    public static string WriteBert(string folder)
    {
        string path = Directory.CreateDirectory(Path.Combine(folder, "bert")).FullName;
        File.Copy(Path.Combine(Assets.RepositoryRoot, "test", "MLTransfer.Onnx.Tests", "Gradients", "golden", "bert-17.onnx"), Path.Combine(path, "model.onnx"));
        File.WriteAllLines(Path.Combine(path, "vocab.txt"), [.. ((string[])["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]).Concat(Words.Values.SelectMany(w => w)).Concat(Fillers)]);
        Directory.CreateDirectory(Path.Combine(path, "1_Pooling"));
        File.WriteAllText(Path.Combine(path, "1_Pooling", "config.json"), """{ "word_embedding_dimension": 32, "pooling_mode_mean_tokens": true }""");
        return path;
    }

    private static string Any(Random random, string[] words) => words[random.Next(words.Length)];
}
