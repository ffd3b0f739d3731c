using System.Security.Cryptography;
using System.Text;
using MLTransfer.Distillation.Students;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Text;

namespace MLTransfer.Build.DefaultBackbone;

/// <summary>The steps around the training: what the student learns from, what it begins as, and the four files that it ends as.</summary>
internal static class Maker
{
    /// <summary>Names in the folder of work, as make.sh has them.</summary>
    public const string TextsFile = "texts.txt";
    public const string ShortTextsFile = "short.txt";
    public const string StartFolder = "start";
    public const string LearntFolder = "learnt";

    private const string GraphFile = "default-text.onnx";
    private const string VocabularyFile = "vocab.txt";
    private const string TokenizerFile = "tokenizer_config.json";
    private const string Table = "token_table";
    private const string TokenWeights = "token_weights";

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

    /// <summary>All texts, and those of few tokens, one a line.</summary>
    public static void WriteTexts(Recipe recipe, string teacherFolder, Corpus corpus, string folder)
    {
        WordPieceTokenizer tokenizer = Backbone.Open(teacherFolder).Tokenizer!;
        Directory.CreateDirectory(folder);
        File.WriteAllLines(Path.Combine(folder, TextsFile), corpus.Texts);
        // [CLS] and [SEP] are no tokens of the text.
        string[] few = [.. corpus.Texts.Where(t => tokenizer.Encode(t, int.MaxValue).Count - 2 <= recipe.ShortTokenCount)];
        File.WriteAllLines(Path.Combine(folder, ShortTextsFile), few);
        foreach ((string source, _, int count) in corpus.Sources)
            Say($"{source,-30} {count,7}");
        Say($"{corpus.Texts.Length} texts, {few.Length} of at most {recipe.ShortTokenCount} tokens");
    }

    /// <summary>The teacher's vectors of single tokens on their principal axes, weighted by frequency (the first edition of the default backbone, in float), and mapped to where the teacher's vectors of texts lie.</summary>
    public static void WriteStart(Recipe recipe, string teacherFolder, string[] texts, string folder)
    {
        Backbone teacher = Backbone.Open(teacherFolder);
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
        float[] table = new float[vocabulary.Tokens.Length * recipe.Dimension];
        for (int row = Vocabulary.SpecialCount; row < vocabulary.Tokens.Length; row++)
            axes.Project(vectors[row - Vocabulary.SpecialCount]).Select(v => (float)v).ToArray().CopyTo(table, row * recipe.Dimension);
        Dictionary<string, byte[]> files = new()
        {
            [VocabularyFile] = vocabulary.ToFile(),
            [TokenizerFile] = Encoding.UTF8.GetBytes(TokenizerConfig.ReplaceLineEndings("\n")),
        };
        double[] weights = StaticTable.Weights(WordPieceTokenizer.FromFiles(files, "the new vocabulary"), vocabulary, texts, recipe);
        float[] tokenWeights = [.. weights.Select(w => (float)w)];
        double[] map = StartMap.Fit(Start(table, tokenWeights, files, recipe), teacher, [.. File.ReadLines(Path.Combine(folder, TextsFile)).Take(recipe.StartTextCount)]);
        Start(StartMap.Apply(table, map, recipe.Dimension), tokenWeights, files, recipe).Save(Path.Combine(folder, StartFolder));
    }

    private static Backbone Start(float[] table, float[] weights, Dictionary<string, byte[]> files, Recipe recipe) =>
        StudentParts.ToBackbone(StaticTextGraph.Build(table, weights), new BackboneCard
        {
            Name = "default-text-start",
            Modality = BackboneModality.Text,
            Graph = StudentParts.GraphFile,
            Inputs = StudentParts.TextInputs,
            FeatureOutput = StudentParts.Feature,
            Pooling = Pooling.Graph,
            Normalize = true,
            Dimension = recipe.Dimension,
            MaximumLength = recipe.LearntLength,
        }, files);

    /// <summary>The four files, from what the student learnt.</summary>
    public static void Finish(Recipe recipe, string teacherFolder, IReadOnlyList<(string Source, string Credit, int Count)> sources, Func<string, string> dataFolder, Measured measured,
        string folder, string output)
    {
        Backbone teacher = Backbone.Open(teacherFolder);
        Backbone learnt = Backbone.Open(Path.Combine(folder, LearntFolder));
        using OnnxModel model = learnt.Source.Read();
        float[] Weights(string name) => model.Graph.Initializers.First(t => t.Name == name).ToFloats();
        Dictionary<string, byte[]> files = learnt.Files.Where(f => f.Key is VocabularyFile or TokenizerFile).ToDictionary();
        files[GraphFile] = StaticGraph.Make(StaticTable.Make(Weights(Table), Weights(TokenWeights), recipe.Dimension));
        string sha256 = Convert.ToHexStringLower(SHA256.HashData(files[GraphFile]));
        BackboneCard card = Card(recipe, sha256, Notes(teacher, sources, measured.For(sha256)));
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

    private static Dictionary<string, string> Notes(Backbone teacher, IReadOnlyList<(string Source, string Credit, int Count)> sources, Dictionary<string, string> measured) => new(measured)
    {
        ["edition"] = "2",
        ["kind"] = "Static embedding: the weighted sum of one vector a token, at unit length. "
            + "It knows no order of words and no context, so it is fast and crude. English.",
        ["teacher"] = $"sentence-transformers/{teacher.Name}, Apache-2.0, graph SHA-256 {teacher.Sha256}.",
        ["recipe"] = "The teacher's vectors of single tokens on 256 principal axes, then two rounds of mltransfer distill on the teacher's vectors of texts; 8 bits a number, a scale a row. "
            + "build/DefaultBackbone/make.sh has every setting and seed.",
        ["data"] = "Texts without labels; of labelled sets the training rows: " + string.Join("; ", sources.Select(s => FormattableString.Invariant($"{s.Source} ({s.Credit}; {s.Count} texts)")))
            + ". Settings were chosen on STS-B dev and on training rows.",
    };

    private static void Say(string line) => Console.WriteLine(line);
}
