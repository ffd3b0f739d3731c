using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Export;

/// <summary>Exported graphs in ONNX Runtime alone, beside the pipelines they came from.</summary>
internal sealed class OnnxExportTests
{
    // Sums over a few dozen float32 products, added in another order.
    private const float Tolerance = 1e-5f;

    private static readonly Pooling[] Poolings = [Pooling.Mean, Pooling.Max, Pooling.Cls, Pooling.Last, Pooling.WeightedMean];

    [Test]
    public void Export_TextWithEachPooling_GivesTheStepsFeaturesInOnePaddedBatch([ValueSource(nameof(Poolings))] Pooling pooling, [Values] bool normalize)
    {
        var ml = new MLContext(0);
        string[] texts = TinyTexts.Distinct(9);
        Backbone backbone = TinyBackbones.Text(pooling, normalize);
        using TextEmbeddingTransformer model = ml.Transforms.EmbedText("Features", backbone).Fit(TextRows.Data(ml));
        using ExportedModel exported = ExportedModel.Of(model);
        Assert.That(exported.Outputs, Is.EqualTo(new[] { "Features" }));
        Assert.That((float[])exported.RunTexts(backbone, texts)["Features"], Is.EqualTo(ExportedModel.Flat(TextRows.Together(ml, model, texts))).Within(Tolerance));
        // Padding further changes nothing.
        Assert.That((float[])exported.RunTexts(backbone, texts, length: 25)["Features"], Is.EqualTo(ExportedModel.Flat(TextRows.Together(ml, model, texts))).Within(Tolerance));
    }

    [Test]
    public void Export_RowWithoutTokens_IsZerosForEachPooling([ValueSource(nameof(Poolings))] Pooling pooling)
    {
        var ml = new MLContext(0);
        using TextEmbeddingTransformer model = ml.Transforms.EmbedText("Features", TinyBackbones.Text(pooling)).Fit(TextRows.Data(ml));
        using ExportedModel exported = ExportedModel.Of(model);
        var ids = Microsoft.ML.OnnxRuntime.OrtValue.CreateTensorValueFromMemory(new long[] { 0, 0, 0, 2, 9, 3 }, [2, 3]);
        var mask = Microsoft.ML.OnnxRuntime.OrtValue.CreateTensorValueFromMemory(new long[] { 0, 0, 0, 1, 1, 1 }, [2, 3]);
        float[] features = (float[])exported.Run(("input_ids", ids), ("attention_mask", mask))["Features"];
        Assert.That(features[..TinyBackbones.TextDimension], Is.EqualTo(new float[TinyBackbones.TextDimension]));
        Assert.That(features[TinyBackbones.TextDimension..], Has.None.EqualTo(0f).And.None.NaN);
    }

    [Test]
    public void Export_TruncatedFeature_IsCutBeforeItIsNormalised()
    {
        var ml = new MLContext(0);
        string[] texts = TinyTexts.Distinct(5);
        Backbone backbone = TinyBackbones.Text();
        using TextEmbeddingTransformer model = ml.Transforms.EmbedText(backbone, new TextEmbeddingOptions { Dimension = 4 }).Fit(TextRows.Data(ml));
        using ExportedModel exported = ExportedModel.Of(model);
        Assert.That((float[])exported.RunTexts(backbone, texts)["Features"], Is.EqualTo(ExportedModel.Flat(TextRows.Together(ml, model, texts))).Within(Tolerance));
        Assert.That(exported.Model.Graph.Outputs[0].Dimensions[1].Value, Is.EqualTo(4));
    }

    [Test]
    public void Export_Sequence_IsTheTokensOfTheGraph()
    {
        var ml = new MLContext(0);
        Backbone backbone = TinyBackbones.Text();
        using TextEmbeddingTransformer model = ml.Transforms.EmbedText(backbone, new TextEmbeddingOptions { Pooling = Pooling.None, SequencePrecision = SequencePrecision.Float32 })
            .Fit(TextRows.Data(ml));
        using ExportedModel exported = ExportedModel.Of(model);
        Assert.That((float[])exported.RunTexts(backbone, ["my card is lost"])["Features"], Is.EqualTo(TextRows.Together(ml, model, "my card is lost")[0]).Within(Tolerance));
    }

