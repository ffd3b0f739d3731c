using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Tests.Contracts;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Text;

internal sealed class TextEmbeddingTests : EmbeddingContract<TextEmbeddingTransformer, TextEmbeddingTests.Row>
{
    private static readonly string[] Words = ["my", "card", "is", "lost", "how", "do", "i", "open", "a", "new", "account", "payments", "transfer", "late", "fee", "unknown", "?"];

    protected override string InputColumn => "Text";

    protected override EmbeddingEstimator<TextEmbeddingTransformer> Estimator(MLContext ml) => ml.Transforms.EmbedText("Features", TinyBackbones.Text());

    protected override Row[] Rows(int count)
    {
        var random = new Random(5);
        return
        [
            .. Enumerable.Range(0, count).Select(i => new Row
            {
                Text = i % 11 == 10 ? null : string.Join(" ", Enumerable.Range(0, random.Next(0, 9)).Select(_ => Words[random.Next(Words.Length)])),
                Number = i,
                Name = $"row {i}",
                Weights = [.. Enumerable.Range(0, i % 4).Select(j => (float)j)],
            }),
        ];
    }

    protected override IDataView WrongType(MLContext ml) => ml.Data.LoadFromEnumerable(new[] { new NumberRow { Text = 1 } });

    [Test]
    public void Transform_MissingText_IsAnEmptyText()
    {
        var ml = new MLContext(0);
        float[][] features = Embed(ml, new TextEmbeddingOptions(), null, "");
        Assert.That(features[0], Is.EqualTo(features[1]));
        Assert.That(features[0].All(float.IsFinite));
    }

    [Test]
    public void Transform_IntoTheColumnItReads_ReplacesIt()
    {
        var ml = new MLContext(0);
        IDataView data = Data(ml, "my card is lost", "how do i pay");
        TextEmbeddingEstimator estimator = ml.Transforms.EmbedText("Text", TinyBackbones.Text(), "Text");
        using TextEmbeddingTransformer model = estimator.Fit(data);
        Columns.AssertEqual(Columns.Vectors(model.Transform(data), "Text"), Embed(ml, new TextEmbeddingOptions(), "my card is lost", "how do i pay"), 0, "by another name");
        Assert.That(Shapes.Describe(Shapes.Of(model.Transform(data).Schema)), Is.EqualTo(Shapes.Describe(estimator.GetOutputSchema(Shapes.Of(data.Schema)))));
    }

    [Test]
    public void Transform_EmptyTextWithoutSpecialTokens_IsZeroAndLeavesTheOthersAlone()
    {
        var ml = new MLContext(0);
        BackboneCard card = TinyBackbones.Text().Card with { Sha256 = null };
        string vocabulary = string.Join(", ", TinyBackbones.Vocabulary.Select((token, id) => $"\"{token}\": {id}"));
        string tokenizer = $$"""
            {"pre_tokenizer": {"type": "BertPreTokenizer"}, "normalizer": {"type": "Lowercase"}, "model": {"type": "WordPiece", "unk_token": "[UNK]",
            "continuing_subword_prefix": "##", "max_input_chars_per_word": 100, "vocab": { {{vocabulary}} } } }
            """;
        var backbone = Backbone.FromMemory("plain", new Dictionary<string, byte[]>
        {
            [BackboneCard.FileName] = Encoding.UTF8.GetBytes(card.ToJson()),
            [card.Graph] = TinyBackbones.TextGraph().ToBytes(),
            ["tokenizer.json"] = Encoding.UTF8.GetBytes(tokenizer),
        });
        foreach (Pooling pooling in (Pooling[])[Pooling.Mean, Pooling.None])
        {
            IDataView data = Data(ml, "", "my card", null, "card");
            using TextEmbeddingTransformer model = ml.Transforms.EmbedText(backbone, new TextEmbeddingOptions { Pooling = pooling, Normalize = true }).Fit(data);
            float[][] features = Columns.Vectors(model.Transform(data), "Features");
            Assert.That(features[0], pooling == Pooling.None ? Is.Empty : Is.EqualTo(new float[TinyBackbones.TextDimension]));
            Assert.That(features[2], Is.EqualTo(features[0]));
            Assert.That(features[1].Concat(features[3]).All(v => float.IsFinite(v) && v != 0));
            IDataView none = Data(ml, "");
            using TextEmbeddingTransformer alone = ml.Transforms.EmbedText(backbone, new TextEmbeddingOptions { Pooling = pooling, Cache = new FeatureCache(0) }).Fit(none);
            Assert.That(Columns.Vectors(alone.Transform(none), "Features")[0], Is.EqualTo(features[0]), "a run of nothing but empty texts");
        }
    }

