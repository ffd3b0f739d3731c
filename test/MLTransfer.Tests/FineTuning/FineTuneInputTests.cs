using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.FineTuning;

/// <summary>Rows and backbones of every kind are trained rightly.</summary>
internal sealed class FineTuneInputTests
{
    // A row alone against its batch in training.
    private const float Tolerance = 1e-5f;

    private static readonly FineTuneOptions Options = new() { Freezing = FreezingPlan.LastBlocks(1), Training = new TrainingOptions { EpochCount = 3, BatchSize = 8, LearningRate = 1e-2, Seed = 3 } };

    [Test]
    public void Fit_SequencesWithoutAMask_AreTrainedAsIfEachWereAlone()
    {
        // Rows of one, two and three steps in one batch: if padding were seen, the loss would be another than that of rows alone.
        var ml = new MLContext(0);
        IDataView data = Sequences(ml, 30);
        double[] losses = [.. new[] { 30, 1 }.Select(batch =>
        {
            var told = new List<TrainingProgress>();
            // The first epoch's loss is that of the start weights: nothing moves.
            var training = new TrainingOptions { EpochCount = 1, BatchSize = batch, LearningRate = 1e-9, Seed = 3, Progress = new Steps(told.Add) };
            ml.Regression.Trainers.FineTuneTensor(TrainableBackbones.Sequence(), Options with { LabelColumnName = "Amount", Dropout = 0, StartFromLinearHead = false, Training = training },
                new TensorEmbeddingOptions()).Fit(data).Dispose();
            return batch == 1 ? told.Take(30).Average(t => t.Loss) : told[0].Loss;
        })];
        Assert.That(losses[0], Is.EqualTo(losses[1]).Within(1e-5));
        using FineTunedTransformer model = ml.Regression.Trainers.FineTuneTensor(TrainableBackbones.Sequence(), Options with { LabelColumnName = "Amount" }, new TensorEmbeddingOptions()).Fit(data);
        Assert.That(model.Transform(data).GetColumn<float>("Score"), Has.All.Matches<float>(float.IsFinite));
    }

    [Test]
    public void Fit_ABatchAxisFixedAtOne_IsOpened_AndGivesWhatAnOpenOneGives()
    {
        var ml = new MLContext(0);
        IDataView data = FineTuneRows.Keyed(ml, FineTuneRows.Make(24));
        using FineTunedTransformer open = ml.MulticlassClassification.Trainers.FineTuneTensor(TrainableBackbones.Tensor(), Options, new TensorEmbeddingOptions()).Fit(data);
        foreach (long rows in (long[])[1, 4])
        {
            using FineTunedTransformer model = new MLContext(0).MulticlassClassification.Trainers.FineTuneTensor(TrainableBackbones.Tensor(rows), Options, new TensorEmbeddingOptions()).Fit(data);
            Columns.AssertEqual(Columns.Vectors(model.Transform(data), "Score"), Columns.Vectors(open.Transform(data), "Score"), Tolerance, $"batch {rows}");
        }
        using FineTunedTransformer image = ml.MulticlassClassification.Trainers.FineTuneImage(TrainableBackbones.Image(1), Options, new ImageEmbeddingOptions()).Fit(data);
        Assert.That(Columns.Vectors(image.Transform(data), "Score"), Has.Length.EqualTo(24));
    }

    [Test]
    public void Fit_AFixedBatchThatCannotBeOpened_SaysSo()
    {
        // The size of the batch stands in a constant.
        GraphBuilder graph = TrainableBackbones.TensorGraph(1);
        string flat = graph.Node("Reshape", ["features", graph.Initializer("one_row", [1L, TrainableBackbones.TensorDimension], 2)], "reshaped");
        graph.Output(flat, OnnxElementType.Float, 1, TrainableBackbones.TensorDimension);
        Backbone backbone = TinyBackbones.Open(graph, TrainableBackbones.TensorCard("reshaped", Pooling.Graph));
        var ml = new MLContext(0);
        Assert.That(() => ml.MulticlassClassification.Trainers.FineTuneTensor(backbone, Options, new TensorEmbeddingOptions()).Fit(FineTuneRows.Keyed(ml, FineTuneRows.Make(12))),
            Throws.TypeOf<NotSupportedException>().With.Message.Contains("1 row(s) at a time").And.Message.Contains("dynamic batch axis"));
    }

