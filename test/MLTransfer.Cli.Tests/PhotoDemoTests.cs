using MLTransfer.Cli.Demo;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Testing;

namespace MLTransfer.Cli.Tests;

public sealed class PhotoDemoTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("photo-demo").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Demo_OnPhotos_ComparesSavesAndScores_AndNamesWhatItLeavesOut()
    {
        string photos = PhotoFolder.Write(_folder, ("red", 200, 8), ("blue", 40, 8));
        File.WriteAllText(Path.Combine(photos, "red", "broken.jpg"), "no picture");
        string model = Path.Combine(_folder, "model.zip");

        var run = Run.Of("demo", "--images", photos, "--backbone", PhotoFolder.WriteGraph(_folder), "--preprocessing", "torchvision", "--seeds", "2", "--output", model);

        Assert.That(run.Error, Is.Empty);
        Assert.That(run.Code, Is.Zero);
        Assert.That(run.Output, Does.Contain("16 photos in 2 classes, 1 left out").And.Contain("broken.jpg").And.Contain("16 × 16 pixels"));
        Assert.That(run.Output, Does.Contain("labels per class").And.Contain("red-7.bmp").And.Contain("blue-7.bmp"));
        Assert.That(File.Exists(model));
    }

    [Test]
    public void Demo_RealPhotosAndBackbone_TransferHelps()
    {
        string photos = Path.Combine(RealAssets.Data("flowers5"), "train");
        string backbone = Path.Combine(RealAssets.Model("mobilenetv1-0.25-128"), "mobilenetv1_0.25_128_w8.onnx");

        var run = Run.Of("demo", "--images", photos, "--backbone", backbone, "--feature", "features", "--preprocessing", "keras-tf", "--seeds", "2", "--output", Path.Combine(_folder, "model.zip"));

        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain("100 photos in 5 classes").And.Contain("Transfer helped"));
    }

    [Test]
    public void Demo_ImagesWithoutBackbone_SaysWhichToGive()
    {
        var run = Run.Of("demo", "--images", _folder);

        Assert.That(run.Code, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain("--backbone"));
    }

    [Test]
    public void Demo_FolderThatIsNone_HasOneClass_OrTooFewPhotos_SaysSo()
    {
        string graph = PhotoFolder.WriteGraph(_folder);

        Assert.That(Demo(Path.Combine(_folder, "none"), graph), Does.Contain("no such folder"));
        Assert.That(Demo(PhotoFolder.Write(_folder, ("red", 200, 5)), graph), Does.Contain("1 subfolders"));
        Assert.That(Demo(PhotoFolder.Write(_folder, ("red", 200, 5), ("blue", 40, 3)), graph), Does.Contain("'blue'").And.Contain("3 photos"));
    }

    [Test]
    public void Demo_PreprocessingThatNobodyKnows_ListsThePresets()
    {
        var run = Run.Of("demo", "--images", _folder, "--backbone", "x.onnx", "--preprocessing", "none");

        Assert.That(run.Code, Is.EqualTo(2));
        foreach (string preset in PhotoBackbone.Presets)
            Assert.That(run.Error + run.Output, Does.Contain(preset));
    }

    [Test]
    public void Inspect_ClassifierWithFeatures_ListsValuesAndTheLayerBeforeTheScores()
    {
        string graph = PhotoFolder.WriteGraph(_folder);

        var plain = Run.Of("inspect", graph);
        var listed = Run.Of("inspect", graph, "--features");
        var json = Run.Of("inspect", graph, "--features", "--json");

        Assert.That(plain.Output, Does.Contain("pooled (before scores)").And.Not.Contain("averages"));
        Assert.That(listed.Output, Does.Contain("averages: [rows, 3, 1, 1] by GlobalAveragePool").And.Contain("pooled: [rows, 3] by Flatten, the penultimate layer"));
        Assert.That(json.Output, Does.Contain("\"penultimateLayers\"").And.Contain("\"isPenultimate\": true"));
    }

    [Test]
    public void Inspect_BackboneWithACard_SaysHowPicturesAndSoundAreRead()
    {
        string picture = PhotoFolder.WriteGraph(_folder);
        Backbone.Open(picture, new BackboneOptions { Image = ImagePreprocessing.Torchvision(32, 36) }).Card.Save(_folder);
        string sounds = Directory.CreateDirectory(Path.Combine(_folder, "sounds")).FullName;
        var graph = new GraphBuilder("vad");
        string wave = graph.Input("wave", OnnxElementType.Float, "rows", 8);
        graph.Output(graph.Node("MatMul", [wave, graph.Initializer("w", [1f, 2f, 3f, 4f, 5f, 6f, 7f, 8f], 8, 1)], "features"), OnnxElementType.Float, "rows", 1);
        File.WriteAllBytes(Path.Combine(sounds, "model.onnx"), graph.ToBytes());
        Backbone.Open(sounds, new BackboneOptions { Audio = AudioPreprocessing.Waveform(16_000) with { WindowSamples = 6, ContextSamples = 2 } }).Card.Save(sounds);

        Assert.That(Run.Of("inspect", picture).Output, Does.Contain("reads image").And.Contain("32 × 32").And.Contain("ShorterSide to 36").And.Contain("0.485"));
        Assert.That(Run.Of("inspect", sounds).Output, Does.Contain("reads audio").And.Contain("16000 Hz").And.Contain("windows of 6 samples").And.Contain("2 samples of context"));
    }

    private static string Demo(string photos, string graph)
    {
        var run = Run.Of("demo", "--images", photos, "--backbone", graph, "--preprocessing", "torchvision");
        Assert.That(run.Code, Is.EqualTo(2));
        return run.Error;
    }
}
