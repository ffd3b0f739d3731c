using MLTransfer.Onnx.Graphs;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Backbones;

/// <summary>What a backbone is taken to read: pictures, sound, texts or tensors, by the options, a card, or the folder.</summary>
internal sealed class MediaSettingsTests
{
    private const string Vit = """
        { "image_processor_type": "ViTImageProcessor", "size": { "height": 4, "width": 4 }, "resample": 2, "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5] }
        """;

    private const string Wav2Vec2 = """{ "feature_extractor_type": "Wav2Vec2FeatureExtractor", "sampling_rate": 16000, "feature_size": 1, "do_normalize": true }""";

    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("mltransfer-media-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Open_FolderOfAnImageProcessor_ReadsPicturesAsItSays()
    {
        Write(TinyMediaBackbones.ImageGraph(), Vit);
        Backbone backbone = Backbone.Open(_folder);
        Assert.That(backbone.Card.Modality, Is.EqualTo(BackboneModality.Image));
        Assert.That(backbone.Card.Image!.Mean, Is.EqualTo(new[] { 0.5, 0.5, 0.5 }));
        Assert.That(backbone.Card.Audio, Is.Null);
        backbone.Card.Save(_folder);
        Assert.That(Backbone.Open(_folder).Card, Is.EqualTo(BackboneCard.Parse(File.ReadAllBytes(Path.Combine(_folder, BackboneCard.FileName)), "card")).Using<BackboneCard>(
            (a, b) => a.ToJson() == b.ToJson()), "a written card says the same");
    }

    [Test]
    public void Open_FolderOfAFeatureExtractor_ReadsSoundAndAveragesFrames()
    {
        Write(TinyMediaBackbones.FramesGraph(), Wav2Vec2);
        Backbone backbone = Backbone.Open(_folder);
        Assert.That(backbone.Card.Modality, Is.EqualTo(BackboneModality.Audio));
        Assert.That(backbone.Card.Audio, Is.EqualTo(AudioPreprocessing.Wav2Vec2()));
        Assert.That(backbone.Card.Pooling, Is.EqualTo(Pooling.Mean));
    }

    [Test]
    public void Open_PictureLikeGraphOfWhichNothingIsSaid_IsATensorBackbone()
    {
        Write(TinyMediaBackbones.ImageGraph(), config: null);
        Assert.That(Backbone.Open(_folder).Card.Modality, Is.EqualTo(BackboneModality.Tensor));
    }

    [Test]
    public void Open_TokenizerBesideAGraphOfRealNumbers_IsNoTextBackbone()
    {
        // As in CLIP's and Whisper's folders.
        Write(TinyMediaBackbones.ImageGraph(), Vit);
        File.WriteAllBytes(Path.Combine(_folder, "vocab.txt"), TinyBackbones.VocabularyFile());
        Assert.That(Backbone.Open(_folder).Card.Modality, Is.EqualTo(BackboneModality.Image));
        File.Delete(Path.Combine(_folder, "preprocessor_config.json"));
        Assert.That(Backbone.Open(_folder).Card.Modality, Is.EqualTo(BackboneModality.Tensor));
    }

    [Test]
    public void Open_AskedForAMediumOfWhichNothingIsSaid_NamesInputAndOption()
    {
        Write(TinyMediaBackbones.ImageGraph(), config: null);
        Assert.That(() => Backbone.Open(_folder, new BackboneOptions { Modality = BackboneModality.Image }), Throws.ArgumentException
            .With.Message.Contains("'pixels'").And.Message.Contains("BackboneOptions.Image").And.Message.Contains("Torchvision"));
        Assert.That(() => Backbone.Open(_folder, new BackboneOptions { Modality = BackboneModality.Audio }), Throws.ArgumentException
            .With.Message.Contains("'pixels'").And.Message.Contains("BackboneOptions.Audio").And.Message.Contains("Waveform"));
    }

    [Test]
    public void Open_PicturesAndSoundAtOnce_IsRefused()
    {
        Write(TinyMediaBackbones.ImageGraph(), config: null);
        Assert.That(() => Backbone.Open(_folder, new BackboneOptions { Image = new ImagePreprocessing(), Audio = AudioPreprocessing.Waveform(8000) }),
            Throws.ArgumentException.With.Message.Contains("BackboneOptions.Image and BackboneOptions.Audio"));
    }

    [TestCase("""{ "image_processor_type": "NobodyKnowsImageProcessor", "size": 4 }""")]
    [TestCase("""{ "feature_extractor_type": "NobodyKnowsFeatureExtractor", "sampling_rate": 16000 }""")]
    public void Open_OptionsThatSayIt_AskNothingOfAFileThatIsNotUnderstood(string config)
    {
        Write(TinyMediaBackbones.ImageGraph(), config);
        Assert.That(() => Backbone.Open(_folder), Throws.InstanceOf<Exception>().With.Message.Contains("NobodyKnows"));
        Assert.That(Backbone.Open(_folder, new BackboneOptions { Image = new ImagePreprocessing() }).Card.Modality, Is.EqualTo(BackboneModality.Image));
        Assert.That(Backbone.Open(_folder, new BackboneOptions { Modality = BackboneModality.Tensor }).Card.Modality, Is.EqualTo(BackboneModality.Tensor));
    }

    private void Write(GraphBuilder graph, string? config)
    {
        File.WriteAllBytes(Path.Combine(_folder, "model.onnx"), graph.ToBytes());
        if (config is not null)
            File.WriteAllText(Path.Combine(_folder, "preprocessor_config.json"), config);
    }
}