    [Test]
    public void Transform_RowsThatMixInFloatToo_RunOneByOneWithInt8ExecutionFloat()
    {
        GraphBuilder graph = TinyBackbones.TextGraph();
        string mean = graph.Node("ReduceMean", ["last_hidden_state"], "over_all", OnnxAttribute.Of("axes", [0L]), OnnxAttribute.Of("keepdims", 1L));
        graph.Output(graph.Node("Sub", ["last_hidden_state", mean], "centred"), OnnxElementType.Float, "batch_size", "sequence_length", TinyBackbones.TextDimension);
        Backbone backbone = TinyBackbones.Open(graph, TinyBackbones.Text().Card with { Sha256 = null, FeatureOutput = "centred" });
        Assert.That(backbone.Ports.Independence.RowsInterfere, Is.True);
        var ml = new MLContext(0);
        var options = new TextEmbeddingOptions { Int8Execution = Int8Execution.Float, Normalize = false };
        IDataView two = Data(ml, "my card is", "how do i");
        using TextEmbeddingTransformer model = ml.Transforms.EmbedText(backbone, options).Fit(two);
        // One row less its own mean is nothing; two rows in one run would leave something.
        Assert.That(Columns.Vectors(model.Transform(two), "Features").SelectMany(v => v), Is.All.Zero);
    }

    [Test]
    public void Transform_Normalized_HasNormOne() =>
        Assert.That(Norm(Embed(new MLContext(0), new TextEmbeddingOptions { Normalize = true }, "my card is lost")[0]), Is.EqualTo(1).Within(1e-6));

    [Test]
    public void Transform_Dimension_KeepsTheFirstNumbersAndNormalizesThem()
    {
        var ml = new MLContext(0);
        float[] whole = Embed(ml, new TextEmbeddingOptions { Normalize = false }, "how do i pay")[0];
        float[] first = Embed(ml, new TextEmbeddingOptions { Dimension = 3, Normalize = true }, "how do i pay")[0];
        double norm = Norm(whole[..3]);
        Columns.AssertEqual([first], [[.. whole[..3].Select(v => (float)(v / norm))]], 1e-6f, "first three, normalised");
    }

    [TestCase(Pooling.Cls)]
    [TestCase(Pooling.Mean)]
    [TestCase(Pooling.Max)]
    [TestCase(Pooling.Last)]
    [TestCase(Pooling.WeightedMean)]
    public void Transform_Pooling_IsTheFormulaOverTheSequence(Pooling pooling)
    {
        var ml = new MLContext(0);
        float[] sequence = Embed(ml, new TextEmbeddingOptions { Pooling = Pooling.None, SequencePrecision = SequencePrecision.Float32 }, "my new card is late")[0];
        int d = TinyBackbones.TextDimension;
        int n = sequence.Length / d;
        Assert.That(n, Is.EqualTo(7), "five words between [CLS] and [SEP]");
        float[] expected = [.. Enumerable.Range(0, d).Select(j =>
        {
            float[] t = [.. Enumerable.Range(0, n).Select(i => sequence[i * d + j])];
            return pooling switch
            {
                Pooling.Cls => t[0],
                Pooling.Last => t[^1],
                Pooling.Max => t.Max(),
                Pooling.Mean => t.Average(),
                _ => (float)(t.Select((v, i) => (i + 1.0) * v).Sum() / (n * (n + 1) / 2.0)),
            };
        })];
        float[] pooled = Embed(ml, new TextEmbeddingOptions { Pooling = pooling, Normalize = false }, "my new card is late", "how do i open a new account ?")[0];
        Columns.AssertEqual([pooled], [expected], 1e-6f, "fp32 sums in another order");
    }