    [TestCase(Pooling.Cls)]
    [TestCase(Pooling.Max)]
    [TestCase(Pooling.Last)]
    [TestCase(Pooling.WeightedMean)]
    public void Fit_EveryPooling_TrainsTheFeaturesThatScoringReads(Pooling pooling) => AssertTrainedAsScored(new TextEmbeddingOptions { Pooling = pooling });

    [Test]
    public void Fit_Normalized_TrainsTheFeaturesThatScoringReads() => AssertTrainedAsScored(new TextEmbeddingOptions { Normalize = true });

    [Test]
    public void Fit_FewerNumbers_TrainsTheFeaturesThatScoringReads() => AssertTrainedAsScored(new TextEmbeddingOptions { Dimension = 12, Normalize = true });

    [Test]
    public void Fit_FurtherOutputs_AreDeliveredBesideTheOneThatIsTrained()
    {
        var ml = new MLContext(0);
        IDataView data = FineTuneRows.Keyed(ml, FineTuneRows.Make(24));
        var text = new TextEmbeddingOptions { AdditionalOutputs = [new FeatureOutput("Largest", Pooling.Max), new FeatureOutput("Tokens", Pooling.None)] };
        using FineTunedTransformer model = ml.MulticlassClassification.Trainers.FineTuneText(TrainableBackbones.Text(), Options, text).Fit(data);
        IDataView scored = model.Transform(data);
        Assert.That(Columns.Vectors(scored, "Largest")[0], Has.Length.EqualTo(TrainableBackbones.TextDimension));
        Assert.That(Columns.Vectors(scored, "Tokens")[0].Length % TrainableBackbones.TextDimension, Is.Zero);
    }

    [Test]
    public void Fit_AFixedSequenceLength_IsTrainedAsItIsScored()
    {
        var ml = new MLContext(0);
        IDataView data = FineTuneRows.Keyed(ml, FineTuneRows.Make(24));
        Backbone backbone = TinyBackbones.Text(tokens: 10, maximumLength: 10);
        using FineTunedTransformer model = ml.MulticlassClassification.Trainers.FineTuneText(backbone, Options with { Freezing = FreezingPlan.Everything }, new TextEmbeddingOptions()).Fit(data);
        Assert.That(TrainableBackbones.Weights(model.Backbone)["embeddings"], Is.Not.EqualTo(TrainableBackbones.Weights(backbone)["embeddings"]));
        Assert.That(Columns.Vectors(model.Transform(data), "Score"), Has.Length.EqualTo(24));
    }

    [Test]
    public void Fit_ATextBackboneWithoutAMask_IsTrained()
    {
        var ml = new MLContext(0);
        IDataView data = FineTuneRows.Keyed(ml, FineTuneRows.Make(24));
        Backbone backbone = TrapBackbones.MixingOverPadding(withMask: false);
        using FineTunedTransformer model = ml.MulticlassClassification.Trainers.FineTuneText(backbone, Options with { Freezing = FreezingPlan.Everything }, new TextEmbeddingOptions()).Fit(data);
        Assert.That(TrainableBackbones.Weights(model.Backbone)["embeddings"], Is.Not.EqualTo(TrainableBackbones.Weights(backbone)["embeddings"]));
    }

