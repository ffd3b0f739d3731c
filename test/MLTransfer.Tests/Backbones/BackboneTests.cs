using System.Text;
using MLTransfer.Backbones;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Testing;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Backbones;

internal sealed class BackboneTests
{
    private static readonly BackboneOptions Mean = new() { Pooling = Pooling.Mean };

    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("mltransfer-backbone-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Open_HuggingFaceFolder_InfersTheCardFromGraphAndConfiguration()
    {
        TinyBackbones.WriteTextFolder(_folder);
        Write("1_Pooling/config.json", """{"word_embedding_dimension": 6, "pooling_mode_mean_tokens": true, "pooling_mode_cls_token": false}""");
        Write("modules.json", """[{"type": "sentence_transformers.models.Transformer"}, {"type": "sentence_transformers.models.Normalize"}]""");
        Write("sentence_bert_config.json", """{"max_seq_length": 24}""");
        Write("config.json", """{"max_position_embeddings": 512}""");
        BackboneCard card = Backbone.Open(_folder).Card;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(card.Modality, Is.EqualTo(BackboneModality.Text));
            Assert.That(card.Inputs, Is.EquivalentTo(new Dictionary<string, string> { ["ids"] = "input_ids", ["mask"] = "attention_mask" }));
            Assert.That(card.FeatureOutput, Is.EqualTo("last_hidden_state"));
            Assert.That(card.Pooling, Is.EqualTo(Pooling.Mean));
            Assert.That(card.Normalize, Is.True);
            Assert.That(card.MaximumLength, Is.EqualTo(24));
            Assert.That(card.Dimension, Is.EqualTo(TinyBackbones.TextDimension));
            Assert.That(card.Graph, Is.EqualTo("onnx/model.onnx"));
            Assert.That(card.Sha256, Has.Length.EqualTo(64));
        }
    }

    [Test]
    public void Save_OfAnInferredCard_IsReadBackAsItWas()
    {
        TinyBackbones.WriteTextFolder(_folder);
        Backbone inferred = Backbone.Open(_folder, Mean);
        inferred.Card.Save(_folder);
        Backbone read = Backbone.Open(_folder);
        Assert.That(read.Card.ToJson(), Is.EqualTo(inferred.Card.ToJson()));
        Assert.That(File.ReadAllText(Path.Combine(_folder, BackboneCard.FileName)), Does.Contain("\"pooling\": \"mean\""));
    }

    [Test]
    public void Open_Cancelled_Throws()
    {
        TinyBackbones.WriteTextFolder(_folder);
        using CancellationTokenSource source = new();
        Assert.That(Backbone.Open(_folder, Mean with { CancellationToken = source.Token }).Card.Sha256, Is.EqualTo(Backbone.Open(_folder, Mean).Card.Sha256));
        source.Cancel();
        Assert.That(() => Backbone.Open(_folder, Mean with { CancellationToken = source.Token }), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void Open_NoSuchFolder_ListsWhereItLooked() => Assert.That(() => Backbone.Open("no-such-backbone"),
        Throws.TypeOf<DirectoryNotFoundException>().With.Message.Contains("'no-such-backbone'").And.Message.Contains("MLTRANSFER_MODELS"));

    [Test]
    public void Open_FolderWithoutGraph_SaysSo() =>
        Assert.That(() => Backbone.Open(_folder), Throws.TypeOf<FileNotFoundException>().With.Message.Contains(_folder).And.Message.Contains(".onnx"));

    [Test]
    public void Open_TextWithoutTokenizer_ListsTheFilesItWants()
    {
        TinyBackbones.WriteTextFolder(_folder);
        File.Delete(Path.Combine(_folder, "vocab.txt"));
        Assert.That(() => Backbone.Open(_folder, Mean with { Modality = BackboneModality.Text }),
            Throws.TypeOf<FileNotFoundException>().With.Message.Contains("tokenizer.json").And.Message.Contains("vocab.txt"));
    }

    [Test]
    public void Open_WithAnotherHash_NamesFileAndBothHashes()
    {
        TinyBackbones.WriteTextFolder(_folder);
        string expected = new('0', 64);
        Assert.That(() => Backbone.Open(_folder, Mean with { Sha256 = expected }),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("model.onnx").And.Message.Contains(expected));
        Backbone right = Backbone.Open(_folder, Mean);
        Assert.That(() => Backbone.Open(_folder, Mean with { Sha256 = right.Sha256.ToUpperInvariant() }), Throws.Nothing);
    }

    [Test]
    public void Open_GraphChangedAfterItsCardWasWritten_IsRefused()
    {
        TinyBackbones.WriteTextFolder(_folder);
        Backbone.Open(_folder, Mean).Card.Save(_folder);
        File.WriteAllBytes(Path.Combine(_folder, "onnx", "model.onnx"), TinyBackbones.TextGraph(batch: "rows").ToBytes());
        Assert.That(() => Backbone.Open(_folder), Throws.TypeOf<InvalidDataException>().With.Message.Contains("model.onnx"));
    }

    [TestCase("<!DOCTYPE html><html><body>404</body></html>", "HTML")]
    [TestCase("version https://git-lfs.github.com/spec/v1\noid sha256:aa\nsize 3\n", "LFS")]
    [TestCase("", "empty")]
    [TestCase("not a model at all", "ONNX")]
    public void Open_FileThatIsNoModel_IsCalledWhatItIs(string content, string word)
    {
        TinyBackbones.WriteTextFolder(_folder);
        Write("onnx/model.onnx", content);
        Assert.That(() => Backbone.Open(_folder, Mean), Throws.TypeOf<InvalidDataException>().With.Message.Contains("model.onnx").And.Message.Contains(word).IgnoreCase);
    }

    [Test]
    public void Open_TruncatedGraph_IsRefused()
    {
        TinyBackbones.WriteTextFolder(_folder);
        string path = Path.Combine(_folder, "onnx", "model.onnx");
        byte[] bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..(bytes.Length / 2)]);
        Assert.That(() => Backbone.Open(_folder, Mean), Throws.TypeOf<InvalidDataException>().With.Message.Contains("model.onnx"));
    }