    [Test]
    public void Transform_SeveralOutputs_ComeFromOneRun()
    {
        var ml = new MLContext(0);
        IDataView data = Data(ml, "my card is lost", "how do i pay");
        var options = new TextEmbeddingOptions
        {
            AdditionalOutputs = [new FeatureOutput("Sequence", Pooling.None), new FeatureOutput("First", Pooling.Cls)],
            SequencePrecision = SequencePrecision.Float32,
            Normalize = false,
        };
        using TextEmbeddingTransformer model = ml.Transforms.EmbedText(TinyBackbones.Text(), options).Fit(data);
        IDataView view = model.Transform(data);
        float[][] sequences = Columns.Vectors(view, "Sequence");
        float[][] firsts = Columns.Vectors(view, "First");
        Columns.Vectors(view, "Features");
        Assert.That(model.RowsRun, Is.EqualTo(2));
        Assert.That(firsts[0], Is.EqualTo(sequences[0][..TinyBackbones.TextDimension]));
        var type = (VectorDataViewType)view.Schema["Sequence"].Type;
        Assert.That(type.Dimensions, Is.EqualTo(new[] { 0, TinyBackbones.TextDimension }));
        Assert.That(type.IsKnownSize, Is.False);
    }

    [Test]
    public void Transform_SequenceInHalfPrecision_IsTheRoundedSequence()
    {
        var ml = new MLContext(0);
        float[] single = Embed(ml, new TextEmbeddingOptions { Pooling = Pooling.None, SequencePrecision = SequencePrecision.Float32 }, "pay the bank")[0];
        float[] half = Embed(ml, new TextEmbeddingOptions { Pooling = Pooling.None }, "pay the bank")[0];
        Assert.That(half, Is.EqualTo(single.Select(v => (float)(Half)v)));
    }

    [Test]
    public void Transform_Prefix_IsPutBeforeTheText()
    {
        var ml = new MLContext(0);
        float[] prefixed = Embed(ml, new TextEmbeddingOptions { Prefix = "please " }, "help")[0];
        Assert.That(prefixed, Is.EqualTo(Embed(ml, new TextEmbeddingOptions(), "please help")[0]));
        IDataView data = Data(ml, "help");
        using TextEmbeddingTransformer query = ml.Transforms.EmbedText(TinyBackbones.Text(queryPrefix: "please "), new TextEmbeddingOptions { Role = TextRole.Query }).Fit(data);
        Assert.That(Columns.Vectors(query.Transform(data), "Features")[0], Is.EqualTo(prefixed));
    }

    [Test]
    public void Transform_LongText_IsCutAtTheMaximumLength()
    {
        var ml = new MLContext(0);
        float[][] features = Embed(ml, new TextEmbeddingOptions { MaximumLength = 5 }, "my card is lost and late", "my card is", "my card is !");
        Assert.That(features[0], Is.EqualTo(features[1]));
        Assert.That(features[0], Is.EqualTo(features[2]));
    }

    [Test]
    public void Transform_SlotNames_NumberTheFeature()
    {
        var ml = new MLContext(0);
        IDataView data = Data(ml, "help");
        using TextEmbeddingTransformer model = ml.Transforms.EmbedText("Features", TinyBackbones.Text()).Fit(data);
        VBuffer<ReadOnlyMemory<char>> names = default;
        model.Transform(data).Schema["Features"].GetSlotNames(ref names);
        Assert.That(names.DenseValues().Select(n => n.ToString()), Is.EqualTo(Enumerable.Range(0, TinyBackbones.TextDimension).Select(i => $"Features[{i}]")));
    }

    [Test]
    public void Transform_BatchAxisFixedAtOne_RunsRowByRowAndWarns()
    {
        var ml = new MLContext(0);
        var warnings = new List<string>();
        ml.Log += (_, e) =>
        {
            if (e.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning)
                warnings.Add(e.RawMessage);
        };
        IDataView data = ml.Data.LoadFromEnumerable(Rows(20));
        using TextEmbeddingTransformer one = ml.Transforms.EmbedText("Features", TinyBackbones.Text(batch: "1")).Fit(data);
        using TextEmbeddingTransformer many = ml.Transforms.EmbedText("Features", TinyBackbones.Text()).Fit(data);
        Columns.AssertEqual(Columns.Vectors(one.Transform(data), "Features"), Columns.Vectors(many.Transform(data), "Features"), 1e-6f, "fp32, other kernels");
        Assert.That(warnings, Has.Some.Contains("one row at a time").And.Some.Contains("tiny-text"));
    }