    [Test]
    public void Fit_ExternalData_IsReadIn_AndTheAdaptedBackboneIsOneFile()
    {
        string folder = Directory.CreateTempSubdirectory("mltransfer-external-").FullName;
        try
        {
            Backbone whole = TrainableBackbones.Tensor();
            Backbone external = OpenExternal(folder);
            Assert.That(external.Source.ExternalFiles, Has.Count.EqualTo(1));
            var ml = new MLContext(0);
            IDataView data = FineTuneRows.Keyed(ml, FineTuneRows.Make(24));
            using FineTunedTransformer expected = new MLContext(0).MulticlassClassification.Trainers.FineTuneTensor(whole, Options, new TensorEmbeddingOptions()).Fit(data);
            using FineTunedTransformer model = new MLContext(0).MulticlassClassification.Trainers.FineTuneTensor(external, Options, new TensorEmbeddingOptions()).Fit(data);
            Columns.AssertEqual(Columns.Vectors(model.Transform(data), "Score"), Columns.Vectors(expected.Transform(data), "Score"), Tolerance, "external data");
            Assert.That(model.Backbone.Source.ExternalFiles, Is.Empty);
            Assert.That(() => MemoryFile.Save(ml, model, data.Schema), Throws.Nothing);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public void Fit_WeightsBehindDequantizeLinear_BecomeFloat()
    {
        var ml = new MLContext(0);
        IDataView data = FineTuneRows.Keyed(ml, FineTuneRows.Make(24));
        Backbone backbone = Dequantized();
        Assert.That(backbone.ListBlocks().Select(b => b.IsTrainable), Is.All.True);
        using FineTunedTransformer model = ml.MulticlassClassification.Trainers.FineTuneTensor(backbone, Options, new TensorEmbeddingOptions()).Fit(data);
        using OnnxModel after = model.Backbone.Source.Read();
        Assert.That(after.Graph.Initializers.Single(t => t.Name == "second_w").ElementType, Is.EqualTo(OnnxElementType.Float));
        Assert.That(after.Graph.Nodes.Where(n => n.OpType == "DequantizeLinear").Select(n => n.Outputs[0]), Is.EqualTo(new[] { "first_w" }), "the frozen one stays as it is");
        Assert.That(after.Graph.Initializers.Select(t => t.Name), Has.None.EqualTo("second_q"));
        Assert.That(Columns.Vectors(model.Transform(data), "Score"), Has.Length.EqualTo(24));
    }

    [Test]
    public void Fit_ProductsIn8Bits_AreRefused_UntilTheyAreTurnedIntoFloat()
    {
        var ml = new MLContext(0);
        IDataView data = FineTuneRows.Keyed(ml, FineTuneRows.Make(24));
        Backbone backbone = TrapBackbones.Int8();
        var everything = Options with { Freezing = FreezingPlan.Everything };
        Assert.That(() => ml.MulticlassClassification.Trainers.FineTuneText(backbone, everything, new TextEmbeddingOptions()),
            Throws.TypeOf<NotSupportedException>().With.Message.Contains("MatMulInteger").And.Message.Contains("Int8ToFloat"));
        Assert.That(backbone.ListBlocks().Any(b => b.Problem?.Contains("MatMulInteger", StringComparison.Ordinal) == true), Is.True);
        Assert.That(backbone.ListBlocks(int8ToFloat: true).Select(b => b.IsTrainable), Is.All.True);
        using FineTunedTransformer model = ml.MulticlassClassification.Trainers.FineTuneText(backbone, everything with { Int8ToFloat = true }, new TextEmbeddingOptions()).Fit(data);
        using OnnxModel after = model.Backbone.Source.Read();
        Assert.That(after.Graph.Nodes.Select(n => n.OpType), Has.None.EqualTo("MatMulInteger"));
        using FineTunedTransformer scoredInFloat = new MLContext(0).MulticlassClassification.Trainers.FineTuneText(backbone, everything,
            new TextEmbeddingOptions { Int8Execution = Int8Execution.Float }).Fit(data);
        Columns.AssertEqual(Columns.Vectors(scoredInFloat.Transform(data), "Score"), Columns.Vectors(model.Transform(data), "Score"), Tolerance, "rows are scored in float, so they are trained so");
    }

    [Test]
    public void Fit_ProductsIn8BitsInTheFrozenPart_AreLeftAlone()
    {
        var ml = new MLContext(0);
        IDataView data = FineTuneRows.Keyed(ml, FineTuneRows.Make(24));
        Backbone backbone = Int8InFront();
        using FineTunedTransformer model = ml.MulticlassClassification.Trainers.FineTuneTensor(backbone, Options with { Freezing = FreezingPlan.Behind("hidden") }, new TensorEmbeddingOptions()).Fit(data);
        using OnnxModel after = model.Backbone.Source.Read();
        Assert.That(after.Graph.Nodes.Select(n => n.OpType), Has.One.EqualTo("MatMulInteger"));
        Assert.That(() => ml.MulticlassClassification.Trainers.FineTuneTensor(backbone, Options with { Freezing = FreezingPlan.Everything }, new TensorEmbeddingOptions()),
            Throws.TypeOf<NotSupportedException>().With.Message.Contains("MatMulInteger"));
    }

    [TestCase(RowErrorPolicy.SkipRow)]
    [TestCase(RowErrorPolicy.NaN)]
    public void Fit_UnreadablePictures_AreLeftOutAndReported(RowErrorPolicy policy)
    {
        var ml = new MLContext(0);
        FineTuneRow[] rows = FineTuneRows.Make(40);
        rows[7].Image = [1, 2, 3];
        rows[30].Image = [];
        var errors = new List<RowError>();
        var pictures = new ImageEmbeddingOptions { OnError = policy, RowErrors = new Errors(errors.Add) };
        using FineTunedTransformer model = ml.MulticlassClassification.Trainers.FineTuneImage(TrainableBackbones.Image(), Options, pictures).Fit(FineTuneRows.Keyed(ml, rows));
        Assert.That(errors.Select(e => e.Row), Is.EqualTo(new[] { 7, 30 }));
        Assert.That(model.StepCount, Is.EqualTo(3 * 5), "38 rows in batches of 8");
        Assert.That(Columns.Vectors(model.Transform(FineTuneRows.Keyed(ml, FineTuneRows.Make(20))), "Score").SelectMany(s => s), Has.All.Matches<float>(float.IsFinite));
    }

    [Test]
    public void Fit_AnUnreadablePicture_IsAnErrorThatNamesItsRow_UnlessToldOtherwise()
    {
        var ml = new MLContext(0);
        FineTuneRow[] rows = FineTuneRows.Make(40);
        rows[7].Image = [1, 2, 3];
        Assert.That(() => ml.MulticlassClassification.Trainers.FineTuneImage(TrainableBackbones.Image()).Fit(FineTuneRows.Keyed(ml, rows)),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("position 7").And.Message.Contains("FineTuneImage").And.Message.Contains("OnError"));
    }

    [Test]
    public void Fit_NoReadablePictureAtAll_SaysSo()
    {
        var ml = new MLContext(0);
        FineTuneRow[] rows = FineTuneRows.Make(10);
        foreach (FineTuneRow row in rows)
            row.Image = [1, 2, 3];
        Assert.That(() => ml.MulticlassClassification.Trainers.FineTuneImage(TrainableBackbones.Image(), Options, new ImageEmbeddingOptions { OnError = RowErrorPolicy.SkipRow }).Fit(FineTuneRows.Keyed(ml, rows)),
            Throws.InvalidOperationException.With.Message.Contains("no training rows"));
    }

    private static void AssertTrainedAsScored(TextEmbeddingOptions text)
    {
        // The loss of the last epoch as training sees it, at a rate that moves nothing, is that of the scores.
        var ml = new MLContext(0);
        FineTuneRow[] rows = FineTuneRows.Make(32);
        IDataView data = FineTuneRows.Keyed(ml, rows);
        var told = new List<TrainingProgress>();
        var options = Options with { Dropout = 0, Training = new TrainingOptions { EpochCount = 1, BatchSize = 32, LearningRate = 1e-9, Progress = new Steps(told.Add) } };
        using FineTunedTransformer model = ml.MulticlassClassification.Trainers.FineTuneText(TrainableBackbones.Text(), options, text).Fit(data);
        float[][] scores = Columns.Vectors(model.Transform(data), "Score");
        double loss = scores.Zip(rows, (s, r) => -Math.Log(s[r.Class == "alike" ? 0 : 1])).Average();
        Assert.That(told[0].Loss, Is.EqualTo(loss).Within(1e-5));
    }

    private static Backbone Dequantized()
    {
        var graph = new GraphBuilder("dequantized");
        string obs = graph.Input("obs", OnnxElementType.Float, "batch", 3);
        string scale = graph.Initializer("scale", [0.004f]);
        string Layer(string x, string name, int width, string output)
        {
            sbyte[] codes = [.. TinyBackbones.Values(width * TrainableBackbones.TensorDimension, width).Select(v => (sbyte)(100 * v))];
            string w = graph.Node("DequantizeLinear", [graph.Initializer($"{name}_q", codes, width, TrainableBackbones.TensorDimension), scale], $"{name}_w");
            return graph.Node("Tanh", [graph.Node("MatMul", [x, w], $"{name}_product")], output);
        }
        graph.Output(Layer(Layer(obs, "first", 3, "hidden"), "second", TrainableBackbones.TensorDimension, "features"), OnnxElementType.Float, "batch", TrainableBackbones.TensorDimension);
        return TinyBackbones.Open(graph, TrainableBackbones.TensorCard("features", Pooling.Graph));
    }

    private static Backbone Int8InFront()
    {
        const int width = TrainableBackbones.TensorDimension;
        var graph = new GraphBuilder("int8");
        string obs = graph.Input("obs", OnnxElementType.Float, "batch", 3);
        string[] q = graph.Node("DynamicQuantizeLinear", [obs], ["quantized", "quantized_scale", "quantized_zero"]);
        sbyte[] codes = [.. TinyBackbones.Values(3 * width, seed: 4).Select(v => (sbyte)(100 * v))];
        string product = graph.Node("MatMulInteger", [q[0], graph.Initializer("codes", codes, 3, width), q[2]], "product");
        string real = graph.Node("Cast", [product], "real", OnnxAttribute.Of("to", (long)OnnxElementType.Float));
        string scales = graph.Node("Mul", [q[1], graph.Initializer("codes_scale", [0.005f])], "scales");
        string hidden = graph.Node("Tanh", [graph.Node("Mul", [real, scales], "scaled")], "hidden");
        graph.Output(TrainableBackbones.Layer(graph, hidden, "second", width, "features"), OnnxElementType.Float, "batch", width);
        return TinyBackbones.Open(graph, TrainableBackbones.TensorCard("features", Pooling.Graph));
    }

    /// <summary>The tensor backbone with one weight of each layer in a file of its own.</summary>
    private static Backbone OpenExternal(string folder)
    {
        OnnxModel model = TrainableBackbones.TensorGraph("batch").Build();
        using var data = new FileStream(Path.Combine(folder, "model.onnx.data"), FileMode.Create);
        OnnxTensor Move(OnnxTensor tensor)
        {
            if (tensor.Dimensions.Length < 2)
                return tensor;
            ReadOnlyMemory<byte> bytes = tensor.ToBytes();
            var moved = tensor with { RawData = null, External = new ExternalData("model.onnx.data", data.Position, bytes.Length) };
            data.Write(bytes.Span);
            return moved;
        }
        model = model.WithGraph(model.Graph with { Initializers = [.. model.Graph.Initializers.Select(Move)] });
        data.Dispose();
        File.WriteAllBytes(Path.Combine(folder, "model.onnx"), model.ToBytes());
        TrainableBackbones.TensorCard("features", Pooling.Graph).Save(folder);
        return Backbone.Open(folder);
    }

    private static IDataView Sequences(MLContext ml, int count)
    {
        IDataView[] parts = [.. Enumerable.Range(1, 3).Select(steps => ml.Data.LoadFromEnumerable(Enumerable.Range(0, count / 3).Select(i =>
        {
            float[] obs = TinyBackbones.Values(3 * steps, seed: 50 * steps + i);
            return new SequenceRow { Obs = obs, Amount = obs.Average() };
        }).ToArray()))];
        return ml.Data.LoadFromEnumerable(parts.SelectMany(p => ml.Data.CreateEnumerable<SequenceRow>(p, reuseRowObject: false)).ToArray());
    }

    private sealed class SequenceRow
    {
        [ColumnName("obs")]
        public float[] Obs { get; set; } = [];

        public float Amount { get; set; }
    }

    private sealed class Steps(Action<TrainingProgress> onStep) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => onStep(value);
    }

    private sealed class Errors(Action<RowError> onError) : IProgress<RowError>
    {
        public void Report(RowError value) => onError(value);
    }
}
