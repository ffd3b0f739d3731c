using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Persistence;

/// <summary>The whole path: a folder, EmbedText, a head, evaluation, saving, loading in another process, one row and many.</summary>
internal sealed class SpineTests
{
    private static readonly Row[] Training =
    [
        .. new[] { "my card is lost", "the card is not new", "a lost card", "close my card please", "help my card is late" }.Select(t => new Row { Text = t, Label = "card" }),
        .. new[] { "how do i transfer money", "transfer money to the bank", "the transfer is late", "pay the transfer fee", "money transfers" }.Select(t => new Row { Text = t, Label = "money" }),
        .. new[] { "open a new account", "how do i open my account", "close the account", "where is my new account", "account help" }.Select(t => new Row { Text = t, Label = "account" }),
    ];

    private string _folder = "";

    [SetUp]
    public void MakeFolder()
    {
        _folder = Directory.CreateTempSubdirectory("mltransfer-spine-").FullName;
        TinyBackbones.WriteTextFolder(Path.Combine(_folder, "tiny"));
    }

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestCase(GraphStorage.Embedded)]
    [TestCase(GraphStorage.Reference)]
    public async Task Spine_FromFolderToAnotherProcess_ScoresTheSame(GraphStorage storage)
    {
        var ml = new MLContext(seed: 0);
        IDataView data = ml.Data.LoadFromEnumerable(Training);
        using TransformerChain<ITransformer> model = Fit(ml, data, storage);
        IDataView scored = model.Transform(data);
        MulticlassClassificationMetrics metrics = ml.MulticlassClassification.Evaluate(scored, labelColumnName: "Key");
        Assert.That(metrics.MicroAccuracy, Is.GreaterThan(0.8), "on its own training rows");
        Assert.That(metrics.ConfusionMatrix.NumberOfClasses, Is.EqualTo(3));

        string zip = Path.Combine(_folder, "model.zip");
        ml.Model.Save(model, data.Schema, zip);
        string rows = Path.Combine(_folder, "rows.tsv");
        await File.WriteAllLinesAsync(rows, Training.Select(r => $"{r.Text}\t{r.Label}"));

        LoadProbe.Result scores = await LoadProbe.RunAsync(knowsTestSteps: false, zip, rows, "Score");
        Assert.That(scores.Errors, Is.Empty);
        Assert.That(scores.LeftBehind, Is.Empty);
        float[][] found = [.. scores.Lines.Select(l => l.Split(' ').Select(v => float.Parse(v, CultureInfo.InvariantCulture)).ToArray())];
        Columns.AssertEqual(found, Columns.Vectors(scored, "Score"), 0, "another process against this one");

        using PredictionEngine<Row, Output> engine = ml.Model.CreatePredictionEngine<Row, Output>(ml.Model.Load(zip, out _));
        string[] batch = [.. scored.GetColumn<string>("PredictedLabel")];
        Assert.That(Training.Select(r => engine.Predict(r).PredictedLabel), Is.EqualTo(batch));
    }

    [Test]
    public void Save_ByReference_KeepsTheGraphOutOfTheFile()
    {
        var ml = new MLContext(seed: 0);
        IDataView data = ml.Data.LoadFromEnumerable(Training);
        using TransformerChain<ITransformer> embedded = Fit(ml, data, GraphStorage.Embedded);
        using TransformerChain<ITransformer> reference = Fit(ml, data, GraphStorage.Reference);
        Assert.That(MemoryFile.Entries(MemoryFile.Save(ml, embedded, data.Schema)).Keys, Has.Some.Contains("graph.onnx"));
        Assert.That(MemoryFile.Entries(MemoryFile.Save(ml, reference, data.Schema)).Keys, Has.None.Contains("graph.onnx"));
    }

    [Test]
    public void Load_ReferencedGraphChanged_NamesFileAndBothHashes()
    {
        var ml = new MLContext(seed: 0);
        IDataView data = ml.Data.LoadFromEnumerable(Training);
        using TransformerChain<ITransformer> model = Fit(ml, data, GraphStorage.Reference);
        byte[] zip = MemoryFile.Save(ml, model, data.Schema);
        string graph = Path.Combine(_folder, "tiny", "onnx", "model.onnx");
        File.WriteAllBytes(graph, TinyBackbones.TextGraph(batch: "rows").ToBytes());
        File.SetLastWriteTimeUtc(graph, DateTime.UtcNow.AddMinutes(1));
        Assert.That(() => MemoryFile.Load(ml, zip), Refused<InvalidDataException>("model.onnx", "SHA-256"));
    }

    [Test]
    public void Load_ReferencedGraphMoved_IsFoundAmongTheModelFoldersOrReportedMissing()
    {
        var ml = new MLContext(seed: 0);
        IDataView data = ml.Data.LoadFromEnumerable(Training);
        using TransformerChain<ITransformer> model = Fit(ml, data, GraphStorage.Reference);
        byte[] zip = MemoryFile.Save(ml, model, data.Schema);
        string elsewhere = Path.Combine(_folder, "elsewhere");
        Directory.CreateDirectory(elsewhere);
        Directory.Move(Path.Combine(_folder, "tiny"), Path.Combine(elsewhere, "tiny"));
        Assert.That(() => MemoryFile.Load(ml, zip), Refused<FileNotFoundException>("model.onnx", "MLTRANSFER_MODELS"));
        string? before = Environment.GetEnvironmentVariable("MLTRANSFER_MODELS");
        try
        {
            Environment.SetEnvironmentVariable("MLTRANSFER_MODELS", elsewhere);
            using var loaded = (IDisposable)MemoryFile.Load(ml, zip);
            Columns.AssertEqual(Columns.Vectors(((ITransformer)loaded).Transform(data), "Score"), Columns.Vectors(model.Transform(data), "Score"), 0, "moved");
        }
        finally
        {
            Environment.SetEnvironmentVariable("MLTRANSFER_MODELS", before);
        }
    }

    [Test]
    public void Save_GraphChangedSinceItWasOpened_IsRefused()
    {
        var ml = new MLContext(seed: 0);
        IDataView data = ml.Data.LoadFromEnumerable(Training);
        using TransformerChain<ITransformer> model = Fit(ml, data, GraphStorage.Embedded);
        string graph = Path.Combine(_folder, "tiny", "onnx", "model.onnx");
        File.WriteAllBytes(graph, TinyBackbones.TextGraph(batch: "rows").ToBytes());
        File.SetLastWriteTimeUtc(graph, DateTime.UtcNow.AddMinutes(1));
        Assert.That(() => MemoryFile.Save(ml, model, data.Schema), Throws.TypeOf<InvalidDataException>().With.Message.Contains("model.onnx").And.Message.Contains("SHA-256"));
    }

    [Test]
    public void Save_GraphInMemory_CannotBeReferenced()
    {
        var ml = new MLContext(seed: 0);
        IDataView data = ml.Data.LoadFromEnumerable(Training);
        using TextEmbeddingTransformer model = ml.Transforms.EmbedText(TinyBackbones.Text(), new TextEmbeddingOptions { GraphStorage = GraphStorage.Reference }).Fit(data);
        Assert.That(() => MemoryFile.Save(ml, model, data.Schema), Throws.TypeOf<NotSupportedException>().With.Message.Contains("tiny-text").And.Message.Contains("Embedded"));
    }

    [Test]
    public void Load_SettingsChangedByHand_NameTheSetting()
    {
        var ml = new MLContext(seed: 0);
        IDataView data = ml.Data.LoadFromEnumerable(Training);
        using TextEmbeddingTransformer model = ml.Transforms.EmbedText("Features", TinyBackbones.Text()).Fit(data);
        byte[] zip = MemoryFile.Save(ml, model, data.Schema);
        Assert.That(() => MemoryFile.Load(ml, SavedModel.EditManifest(zip, "\"Exact\"", "\"Fast\"")), Refused<InvalidDataException>("int8Execution", "Fast"));
        Assert.That(() => MemoryFile.Load(ml, SavedModel.EditManifest(zip, "\"inputColumnName\"", "\"column\"")), Refused<InvalidDataException>("inputColumnName", "EmbedText"));
    }

    private TransformerChain<ITransformer> Fit(MLContext ml, IDataView data, GraphStorage storage)
    {
        Backbone backbone = Backbone.Open(Path.Combine(_folder, "tiny"), new BackboneOptions { Pooling = Pooling.Mean });
        return new EstimatorChain<ITransformer>()
            .Append(ml.Transforms.Conversion.MapValueToKey("Key", "Label"))
            .Append(ml.Transforms.EmbedText(backbone, new TextEmbeddingOptions { GraphStorage = storage }))
            .Append(ml.MulticlassClassification.Trainers.LinearHead("Key", regularization: 0.01))
            .Append((IEstimator<ITransformer>)ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"))
            .Fit(data);
    }

    // ML.NET's loader wraps what a step throws, once for each level of the pipeline.
    private static NUnit.Framework.Constraints.Constraint Refused<T>(params string[] words)
        where T : Exception => Throws.InstanceOf<Exception>().And.Matches<Exception>(e =>
        {
            Exception ours = MLTransfer.Persistence.CheckedModel.Unwrap(e);
            return ours is T && words.All(ours.Message.Contains);
        });

    private sealed class Row
    {
        public string Text { get; set; } = "";

        public string Label { get; set; } = "";
    }

    private sealed class Output
    {
        public string PredictedLabel { get; set; } = "";
    }
}