    [Test]
    public void Export_MulticlassHead_GivesScoresLabelsAndFeatures()
    {
        var ml = new MLContext(0);
        Backbone backbone = TinyBackbones.Text();
        IDataView data = ExportRows.Texts(ml);
        using var model = ExportRows.Classifier(ml, backbone).Fit(data);
        IDataView scored = model.Transform(data);
        using ExportedModel exported = ExportedModel.Of(model, new ExportOptions { IncludeFeatures = true });
        IReadOnlyDictionary<string, Array> found = exported.RunTexts(backbone, [.. data.GetColumn<string>("Text")]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(exported.Inputs, Is.EquivalentTo(new[] { "input_ids", "attention_mask" }));
            Assert.That(exported.Outputs, Is.EqualTo(new[] { "Score", "PredictedLabel", "Features" }));
            Assert.That(exported.Model.Graph.Outputs[0].Dimensions[0].Symbol, Is.EqualTo("batch_size"), "the backbone's own name of the batch axis");
            Assert.That((float[])found["Score"], Is.EqualTo(ExportedModel.Flat(Columns.Vectors(scored, "Score"))).Within(Tolerance));
            Assert.That((float[])found["Features"], Is.EqualTo(ExportedModel.Flat(Columns.Vectors(scored, "Features"))).Within(Tolerance));
            Assert.That(((long[])found["PredictedLabel"]).Select(i => exported.Labels()[i]), Is.EqualTo(scored.GetColumn<string>("PredictedLabel")));
        }
        Assert.That(((long[])found["PredictedLabel"]).Distinct().Count(), Is.GreaterThan(1), "the rows show more than one class");
    }

    [Test]
    public void Export_BinaryHead_GivesScoreProbabilityAndTruth()
    {
        var ml = new MLContext(0);
        Backbone backbone = TinyBackbones.Tensor();
        IDataView data = ExportRows.Tensors(ml);
        using var model = ml.Transforms.EmbedTensor("Features", backbone).Append(ml.BinaryClassification.Trainers.LinearHead("Flag")).Fit(data);
        AssertBinary(model, data);
    }

    [Test]
    public void Export_BinaryHeadWithAnotherThreshold_KeepsIt()
    {
        var ml = new MLContext(0);
        IDataView data = ExportRows.Tensors(ml);
        using var embed = ml.Transforms.EmbedTensor("Features", TinyBackbones.Tensor()).Fit(data);
        var head = ml.BinaryClassification.Trainers.LinearHead("Flag").Fit(embed.Transform(data));
        float[] scores = [.. head.Transform(embed.Transform(data)).GetColumn<float>("Score").Order()];
        var moved = ml.BinaryClassification.ChangeModelThreshold(head, (scores[^3] + scores[^4]) / 2);
        AssertBinary(new TransformerChain<ITransformer>(embed, moved), data, trueCount: 3);
    }

    [Test]
    public void Export_RegressionHead_GivesTheScore()
    {
        var ml = new MLContext(0);
        IDataView data = ExportRows.Tensors(ml);
        using var model = ml.Transforms.EmbedTensor("Features", TinyBackbones.Tensor()).Append(ml.Regression.Trainers.LinearHead("Amount")).Fit(data);
        using ExportedModel exported = ExportedModel.Of(model);
        IReadOnlyDictionary<string, Array> found = exported.RunNumbers("obs", ExportRows.Numbers(data), 3);
        Assert.That(exported.Outputs, Is.EqualTo(new[] { "Score" }));
        Assert.That((float[])found["Score"], Is.EqualTo(model.Transform(data).GetColumn<float>("Score")).Within(Tolerance));
        Assert.That(exported.Metadata("mltransfer.task"), Is.EqualTo("regression"));
    }

