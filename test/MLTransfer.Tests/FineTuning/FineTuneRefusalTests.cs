using Microsoft.ML;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.FineTuning;

/// <summary>What cannot be fine-tuned, and how that is said.</summary>
internal sealed class FineTuneRefusalTests
{
    private static readonly FineTuneOptions Options = new() { Freezing = FreezingPlan.LastBlocks(1), Training = new TrainingOptions { EpochCount = 3, BatchSize = 8, LearningRate = 1e-2, Seed = 3 } };

    [Test]
    public void FineTune_AFusedGraph_NamesTheOperatorAndThePlainExport()
    {
        var graph = new GraphBuilder("fused").Import("com.microsoft", 1);
        string obs = graph.Input("obs", OnnxElementType.Float, "batch", 3);
        string hidden = TrainableBackbones.Layer(graph, obs, "first", 3, "hidden");
        graph.Add(new OnnxNode { OpType = "QuickGelu", Domain = "com.microsoft", Name = "fused_gelu", Inputs = [hidden], Outputs = ["features"] });
        graph.Output("features", OnnxElementType.Float, "batch", TrainableBackbones.TensorDimension);
        Refuses(graph, "com.microsoft", "QuickGelu", "plain float export");
    }

    [Test]
    public void FineTune_AGraphWithIf_NamesTheNode()
    {
        var graph = new GraphBuilder("branching");
        string obs = graph.Input("obs", OnnxElementType.Float, "batch", 3);
        string hidden = TrainableBackbones.Layer(graph, obs, "first", 3, "hidden");
        string sum = graph.Node("ReduceSum", [hidden], "sum", OnnxAttribute.Of("keepdims", 0));
        string condition = graph.Node("Greater", [sum, graph.Initializer("zero", [0f])], "condition");
        OnnxGraph Branch(string operatorType)
        {
            var branch = new GraphBuilder(operatorType);
            return branch.Add(new OnnxNode { OpType = operatorType, Name = operatorType, Inputs = [hidden], Outputs = [$"{operatorType}_out"] })
                .Output($"{operatorType}_out", OnnxElementType.Float, "batch", TrainableBackbones.TensorDimension).BuildGraph();
        }
        graph.Node("If", [condition], "features", OnnxAttribute.Of("then_branch", Branch("Tanh")), OnnxAttribute.Of("else_branch", Branch("Neg")));
        graph.Output("features", OnnxElementType.Float, "batch", TrainableBackbones.TensorDimension);
        Refuses(graph, "If", "features", "cannot be fine-tuned");
    }

    [Test]
    public void FineTune_ABackboneOfAnotherModality_SaysWhichItIs()
    {
        var ml = new MLContext(0);
        Assert.That(() => ml.MulticlassClassification.Trainers.FineTuneImage(TrainableBackbones.Text()), Throws.ArgumentException.With.Message.Contains("Text").And.Message.Contains("mage"));
        Assert.That(() => ml.MulticlassClassification.Trainers.FineTuneText(TrainableBackbones.Image()), Throws.ArgumentException.With.Message.Contains("Image").And.Message.Contains("ext"));
        Assert.That(() => ml.MulticlassClassification.Trainers.FineTuneText(TinyMediaBackbones.AudioWindow()), Throws.ArgumentException.With.Message.Contains("Audio"));
        Assert.That(() => ml.Regression.Trainers.FineTuneTensor(TinyMediaBackbones.AudioWindow(), Options, new TensorEmbeddingOptions()), Throws.ArgumentException.With.Message.Contains("Audio"));
    }

    [Test]
    public void FineTune_ASequenceAsTheFeature_IsRefused()
    {
        var ml = new MLContext(0);
        Assert.That(() => ml.MulticlassClassification.Trainers.FineTuneText(TrainableBackbones.Text(), Options, new TextEmbeddingOptions { Pooling = Pooling.None }),
            Throws.ArgumentException.With.Message.Contains("'Features'").And.Message.Contains("Pooling.None"));
    }

    [Test]
    public void FineTune_ToBeSavedByReference_IsRefusedBeforeTraining()
    {
        var ml = new MLContext(0);
        Assert.That(() => ml.MulticlassClassification.Trainers.FineTuneText(TrainableBackbones.Text(), Options, new TextEmbeddingOptions { GraphStorage = GraphStorage.Reference }),
            Throws.ArgumentException.With.Message.Contains("GraphStorage").And.Message.Contains("ExportOnnx"));
    }

    [Test]
    public void FineTune_OptionsOfAnotherTask_AreRefused()
    {
        var ml = new MLContext(0);
        Assert.That(() => ml.Regression.Trainers.FineTuneText(TrainableBackbones.Text(), Options with { LabelSmoothing = 0.1 }, new TextEmbeddingOptions()), Throws.ArgumentException.With.Message.Contains("LabelSmoothing"));
        Assert.That(() => ml.Regression.Trainers.FineTuneText(TrainableBackbones.Text(), Options with { ClassWeights = ClassWeights.Balanced }, new TextEmbeddingOptions()), Throws.ArgumentException.With.Message.Contains("ClassWeights"));
    }