    [Test]
    public void Open_SeveralGraphs_TakesModelOnnxOrTheVariantAskedFor()
    {
        TinyBackbones.WriteTextFolder(_folder);
        string inner = Path.Combine(_folder, "onnx");
        File.WriteAllBytes(Path.Combine(inner, "model_other.onnx"), TinyBackbones.TextGraph(batch: "rows").ToBytes());
        Assert.That(Backbone.Open(_folder, Mean).Card.Graph, Is.EqualTo("onnx/model.onnx"));
        Assert.That(Backbone.Open(_folder, Mean with { Variant = "model_other" }).Card.Graph, Is.EqualTo("onnx/model_other.onnx"));
        Assert.That(() => Backbone.Open(_folder, Mean with { Variant = "model_q8" }),
            Throws.ArgumentException.With.Message.Contains("model_q8").And.Message.Contains("onnx/model_other.onnx"));
        File.Move(Path.Combine(inner, "model.onnx"), Path.Combine(inner, "model_first.onnx"));
        Assert.That(() => Backbone.Open(_folder, Mean), Throws.ArgumentException.With.Message.Contains("Variant").And.Message.Contains("onnx/model_first.onnx"));
    }

    [Test]
    public void Open_PoolingNotStated_NamesTheOptionThatDecides()
    {
        TinyBackbones.WriteTextFolder(_folder);
        Assert.That(() => Backbone.Open(_folder), Throws.ArgumentException.With.Message.Contains("BackboneOptions.Pooling").And.Message.Contains("last_hidden_state"));
    }

    [Test]
    public void Open_SeveralOutputs_ListsTheCandidates()
    {
        GraphBuilder graph = TinyBackbones.TensorGraph();
        graph.Output("product", OnnxElementType.Float, "batch", TinyBackbones.TensorDimension);
        string path = Path.Combine(_folder, "two.onnx");
        File.WriteAllBytes(path, graph.ToBytes());
        Assert.That(() => Backbone.Open(path), Throws.ArgumentException.With.Message.Contains("'features'").And.Message.Contains("'product'").And.Message.Contains("FeatureOutput"));
        Assert.That(Backbone.Open(path, new BackboneOptions { FeatureOutput = "product" }).Card.FeatureOutput, Is.EqualTo("product"));
        Assert.That(() => Backbone.Open(path, new BackboneOptions { FeatureOutput = "logits" }), Throws.ArgumentException.With.Message.Contains("'logits'"));
    }

    [Test]
    public void Open_SingleFile_IsATensorBackboneWhereNoTokenizerLiesBesideIt()
    {
        string path = Path.Combine(_folder, "policy.onnx");
        File.WriteAllBytes(path, TinyBackbones.TensorGraph().ToBytes());
        Backbone backbone = Backbone.Open(path);
        Assert.That(backbone.Card.Modality, Is.EqualTo(BackboneModality.Tensor));
        Assert.That(backbone.Name, Is.EqualTo("policy"));
        Assert.That(backbone.Card.Pooling, Is.EqualTo(Pooling.Graph));
    }