    [Test]
    public void Export_HeadsOfMlNetsOwnTrainers_ScoreTheSame()
    {
        var ml = new MLContext(0);
        IDataView data = ExportRows.Tensors(ml);
        var embed = ml.Transforms.EmbedTensor("Features", TinyBackbones.Tensor());
        var keys = ml.Transforms.Conversion.MapValueToKey("Label", "Class").Append(embed);
        IEstimator<ITransformer>[] trainers =
        [
            keys.Append(ml.MulticlassClassification.Trainers.SdcaMaximumEntropy()), keys.Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy()),
            embed.Append(ml.BinaryClassification.Trainers.SdcaLogisticRegression("Flag")), embed.Append(ml.BinaryClassification.Trainers.LbfgsLogisticRegression("Flag")),
            embed.Append(ml.BinaryClassification.Trainers.SdcaNonCalibrated("Flag")), embed.Append(ml.Regression.Trainers.Sdca("Amount")),
        ];
        foreach (IEstimator<ITransformer> trainer in trainers)
        {
            ITransformer model = trainer.Fit(data);
            IDataView scored = model.Transform(data);
            using ExportedModel exported = ExportedModel.Of(model);
            float[] expected = scored.Schema["Score"].Type is VectorDataViewType ? ExportedModel.Flat(Columns.Vectors(scored, "Score")) : [.. scored.GetColumn<float>("Score")];
            Assert.That((float[])exported.RunNumbers("obs", ExportRows.Numbers(data), 3)["Score"], Is.EqualTo(expected).Within(Tolerance), trainer.GetType().ToString());
        }
    }

    [Test]
    public void Export_AfterSaveAndLoad_GivesTheSameBytes()
    {
        var ml = new MLContext(0);
        IDataView data = ExportRows.Texts(ml);
        using var model = ExportRows.Classifier(ml, TinyBackbones.Text()).Fit(data);
        using var zip = new MemoryStream();
        ml.Model.Save(model, data.Schema, zip);
        zip.Position = 0;
        ITransformer loaded = ml.Model.Load(zip, out _);
        using ExportedModel before = ExportedModel.Of(model);
        using ExportedModel after = ExportedModel.Of(loaded);
        Assert.That(after.Bytes, Is.EqualTo(before.Bytes));
        (loaded as IDisposable)?.Dispose();
    }

    [TestCase(Int8Execution.Exact)]
    [TestCase(Int8Execution.Float)]
    public void Export_DynamicInt8_StaysInt8UnlessTheStepRunsItInFloat(Int8Execution execution)
    {
        var ml = new MLContext(0);
        Backbone backbone = TrapBackbones.Int8();
        string[] texts = TinyTexts.Distinct(6);
        using TextEmbeddingTransformer model = TextRows.Fit(ml, backbone, execution);
        using ExportedModel exported = ExportedModel.Of(model);
        float[][] expected = TextRows.Together(ml, model, texts);
        for (int i = 0; i < texts.Length; i++)
            Assert.That((float[])exported.RunTexts(backbone, [texts[i]])["Features"], Is.EqualTo(expected[i]).Within(Tolerance));
        bool keepsInt8 = execution == Int8Execution.Exact;
        Assert.That(exported.Model.Graph.Nodes.Any(n => n.OpType == "MatMulInteger"), Is.EqualTo(keepsInt8));
        Assert.That(exported.Metadata("mltransfer.batching"), keepsInt8 ? Does.Contain("one row at a time") : Is.Null);
    }

    [Test]
    public void Export_TextWithoutMask_SaysThatNothingIsPadded()
    {
        var ml = new MLContext(0);
        Backbone backbone = TrapBackbones.MixingOverPadding(withMask: false);
        string[] texts = ["my card is lost", "how do i pay"];
        foreach (Pooling pooling in Poolings)
        {
            using TextEmbeddingTransformer model = ml.Transforms.EmbedText("Features", backbone, pooling: pooling).Fit(TextRows.Data(ml));
            using ExportedModel exported = ExportedModel.Of(model);
            Assert.That((float[])exported.RunTexts(backbone, texts)["Features"], Is.EqualTo(ExportedModel.Flat(TextRows.Together(ml, model, texts))).Within(Tolerance), $"{pooling}");
            Assert.That(exported.Metadata("mltransfer.inputs"), Does.Contain("without padding"));
        }
    }

    [Test]
    public void Export_TensorSequence_PoolsItsSteps([ValueSource(nameof(Poolings))] Pooling pooling)
    {
        var ml = new MLContext(0);
        IDataView data = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 4).Select(i => new SequenceRow { Obs = TinyBackbones.Values(15, seed: 40 + i) }));
        using var model = ml.Transforms.EmbedTensor("Features", TinyBackbones.Tensor(sequence: true), "Obs", pooling: pooling, normalize: true).Fit(data);
        using ExportedModel exported = ExportedModel.Of(model);
        float[][] rows = Columns.Vectors(data, "Obs");
        Assert.That((float[])exported.RunNumbers("obs", rows, 5, 3)["Features"], Is.EqualTo(ExportedModel.Flat(Columns.Vectors(model.Transform(data), "Features"))).Within(Tolerance));
    }

    [Test]
    public void Export_SequenceLength_FixesTheAxis()
    {
        var ml = new MLContext(0);
        Backbone backbone = TinyBackbones.Text();
        using TextEmbeddingTransformer model = ml.Transforms.EmbedText("Features", backbone).Fit(TextRows.Data(ml));
        using ExportedModel exported = ExportedModel.Of(model, new ExportOptions { SequenceLength = 12 });
        Assert.That(exported.Model.Graph.Inputs.Select(i => i.Dimensions[1].Value), Is.All.EqualTo(12));
        string[] texts = ["my card is lost", "pay"];
        Assert.That((float[])exported.RunTexts(backbone, texts, length: 12)["Features"], Is.EqualTo(ExportedModel.Flat(TextRows.Together(ml, model, texts))).Within(Tolerance));
    }

    [Test]
    public void Export_TwoFeaturesSideBySide_AreWhatTheHeadReads()
    {
        var ml = new MLContext(0);
        Backbone backbone = TinyBackbones.Text();
        IDataView data = ExportRows.Texts(ml);
        using var model = ml.Transforms.Conversion.MapValueToKey("Label", "Class")
            .Append(ml.Transforms.EmbedText(backbone, new TextEmbeddingOptions { OutputColumnName = "Mean", AdditionalOutputs = [new FeatureOutput("Max", Pooling.Max)] }))
            .Append(ml.Transforms.Concatenate("Features", "Max", "Mean"))
            .Append(ml.MulticlassClassification.Trainers.LinearHead()).Fit(data);
        using ExportedModel exported = ExportedModel.Of(model);
        Assert.That((float[])exported.RunTexts(backbone, [.. data.GetColumn<string>("Text")])["Score"],
            Is.EqualTo(ExportedModel.Flat(Columns.Vectors(model.Transform(data), "Score"))).Within(Tolerance));
    }

    [Test]
    public void Export_BackboneWithTheOutputsNames_RenamesItsOwnValues()
    {
        var ml = new MLContext(0);
        var graph = new GraphBuilder("colliding");
        string x = graph.Input("obs", OnnxElementType.Float, "batch", 3);
        string score = graph.Node("MatMul", [x, graph.Initializer("head_weights", TinyBackbones.Values(12, seed: 2), 3, 4)], "Score");
        graph.Output(graph.Node("Tanh", [score], "Features"), OnnxElementType.Float, "batch", 4);
        Backbone backbone = TinyBackbones.Open(graph, TinyBackbones.Tensor().Card with { Sha256 = null, FeatureOutput = "Features" });
        IDataView data = ExportRows.Tensors(ml);
        using var model = ml.Transforms.EmbedTensor("Features", backbone).Append(ml.Regression.Trainers.LinearHead("Amount")).Fit(data);
        using ExportedModel exported = ExportedModel.Of(model, new ExportOptions { IncludeFeatures = true });
        Assert.That((float[])exported.RunNumbers("obs", ExportRows.Numbers(data), 3)["Score"], Is.EqualTo(model.Transform(data).GetColumn<float>("Score")).Within(Tolerance));
    }

    [TestCase(9)]
    [TestCase(11)]
    [TestCase(13)]
    [TestCase(18)]
    [TestCase(21)]
    public void Export_BackbonesOfEachAge_StayInTheirVersion(int opset)
    {
        var ml = new MLContext(0);
        var graph = new GraphBuilder("aged", opset);
        string x = graph.Input("obs", OnnxElementType.Float, "batch", "steps", 3);
        graph.Output(graph.Node("Tanh", [x], "features"), OnnxElementType.Float, "batch", "steps", 3);
        Backbone backbone = TinyBackbones.Open(graph, TinyBackbones.Tensor(sequence: true).Card with { Sha256 = null, Dimension = 3 });
        IDataView data = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 12).Select(i => new SequenceRow { Obs = TinyBackbones.Values(6, seed: 60 + i), Amount = i }));
        foreach (Pooling pooling in (Pooling[])[Pooling.Mean, Pooling.Max, Pooling.Cls])
        {
            using var model = ml.Transforms.EmbedTensor("Features", backbone, "Obs", pooling, normalize: true).Append(ml.Regression.Trainers.LinearHead("Amount")).Fit(data);
            using ExportedModel exported = ExportedModel.Of(model);
            Assert.That(exported.Model.Opset, Is.EqualTo(opset));
            Assert.That((float[])exported.RunNumbers("obs", Columns.Vectors(data, "Obs"), 2, 3)["Score"], Is.EqualTo(model.Transform(data).GetColumn<float>("Score")).Within(Tolerance));
        }
    }

    private static void AssertBinary(ITransformer model, IDataView data, int? trueCount = null)
    {
        IDataView scored = model.Transform(data);
        using ExportedModel exported = ExportedModel.Of(model);
        IReadOnlyDictionary<string, Array> found = exported.RunNumbers("obs", ExportRows.Numbers(data), 3);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(exported.Outputs, Is.EqualTo(new[] { "Score", "Probability", "PredictedLabel" }));
            Assert.That((float[])found["Score"], Is.EqualTo(scored.GetColumn<float>("Score")).Within(Tolerance));
            Assert.That((float[])found["Probability"], Is.EqualTo(scored.GetColumn<float>("Probability")).Within(Tolerance));
            Assert.That(((long[])found["PredictedLabel"]).Select(p => p == 1), Is.EqualTo(scored.GetColumn<bool>("PredictedLabel")));
            Assert.That(exported.Labels(), Is.EqualTo(new[] { "false", "true" }));
        }
        Assert.That(((long[])found["PredictedLabel"]).Sum(), trueCount is null ? Is.InRange(1, 23) : Is.EqualTo(trueCount));
    }

    private sealed class SequenceRow
    {
        public float[] Obs { get; set; } = [];

        public float Amount { get; set; }
    }
}