    [Test]
    public void Transform_SequenceAxisFixed_PadsEveryRunToIt()
    {
        var ml = new MLContext(0);
        IDataView data = ml.Data.LoadFromEnumerable(Rows(20));
        using TextEmbeddingTransformer fixedLength = ml.Transforms.EmbedText("Features", TinyBackbones.Text(tokens: 16)).Fit(data);
        using TextEmbeddingTransformer open = ml.Transforms.EmbedText("Features", TinyBackbones.Text()).Fit(data);
        Columns.AssertEqual(Columns.Vectors(fixedLength.Transform(data), "Features"), Columns.Vectors(open.Transform(data), "Features"), 1e-6f, "fp32, more padding");
        Assert.That(() => ml.Transforms.EmbedText("Features", TinyBackbones.Text(tokens: 16), maximumLength: 17),
            Throws.ArgumentException.With.Message.Contains("17").And.Message.Contains("16"));
    }

    [Test]
    public void EmbedText_OptionsThatDoNotFit_AreRefusedBeforeThereIsData()
    {
        TransformsCatalog catalog = new MLContext(0).Transforms;
        Backbone backbone = TinyBackbones.Text();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => catalog.EmbedText(backbone, new TextEmbeddingOptions { Dimension = 7 }), Throws.ArgumentException.With.Message.Contains("Dimension is 7").And.Message.Contains("delivers 6"));
            Assert.That(() => catalog.EmbedText(backbone, new TextEmbeddingOptions { Pooling = Pooling.Graph }), Throws.ArgumentException.With.Message.Contains("sequence"));
            Assert.That(() => catalog.EmbedText(backbone, new TextEmbeddingOptions { Pooling = Pooling.None, Dimension = 2 }), Throws.ArgumentException.With.Message.Contains("'Features'"));
            Assert.That(() => catalog.EmbedText(backbone, new TextEmbeddingOptions { Role = TextRole.Query }), Throws.ArgumentException.With.Message.Contains("Query"));
            Assert.That(() => catalog.EmbedText(backbone, new TextEmbeddingOptions { Role = TextRole.Query, Prefix = "q" }), Throws.ArgumentException.With.Message.Contains("Both"));
            Assert.That(() => catalog.EmbedText(backbone, new TextEmbeddingOptions { AdditionalOutputs = [new FeatureOutput("Features", Pooling.Cls)] }),
                Throws.ArgumentException.With.Message.Contains("'Features' twice"));
            Assert.That(() => catalog.EmbedText(backbone, new TextEmbeddingOptions { AdditionalOutputs = [new FeatureOutput("", Pooling.Cls)] }),
                Throws.ArgumentException.With.Message.Contains("ColumnName"));
            Assert.That(() => catalog.EmbedText("Features", TinyBackbones.Tensor()), Throws.ArgumentException.With.Message.Contains("tiny-tensor"));
            Assert.That(() => new TextEmbeddingOptions { MaximumLength = 2 }, Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => new TextEmbeddingOptions { ElementsPerRun = 0 }, Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => new TextEmbeddingOptions { OutputColumnName = " " }, Throws.ArgumentException);
        }
    }

    private static float[][] Embed(MLContext ml, TextEmbeddingOptions options, params string?[] texts)
    {
        IDataView data = Data(ml, texts);
        using TextEmbeddingTransformer model = ml.Transforms.EmbedText(TinyBackbones.Text(), options).Fit(data);
        return Columns.Vectors(model.Transform(data), "Features");
    }

    private static IDataView Data(MLContext ml, params string?[] texts) => ml.Data.LoadFromEnumerable(texts.Select(t => new Row { Text = t }));

    private static double Norm(float[] vector) => Math.Sqrt(vector.Sum(v => (double)v * v));

    internal sealed class Row
    {
        public string? Text { get; set; }

        public float Number { get; set; }

        public string Name { get; set; } = "";

        public float[] Weights { get; set; } = [];
    }

    private sealed class NumberRow
    {
        public float Text { get; set; }

        public float Number { get; set; }
    }
}