    [Test]
    public void Open_Name_LooksInTheModelFolders()
    {
        TinyBackbones.WriteTextFolder(Path.Combine(_folder, "my-encoder"));
        string? before = Environment.GetEnvironmentVariable("MLTRANSFER_MODELS");
        try
        {
            Environment.SetEnvironmentVariable("MLTRANSFER_MODELS", $"{_folder}-none{Path.PathSeparator}{_folder}");
            Assert.That(Backbone.Open("my-encoder", Mean).Name, Is.EqualTo("my-encoder"));
            Assert.That(() => Backbone.Open("../my-encoder", Mean), Throws.TypeOf<DirectoryNotFoundException>());
        }
        finally
        {
            Environment.SetEnvironmentVariable("MLTRANSFER_MODELS", before);
        }
    }

    [Test]
    public void Open_IdsAndTypes_AreToldApartByTheTablesTheyIndex()
    {
        var graph = new GraphBuilder();
        // Names that say nothing: only the sizes of the tables do.
        string first = graph.Input("a", OnnxElementType.Int64, "b", "t");
        string second = graph.Input("c", OnnxElementType.Int64, "b", "t");
        string types = graph.Node("Gather", [graph.Initializer("small", TinyBackbones.Values(4, 1), 2, 2), first], "types");
        string tokens = graph.Node("Gather", [graph.Initializer("large", TinyBackbones.Values(76, 2), 38, 2), second], "tokens");
        graph.Output(graph.Node("Add", [types, tokens], "hidden"), OnnxElementType.Float, "b", "t", 2);
        File.WriteAllBytes(Path.Combine(_folder, "model.onnx"), graph.ToBytes());
        File.WriteAllBytes(Path.Combine(_folder, "vocab.txt"), TinyBackbones.VocabularyFile());
        Assert.That(Backbone.Open(_folder, Mean).Card.Inputs, Is.EquivalentTo(new Dictionary<string, string> { [InputRoles.Ids] = "c", [InputRoles.Types] = "a" }));
    }

