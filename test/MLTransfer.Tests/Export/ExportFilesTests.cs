using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Export;

/// <summary>Where an export is written, and that it opens again as a backbone.</summary>
internal sealed class ExportFilesTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("export").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Export_ToAFolder_OpensAsABackboneOfTheSameFeatures([Values] bool withHead)
    {
        var ml = new MLContext(0);
        IDataView data = ExportRows.Texts(ml);
        using TransformerChain<ITransformer> model = ExportRows.Classifier(ml, TinyBackbones.Text(Pooling.Max)).Fit(data);
        ITransformer exported = withHead ? model : model.ElementAt(1);
        string folder = Path.Combine(_folder, "model");
        exported.ExportOnnx(folder);
        Assert.That(Directory.GetFiles(folder).Select(Path.GetFileName), Is.EquivalentTo(new[] { "model.onnx", "mltransfer.json", "vocab.txt" }));
        Backbone opened = Backbone.Open(folder);
        using var again = ml.Transforms.EmbedText("Features", opened).Fit(data);
        Columns.AssertEqual(Columns.Vectors(again.Transform(data), "Features"), Columns.Vectors(model.Transform(data), "Features"), 1e-6f, "read back");
        Assert.That(opened.Card.MaximumLength, Is.EqualTo(16));
    }

    [Test]
    public void Export_ToAFile_OpensByTheCardItCarries()
    {
        var ml = new MLContext(0);
        IDataView data = ExportRows.Tensors(ml);
        using var model = ml.Transforms.EmbedTensor("Features", TinyBackbones.Tensor(), normalize: true).Append(ml.Regression.Trainers.LinearHead("Amount")).Fit(data);
        string path = Path.Combine(_folder, "scorer.onnx");
        model.ExportOnnx(path);
        Backbone opened = Backbone.Open(path);
        Assert.That(opened.Card.FeatureOutput, Is.EqualTo("Features"), "not Score, which is the only output");
        Assert.That(opened.Card.Graph, Is.EqualTo("scorer.onnx"));
        using var again = ml.Transforms.EmbedTensor("Features", opened).Fit(data);
        Columns.AssertEqual(Columns.Vectors(again.Transform(data), "Features"), Columns.Vectors(model.Transform(data), "Features"), 1e-6f, "read back");
        Assert.That(Directory.GetFiles(_folder), Has.Length.EqualTo(1), "nothing is left beside the file");
    }

    [Test]
    public void Export_Cancelled_LeavesTheOlderFileAsItWas()
    {
        var ml = new MLContext(0);
        IDataView data = ExportRows.Tensors(ml);
        using var model = ml.Transforms.EmbedTensor("Features", TinyBackbones.Tensor()).Fit(data);
        string path = Path.Combine(_folder, "older.onnx");
        File.WriteAllText(path, "older");
        using CancellationTokenSource source = new();
        using var stream = new CancellingStream(source);

        Assert.That(() => model.ExportOnnx(stream, new ExportOptions { CancellationToken = source.Token }), Throws.InstanceOf<OperationCanceledException>(), "while it writes");
        Assert.That(() => model.ExportOnnx(path, new ExportOptions { CancellationToken = source.Token }), Throws.InstanceOf<OperationCanceledException>(), "before it writes");
        Assert.That(stream.WriteCount, Is.EqualTo(1));
        Assert.That(Directory.GetFiles(_folder), Is.EqualTo(new[] { path }));
        Assert.That(File.ReadAllText(path), Is.EqualTo("older"));
    }

    [Test]
    public void Export_ImageBackbone_OpensFromOneFileWithItsPreprocessing()
    {
        var ml = new MLContext(0);
        IDataView data = ml.Data.LoadFromEnumerable(MediaExportTests.Pictures(4).Select(f => new PictureRow { Image = f }).ToArray());
        using var model = ml.Transforms.EmbedImage("Features", TinyMediaBackbones.Image()).Fit(data);
        string path = Path.Combine(_folder, "pictures.onnx");
        model.ExportOnnx(path);
        using var again = ml.Transforms.EmbedImage("Features", Backbone.Open(path)).Fit(data);
        Columns.AssertEqual(Columns.Vectors(again.Transform(data), "Features"), Columns.Vectors(model.Transform(data), "Features"), 1e-6f, "read back");
    }

    [Test]
    public void Export_AudioBackbone_OpensFromOneFileWithItsWindows()
    {
        var ml = new MLContext(0);
        IDataView data = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 3).Select(i => new ClipRow { Audio = TinyMedia.Samples(40, i) }).ToArray());
        using var model = ml.Transforms.EmbedAudio("Features", TinyMediaBackbones.AudioWindow()).Fit(data);
        string path = Path.Combine(_folder, "sounds.onnx");
        model.ExportOnnx(path);
        using var again = ml.Transforms.EmbedAudio("Features", Backbone.Open(path)).Fit(data);
        Columns.AssertEqual(Columns.Vectors(again.Transform(data), "Features"), Columns.Vectors(model.Transform(data), "Features"), 1e-6f, "three windows, pooled as before");
    }

    [Test]
    public void Export_Metadata_SaysWhatTheGraphIs()
    {
        var ml = new MLContext(0);
        IDataView data = ExportRows.Texts(ml);
        using TransformerChain<ITransformer> model = ExportRows.Classifier(ml, TinyBackbones.Text()).Fit(data);
        string path = Path.Combine(_folder, "model.onnx");
        model.ExportOnnx(path);
        using OnnxModel read = ModelSource.FromFile(path).Read();
        Dictionary<string, string> stated = read.Metadata.ToDictionary(m => m.Key, m => m.Value);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(stated["mltransfer.version"], Does.Match(@"^\d+\.\d+\.\d+"));
            Assert.That(stated["mltransfer.task"], Is.EqualTo("multiclass"));
            Assert.That(JsonSerializer.Deserialize<string[]>(stated["mltransfer.labels"]), Is.EquivalentTo(new[] { "long", "short", "none" }));
            Assert.That(JsonSerializer.Deserialize<Dictionary<string, string>>(stated["mltransfer.inputs"])!["attention_mask"], Does.Contain("padding"));
            Assert.That(BackboneCard.Parse(System.Text.Encoding.UTF8.GetBytes(stated["mltransfer.card"]), "").Name, Is.EqualTo("tiny-text"));
            Assert.That(read.ProducerName, Is.EqualTo("MLTransfer"));
        }
    }

    [Test]
    public void Export_OverAnOlderFile_ReplacesItOnlyWhenDone()
    {
        var ml = new MLContext(0);
        IDataView data = ExportRows.Tensors(ml);
        using var model = ml.Transforms.EmbedTensor("Features", TinyBackbones.Tensor()).Fit(data);
        string path = Path.Combine(_folder, "model.onnx");
        File.WriteAllText(path, "older");
        Assert.That(() => model.ExportOnnx(path, new ExportOptions { SequenceLength = 3 }), Throws.ArgumentException);
        Assert.That(File.ReadAllText(path), Is.EqualTo("older"), "an export that fails leaves it");
        model.ExportOnnx(path);
        Assert.That(Backbone.Open(path).Dimension, Is.EqualTo(TinyBackbones.TensorDimension));
        Assert.That(Directory.GetFiles(_folder), Has.Length.EqualTo(1));
    }

    [Test]
    public void Export_IntoAMissingFolder_NamesIt()
    {
        var ml = new MLContext(0);
        using var model = ml.Transforms.EmbedTensor("Features", TinyBackbones.Tensor()).Fit(ExportRows.Tensors(ml));
        string missing = Path.Combine(_folder, "nowhere");
        Assert.That(() => model.ExportOnnx(Path.Combine(missing, "model.onnx")), Throws.TypeOf<DirectoryNotFoundException>().With.Message.Contains(missing));
        Assert.That(() => model.ExportOnnx(Path.Combine(missing, "model")), Throws.TypeOf<DirectoryNotFoundException>().With.Message.Contains(missing));
    }

    [Test]
    public void Export_PathOfTheOtherKind_IsRefused()
    {
        var ml = new MLContext(0);
        using var model = ml.Transforms.EmbedTensor("Features", TinyBackbones.Tensor()).Fit(ExportRows.Tensors(ml));
        string folder = Directory.CreateDirectory(Path.Combine(_folder, "folder.onnx")).FullName;
        Assert.That(() => model.ExportOnnx(folder), Throws.ArgumentException.With.Message.Contains("which is a folder"));
        string file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");
        Assert.That(() => model.ExportOnnx(file), Throws.ArgumentException.With.Message.Contains("which is a file"));
    }

    [Test]
    public void Export_OverTheBackbonesOwnFile_IsRefused()
    {
        var ml = new MLContext(0);
        string path = Path.Combine(_folder, "model.onnx");
        File.WriteAllBytes(path, TinyBackbones.TensorGraph().ToBytes());
        using var model = ml.Transforms.EmbedTensor("Features", Backbone.Open(path)).Fit(ExportRows.Tensors(ml));
        Assert.That(() => model.ExportOnnx(path), Throws.ArgumentException.With.Message.Contains(path));
        Assert.That(() => model.ExportOnnx(_folder), Throws.ArgumentException.With.Message.Contains(path));
    }

    [Test]
    public void Export_BackboneWithExternalData_IsOneFile()
    {
        var ml = new MLContext(0);
        OnnxModel whole = TinyBackbones.TensorGraph().Build();
        OnnxTensor weights = whole.Graph.Initializers.First(t => t.Name == "w");
        string source = Directory.CreateDirectory(Path.Combine(_folder, "source")).FullName;
        File.WriteAllBytes(Path.Combine(source, "w.bin"), weights.ToBytes().ToArray());
        OnnxModel split = whole.WithGraph(whole.Graph with
        {
            Initializers = [.. whole.Graph.Initializers.Select(t => t.Name == "w" ? t with { RawData = null, External = new ExternalData("w.bin", 0, null) } : t)],
        });
        File.WriteAllBytes(Path.Combine(source, "model.onnx"), split.ToBytes());
        IDataView data = ExportRows.Tensors(ml);
        using var model = ml.Transforms.EmbedTensor("Features", Backbone.Open(source)).Fit(data);
        string path = Path.Combine(_folder, "one.onnx");
        model.ExportOnnx(path);
        using var exported = new ExportedModel(File.ReadAllBytes(path));
        Assert.That((float[])exported.RunNumbers("obs", ExportRows.Numbers(data), 3)["Features"],
            Is.EqualTo(ExportedModel.Flat(Columns.Vectors(model.Transform(data), "Features"))).Within(1e-6f));
    }

    private sealed class PictureRow
    {
        public byte[] Image { get; set; } = [];
    }

    private sealed class ClipRow
    {
        public float[] Audio { get; set; } = [];
    }

    /// <summary>Cancels at the first byte it is given.</summary>
    private sealed class CancellingStream(CancellationTokenSource source) : MemoryStream
    {
        public int WriteCount { get; private set; }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            WriteCount++;
            source.Cancel();
            base.Write(buffer);
        }
    }
}
