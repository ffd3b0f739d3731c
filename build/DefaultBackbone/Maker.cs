using System.Security.Cryptography;
using System.Text;
using MLTransfer.Distillation.Students;
using MLTransfer.Text;

namespace MLTransfer.Build.DefaultBackbone;

/// <summary>From teacher and texts to the four files, and the dev figure that recipes are compared by.</summary>
internal static class Maker
{
    private const string GraphFile = "default-text.onnx";
    private const string VocabularyFile = "vocab.txt";
    private const string TokenizerFile = "tokenizer_config.json";

    private const string TokenizerConfig = """
        {
          "tokenizer_class": "BertTokenizer",
          "do_lower_case": true,
          "tokenize_chinese_chars": true,
          "strip_accents": null,
          "unk_token": "[UNK]",
          "sep_token": "[SEP]",
          "pad_token": "[PAD]",
          "cls_token": "[CLS]",
          "mask_token": "[MASK]"
        }

        """;

    public static void Make(Recipe recipe, string teacherFolder, Func<string, string> dataFolder, Measured measured, string output)
    {
        Backbone teacher = Backbone.Open(teacherFolder);
        string[] texts = LicensedTexts.Read(dataFolder);
        Say($"{texts.Length} texts, teacher {teacher}");
        Vocabulary vocabulary = Vocabulary.Choose(teacher.Tokenizer!, texts, recipe);
        Say($"{vocabulary.Tokens.Length} tokens, the last of them {string.Join(", ", vocabulary.Tokens[^5..])}");

        int told = 0;
        float[][] vectors = Teacher.Embed(teacher, vocabulary.Tokens.AsSpan(Vocabulary.SpecialCount), done =>
        {
            if ((int)(done * 10) > told)
                Say($"teacher {told = (int)(done * 10)}0 %");
        });
        PrincipalAxes axes = PrincipalAxes.Find(vectors, recipe.Dimension);
        Say($"{recipe.Dimension} principal axes explain {axes.Explained:P1} of the variance");

        Dictionary<string, byte[]> files = new()
        {
            [VocabularyFile] = vocabulary.ToFile(),
            [TokenizerFile] = Encoding.UTF8.GetBytes(TokenizerConfig.ReplaceLineEndings("\n")),
        };
        WordPieceTokenizer tokenizer = WordPieceTokenizer.FromFiles(files, "the new vocabulary");
        double[] weights = StaticTable.Weights(tokenizer, vocabulary, texts, recipe);
        files[GraphFile] = StaticGraph.Make(StaticTable.Make(vectors, axes, weights, recipe.Dimension));

        string sha256 = Convert.ToHexStringLower(SHA256.HashData(files[GraphFile]));
        BackboneCard card = Card(recipe, sha256, Notes(recipe, teacher, measured.For(sha256)));
        files[BackboneCard.FileName] = Encoding.UTF8.GetBytes(card.ToJson());
        double similarity = Similarity.OnStsBenchmark(Backbone.FromMemory(card.Name, files), Path.Combine(dataFolder("stsb"), "dev.tsv"));
        Say(FormattableString.Invariant($"STS-B dev: Spearman {similarity:F4}"));

        Directory.CreateDirectory(output);
        foreach ((string name, byte[] bytes) in files.OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            File.WriteAllBytes(Path.Combine(output, name), bytes);
            Say($"{name,-22} {bytes.Length,9} bytes  {Convert.ToHexStringLower(SHA256.HashData(bytes))}");
        }
        Say($"{files.Values.Sum(f => (long)f.Length)} bytes in all");
    }

    private static BackboneCard Card(Recipe recipe, string sha256, Dictionary<string, string> notes) => new()
    {
        Name = "default-text",
        Modality = BackboneModality.Text,
        Graph = GraphFile,
        Sha256 = sha256,
        Inputs = new Dictionary<string, string> { ["ids"] = StaticGraph.Ids, ["mask"] = StaticGraph.Mask },
        FeatureOutput = StaticGraph.Feature,
        Pooling = Pooling.Graph,
        Normalize = false,
        Dimension = recipe.Dimension,
        MaximumLength = recipe.MaximumLength,
        Licence = "Apache-2.0",
        Notes = notes,
    };

    private static Dictionary<string, string> Notes(Recipe recipe, Backbone teacher, Dictionary<string, string> measured) => new(measured)
    {
        ["kind"] = "Static embedding: the weighted sum of one vector a token, at unit length. "
            + "It knows no order of words and no context, so it is fast and crude. English.",
        ["teacher"] = $"sentence-transformers/{teacher.Name}, Apache-2.0, graph SHA-256 {teacher.Sha256}. Each token was run through it alone.",
        ["recipe"] = FormattableString.Invariant($"{recipe.TokenCount} tokens (frequent ones of the teacher, words of the licensed text), ")
            + FormattableString.Invariant($"{recipe.Dimension} principal axes, ")
            + FormattableString.Invariant($"weights a/(a+p) with a = {recipe.Smoothing}, 8 bits a number, a scale a row. No randomness, so no seed."),
        ["data"] = "Frequencies were counted in the training rows, without labels, of "
            + string.Join("; ", LicensedTexts.Sets.Select(s => $"{s.Set} ({s.Credit})"))
            + ". Settings were chosen on STS-B dev and on training rows.",
    };

    private static void Say(string line) => Console.WriteLine(line);
}
