using System.Numerics.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Testing;
using MLTransfer.Text;

namespace MLTransfer.Tests.Models;

internal sealed class DefaultBackbonesTests
{
    // Sums of at most some hundred float products in another order.
    private const float Rounding = 1e-5f;

    [Test]
    public void Text_ManyThreadsAtOnce_GetOneBackbone()
    {
        var found = new Backbone[8];
        Parallel.For(0, found.Length, i => found[i] = DefaultBackbones.Text);
        Assert.That(found, Is.All.SameAs(DefaultBackbones.Text));
    }

    [Test]
    public void Text_Card_StatesOriginAndQuality()
    {
        BackboneCard card = DefaultBackbones.Text.Card;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(card.Licence, Is.EqualTo("Apache-2.0"));
            Assert.That(card.Sha256, Is.EqualTo(DefaultBackbones.Text.Sha256));
            Assert.That(card.Dimension, Is.EqualTo(256));
            Assert.That(card.Pooling, Is.EqualTo(Pooling.Graph));
            Assert.That(card.Notes!["teacher"], Does.Contain("all-minilm-l6-v2").IgnoreCase.And.Contain("Apache-2.0"));
            Assert.That(card.Notes["data"], Does.Contain("CC BY 4.0"));
            Assert.That(card.Notes["stsb"], Does.StartWith("Spearman 0.7"));
            Assert.That(card.Notes["weakness"], Does.Contain("loses").And.Contain("trec"));
        }
    }

    [Test]
    public void Text_AllFilesTogether_AreAtMostSixMegabytes()
    {
        var assembly = typeof(DefaultBackbones).Assembly;
        string[] names = [.. assembly.GetManifestResourceNames().Where(n => n.StartsWith("Text/", StringComparison.Ordinal))];
        string[] expected = ["Text/default-text.onnx", "Text/mltransfer.json", "Text/tokenizer_config.json", "Text/vocab.txt"];
        Assert.That(names, Is.EquivalentTo(expected));
        Assert.That(names.Sum(n => assembly.GetManifestResourceStream(n)!.Length), Is.LessThanOrEqualTo(6_000_000));
    }

    [Test]
    public void Text_Graph_LetsNoRowSeeAnother() => Assert.That(DefaultBackbones.Text.Ports.Independence.RowsInterfere, Is.False);

    [Test]
    public void Text_Vocabulary_HasARowForEachToken()
    {
        using OnnxModel model = DefaultBackbones.Text.Source.Read();
        Assert.That(Constant(model, "table").Dimensions, Is.EqualTo(new long[] { DefaultBackbones.Text.Tokenizer!.VocabularySize, 256 }));
        Assert.That(Constant(model, "scales").Dimensions, Is.EqualTo(new long[] { DefaultBackbones.Text.Tokenizer.VocabularySize }));
    }

    [Test]
    public void Text_SpecialTokens_WeighNothing()
    {
        using OnnxModel model = DefaultBackbones.Text.Source.Read();
        float[] scales = Constant(model, "scales").ToFloats();
        WordPieceTokenizer tokenizer = DefaultBackbones.Text.Tokenizer!;
        string[] weightless = [.. Enumerable.Range(0, scales.Length).Where(id => scales[id] == 0).Select(tokenizer.Token)];
        Assert.That(weightless, Is.EqualTo(new[] { "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]" }));
    }

    [TestCase("payment", ExpectedResult = "payment")]
    [TestCase("Payments, please!", ExpectedResult = "payments , please !")]
    [TestCase("zzqx", ExpectedResult = "z ##z ##q ##x")]
    public string Text_Tokenizer_TakesTheLongestMatch(string text)
    {
        WordPieceTokenizer tokenizer = DefaultBackbones.Text.Tokenizer!;
        return string.Join(' ', tokenizer.Encode(text, 32).Ids[1..^1].Select(tokenizer.Token));
    }

    [Test]
    public void EmbedText_NothingKnownInTheText_GivesZeros()
    {
        foreach (float[] feature in Embed(null, "", " \t", "\u0F40\u0F41"))
            Assert.That(feature, Is.All.EqualTo(0f));
    }

    [Test]
    public void EmbedText_Feature_IsTheWeightedSumOfRowsAtUnitLength()
    {
        const string text = "The transfer of my money is late.";
        using OnnxModel model = DefaultBackbones.Text.Source.Read();
        float[] table = Constant(model, "table").ToFloats();
        float[] scales = Constant(model, "scales").ToFloats();
        double[] expected = new double[256];
        foreach (int id in DefaultBackbones.Text.Tokenizer!.Encode(text, 64).Ids)
        {
            for (int i = 0; i < expected.Length; i++)
                expected[i] += table[id * expected.Length + i] * (double)scales[id];
        }
        TensorPrimitives.Divide(expected, TensorPrimitives.Norm<double>(expected), expected);
        Assert.That(Embed(text)[0], Is.EqualTo(expected.Select(v => (float)v)).Within(Rounding));
    }

    [Test]
    public void EmbedText_BesideLongerRows_IsWhatItIsAlone()
    {
        string endless = string.Join(' ', Enumerable.Repeat("a long story about nothing in particular", 40));
        Assert.That(Embed("my card is lost", endless, "", "hello")[0], Is.EqualTo(Embed("my card is lost")[0]).Within(Rounding));
    }

    [Test]
    public void EmbedText_WordsInAnotherOrder_GiveTheSame() =>
        Assert.That(Embed("not good , bad")[0], Is.EqualTo(Embed("not bad , good")[0]).Within(Rounding), "its documentation says so");

    [TestCase("My bank card was stolen.", "Someone took my credit card.", "What will the weather be tomorrow?")]
    [TestCase("The film was wonderful.", "A beautiful movie!", "The printer is out of paper.")]
    [TestCase("How do I reset my password?", "I forgot the login code.", "Two dogs run through the snow.")]
    public void EmbedText_SameMatter_IsCloserThanAnother(string text, string near, string far)
    {
        float[][] features = Embed(text, near, far);
        float closeness = TensorPrimitives.Dot<float>(features[0], features[1]);
        Assert.That(closeness, Is.GreaterThan(TensorPrimitives.Dot<float>(features[0], features[2]) + 0.1f));
    }

    [Test]
    public void EmbedText_FirstNumbersAlone_KeepMostOfTheMeaning()
    {
        var ml = new MLContext(0);
        string[] texts = ["my card is lost", "somebody stole my card", "it rains"];
        IDataView data = ml.Data.LoadFromEnumerable(texts.Select(t => new Row { Text = t }));
        using var model = ml.Transforms.EmbedText(DefaultBackbones.Text, new TextEmbeddingOptions { Dimension = 64, Normalize = true }).Fit(data);
        float[][] features = [.. model.Transform(data).GetColumn<float[]>("Features")];
        Assert.That(features[0], Has.Length.EqualTo(64));
        Assert.That(TensorPrimitives.Dot<float>(features[0], features[1]), Is.GreaterThan(TensorPrimitives.Dot<float>(features[0], features[2])));
    }

    [Test]
    public void EmbedText_StsBenchmark_RanksPairsAsPeopleDo()
    {
        string[][] rows = [.. File.ReadLines(Path.Combine(RealAssets.Data("stsb"), "test.tsv")).Skip(1).Select(l => l.Split('\t'))];
        float[][] first = Embed([.. rows.Select(r => r[3])]);
        float[][] second = Embed([.. rows.Select(r => r[4])]);
        double[] cosines = [.. first.Zip(second, (a, b) => (double)TensorPrimitives.Dot<float>(a, b))];
        double[] stated = [.. rows.Select(r => double.Parse(r[2], System.Globalization.CultureInfo.InvariantCulture))];
        Assert.That(TensorPrimitives.CosineSimilarity<double>(CentredRanks(cosines), CentredRanks(stated)), Is.GreaterThanOrEqualTo(0.68));
    }

    private static float[][] Embed(params string?[] texts)
    {
        var ml = new MLContext(0);
        IDataView data = ml.Data.LoadFromEnumerable(texts.Select(t => new Row { Text = t }));
        using var model = ml.Transforms.EmbedText("Features", DefaultBackbones.Text).Fit(data);
        return [.. model.Transform(data).GetColumn<float[]>("Features")];
    }

    private static OnnxTensor Constant(OnnxModel model, string name) => model.Graph.Initializers.Single(t => t.Name == name);

    private static double[] CentredRanks(double[] values)
    {
        double[] sorted = [.. values.Order()];
        // Equal values share the mean of their ranks; the mean of all ranks is taken off.
        return [.. values.Select(v => (sorted.Count(s => s < v) + sorted.Count(s => s <= v) - values.Length) / 2.0)];
    }

    private sealed class Row
    {
        public string? Text { get; set; }
    }
}