    [Test]
    public void Fit_OneClass_SaysWhich()
    {
        FineTuneRow[] rows = [.. FineTuneRows.Make(30).Where(r => r.Flag)];
        var ml = new MLContext(0);
        Assert.That(() => ml.MulticlassClassification.Trainers.FineTuneText(TrainableBackbones.Text(), Options, new TextEmbeddingOptions()).Fit(FineTuneRows.Keyed(ml, rows)),
            Throws.InvalidOperationException.With.Message.Contains("'Label'").And.Message.Contains("alike"));
        Assert.That(() => ml.BinaryClassification.Trainers.FineTuneText(TrainableBackbones.Text(), Options with { LabelColumnName = "Flag" }, new TextEmbeddingOptions()).Fit(FineTuneRows.Keyed(ml, rows)),
            Throws.InvalidOperationException.With.Message.Contains("'Flag'"));
    }

    [TestCase(float.NaN)]
    [TestCase(float.PositiveInfinity)]
    public void Fit_ATensorThatIsNotFinite_NamesColumnAndRow(float value)
    {
        FineTuneRow[] rows = FineTuneRows.Make(20);
        rows[13].Obs[1] = value;
        var ml = new MLContext(0);
        foreach (FreezingPlan plan in (FreezingPlan[])[FreezingPlan.Everything, FreezingPlan.LastBlocks(1)])
        {
            Assert.That(() => ml.MulticlassClassification.Trainers.FineTuneTensor(TrainableBackbones.Tensor(), Options with { Freezing = plan }, new TensorEmbeddingOptions()).Fit(FineTuneRows.Keyed(ml, rows)),
                Throws.InvalidOperationException.With.Message.Contains("'obs'").And.Message.Contains("14"), $"{plan}");
        }
    }

    [TestCase(1e30)]
    public void Fit_AnAbsurdLearningRate_NamesIt(double rate)
    {
        var ml = new MLContext(0);
        Assert.That(() => ml.MulticlassClassification.Trainers.FineTuneText(TrainableBackbones.Text(), Options with { Training = Options.Training with { LearningRate = rate } }, new TextEmbeddingOptions())
            .Fit(FineTuneRows.Keyed(ml, FineTuneRows.Make(40))), Throws.InstanceOf<ArithmeticException>().With.Message.Contains("learning rate").And.Message.Contains("1E+30"));
    }

    [Test]
    public void FineTune_AGraphWithLoop_NamesTheNode()
    {
        var body = new GraphBuilder("body");
        body.Input("round", OnnxElementType.Int64);
        string goesOn = body.Input("goes_on", OnnxElementType.Bool);
        string state = body.Input("state", OnnxElementType.Float, "batch", TrainableBackbones.TensorDimension);
        body.Output(body.Node("Identity", [goesOn], "goes_on_out"), OnnxElementType.Bool);
        body.Output(body.Node("Tanh", [state], "state_out"), OnnxElementType.Float, "batch", TrainableBackbones.TensorDimension);
        var graph = new GraphBuilder("looping");
        string obs = graph.Input("obs", OnnxElementType.Float, "batch", 3);
        string hidden = TrainableBackbones.Layer(graph, obs, "first", 3, "hidden");
        graph.Node("Loop", [graph.Initializer("rounds", [2L]), "", hidden], "features", OnnxAttribute.Of("body", body.BuildGraph()));
        graph.Output("features", OnnxElementType.Float, "batch", TrainableBackbones.TensorDimension);
        Refuses(graph, "Loop", "features", "control flow");
    }

    [Test]
    public void FineTune_AnUnknownDomain_NamesItBeforeOnnxRuntimeIsAsked()
    {
        var graph = new GraphBuilder("foreign").Import("acme.ops", 1);
        string obs = graph.Input("obs", OnnxElementType.Float, "batch", 3);
        string hidden = TrainableBackbones.Layer(graph, obs, "first", 3, "hidden");
        graph.Add(new OnnxNode { OpType = "Squash", Domain = "acme.ops", Name = "squash", Inputs = [hidden], Outputs = ["features"] });
        graph.Output("features", OnnxElementType.Float, "batch", TrainableBackbones.TensorDimension);
        Refuses(graph, "acme.ops.Squash", "squash", "first");
    }

    private static void Refuses(GraphBuilder graph, params string[] words)
    {
        Backbone backbone = TinyBackbones.Open(graph, TrainableBackbones.TensorCard("features", Pooling.Graph));
        Exception? error = Assert.Throws<NotSupportedException>(() =>
            new MLContext(0).MulticlassClassification.Trainers.FineTuneTensor(backbone, Options with { Freezing = FreezingPlan.Everything }, new TensorEmbeddingOptions()));
        foreach (string word in words)
            Assert.That(error!.Message, Does.Contain(word));
        Assert.That(backbone.ListBlocks().Select(b => b.IsTrainable), Has.Some.False);
    }
}