    [Test]
    public void Open_MoreTokensThanTheGraphHasPositions_IsCutToThemOrRefused()
    {
        var graph = new GraphBuilder();
        string ids = graph.Input("input_ids", OnnxElementType.Int64, "b", "t");
        string words = graph.Node("Gather", [graph.Initializer("words", TinyBackbones.Values(76, 2), 38, 2), ids], "tokens");
        string length = graph.Node("Gather", [graph.Node("Shape", [ids], "shape"), graph.Initializer("one", [1L], 1)], "length");
        string numbers = graph.Initializer("position_ids", [.. Enumerable.Range(0, 8).Select(i => (long)i)], 1, 8);
        string places = graph.Node("Slice", [numbers, graph.Initializer("zero", [0L], 1), length, "one"], "places");
        string positions = graph.Node("Gather", [graph.Initializer("table", TinyBackbones.Values(16, 3), 8, 2), places], "positions");
        graph.Output(graph.Node("Add", [words, positions], "hidden"), OnnxElementType.Float, "b", "t", 2);
        File.WriteAllBytes(Path.Combine(_folder, "model.onnx"), graph.ToBytes());
        File.WriteAllBytes(Path.Combine(_folder, "vocab.txt"), TinyBackbones.VocabularyFile());
        Backbone backbone = Backbone.Open(_folder, Mean);
        Assert.That(backbone.Card.MaximumLength, Is.EqualTo(8), "no file states a length, and the graph has eight positions");

        var ml = new Microsoft.ML.MLContext(0);
        Assert.That(() => ml.Transforms.EmbedText("Features", backbone, maximumLength: 9),
            Throws.ArgumentException.With.Message.Contains("9 tokens").And.Message.Contains("positions for 8").And.Message.Contains("MaximumLength"));
        Assert.That(() => ml.Transforms.EmbedText("Features", Backbone.Open(_folder, Mean with { MaximumLength = 9 })), Throws.ArgumentException.With.Message.Contains("positions for 8"));
        Assert.That(() => ml.Transforms.EmbedText("Features", backbone, maximumLength: 8), Throws.Nothing);
        Assert.That(() => new BackboneOptions { MaximumLength = 2 }, Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [TestCase("all-minilm-l6-v2")]
    [TestCase("all-minilm-l6-v2-q8")]
    [TestCase("gte-small")]
    public void Open_RealEncoder_KnowsItsPositions(string name) => Assert.That(Backbone.Open(RealAssets.Model(name)).Ports.PositionLimit, Is.EqualTo(512));

    [Test]
    public void Open_NodesInACircle_DoesNotHang()
    {
        var graph = new GraphBuilder();
        string ids = graph.Input("input_ids", OnnxElementType.Int64, "b", "t");
        graph.Add(new OnnxNode { OpType = "Cast", Inputs = ["b2"], Outputs = ["b1"] });
        graph.Add(new OnnxNode { OpType = "Cast", Inputs = ["b1"], Outputs = ["b2"] });
        graph.Add(new OnnxNode { OpType = "Cast" });
        graph.Output(graph.Node("Gather", ["b1", ids], "hidden"), OnnxElementType.Float, "b", "t", 2);
        File.WriteAllBytes(Path.Combine(_folder, "model.onnx"), graph.ToBytes());
        File.WriteAllBytes(Path.Combine(_folder, "vocab.txt"), TinyBackbones.VocabularyFile());
        Assert.That(Backbone.Open(_folder, Mean).Card.Inputs, Does.ContainKey(InputRoles.Ids));
    }

    [TestCase("""{"name": "x", "modality": "tensor", "graph": "g", "inputs": null, "featureOutput": "o", "pooling": "graph", "dimension": 2}""", "inputs")]
    [TestCase("{", "not a backbone card")]
    [TestCase("null", "null")]
    [TestCase("""{"name": "x"}""", "modality")]
    [TestCase("""{"formatVersion": 9, "name": "x", "modality": "text", "graph": "g", "inputs": {"ids": "i"}, "featureOutput": "o", "pooling": "mean", "dimension": 2}""", "version 9")]
    [TestCase("""{"name": "x", "modality": "text", "graph": "g", "inputs": {"ids": "i"}, "featureOutput": "o", "pooling": "mean", "dimension": 0}""", "dimension")]
    [TestCase("""{"name": "x", "modality": "smell", "graph": "g", "inputs": {}, "featureOutput": "o", "pooling": "mean", "dimension": 2}""", "modality")]
    [TestCase("""{"name": "x", "modality": "text", "graph": "g", "inputs": {}, "featureOutput": "o", "pooling": "mean", "dimension": 2}""", "ids")]
    [TestCase("""{"name": "x", "odd": 1, "modality": "text", "graph": "g", "inputs": {"ids": "i"}, "featureOutput": "o", "pooling": "mean", "dimension": 2}""", "odd")]
    public void Parse_CardThatIsNone_NamesFileAndMember(string json, string word) => Assert.That(() => BackboneCard.Parse(Encoding.UTF8.GetBytes(json), "here/mltransfer.json"),
        Throws.TypeOf<InvalidDataException>().With.Message.Contains("here/mltransfer.json").And.Message.Contains(word));

    [TestCase("config.json")]
    [TestCase("1_Pooling/config.json")]
    [TestCase("modules.json")]
    public void Open_BrokenConfiguration_NamesTheFile(string name)
    {
        TinyBackbones.WriteTextFolder(_folder);
        Write("1_Pooling/config.json", """{"pooling_mode_mean_tokens": true}""");
        Write(name, "{ \"hidden_size\": ");
        Assert.That(() => Backbone.Open(_folder), Throws.TypeOf<InvalidDataException>().With.Message.Contains(Path.GetFileName(name)));
    }

    [TestCase("1_Pooling/config.json", """{"pooling_mode_mean_tokens": "yes"}""", "pooling_mode_mean_tokens")]
    [TestCase("1_Pooling/config.json", "[1, 2]", "object")]
    [TestCase("sentence_bert_config.json", """{"max_seq_length": "many"}""", "max_seq_length")]
    [TestCase("tokenizer_config.json", """{"model_max_length": []}""", "model_max_length")]
    [TestCase("modules.json", """{"0": {"type": "x"}}""", "list")]
    [TestCase("modules.json", """[{"type": 3}]""", "type")]
    [TestCase("config_sentence_transformers.json", """{"prompts": {"query": 1}}""", "prompts.query")]
    public void Open_ConfigurationOfAnotherShape_NamesFileAndMember(string file, string content, string member)
    {
        TinyBackbones.WriteTextFolder(_folder);
        Write(file, content);
        BackboneOptions options = file.StartsWith('1') ? new BackboneOptions() : Mean;
        Assert.That(() => Backbone.Open(_folder, options), Throws.TypeOf<InvalidDataException>().With.Message.Contains(Path.GetFileName(file)).And.Message.Contains(member));
    }

    private void Write(string name, string content)
    {
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }
}
