using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Backbones.Hub;

/// <summary>What is downloaded, where it lies, and when the network is asked.</summary>
internal sealed class FromHubTests : HubFixture
{
    [Test]
    public void FromHub_NewRepository_BringsWhatABackboneNeedsAndNothingElse()
    {
        Backbone backbone = Download();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(backbone.Name, Is.EqualTo("tiny-text"));
            Assert.That(backbone.Card.Modality, Is.EqualTo(BackboneModality.Text));
            Assert.That(backbone.Card.Pooling, Is.EqualTo(Pooling.Mean));
            Assert.That(backbone.Card.Normalize, Is.True);
            Assert.That(backbone.Card.MaximumLength, Is.EqualTo(64));
            Assert.That(backbone.Sha256, Is.EqualTo(Hash(Graph)));
            Assert.That(Files(SnapshotFolder), Is.EquivalentTo(new[] { "1_Pooling/config.json", "config.json", "modules.json", "onnx/model.onnx", "vocab.txt" }));
            Assert.That(File.ReadAllBytes(GraphFile), Is.EqualTo(Graph));
            Assert.That(File.ReadAllText(Path.Combine(Cache, "hub", "models--org--tiny-text", "refs", "main")).Trim(), Is.EqualTo(Contents.Commit));
        }
    }

    [Test]
    public void FromHub_Again_AsksForTheCommitAndNothingElse()
    {
        Download();
        Hub.Forget();

        Backbone again = Download();

        Assert.That(Hub.Requests.Select(r => r.Path), Is.EqualTo(new[] { "/api/models/org/tiny-text/revision/main" }));
        Assert.That(again.Sha256, Is.EqualTo(Hash(Graph)));
    }

    [Test]
    public void FromHub_Commit_NeedsNoNetworkOnceItIsThere()
    {
        string first = Download(Options with { Revision = Contents.Commit }).Sha256;
        Hub.Forget();

        Assert.That(Download(Options with { Revision = Contents.Commit.ToUpperInvariant() }).Sha256, Is.EqualTo(first));
        Assert.That(Hub.Requests, Is.Empty);
    }

    [Test]
    public void FromHub_BranchMoved_BringsOnlyWhatChanged()
    {
        Download();
        Contents.Commit = new string('b', 40);
        Contents.Files["config.json"] = """{"max_position_embeddings": 32}"""u8.ToArray();
        Hub.Forget();

        Backbone moved = Download();

        Assert.That(moved.Card.MaximumLength, Is.EqualTo(32));
        Assert.That(Hub.RequestsFor("config.json"), Has.Length.EqualTo(1));
        Assert.That(Hub.RequestsFor("model.onnx"), Is.Empty);
        Assert.That(File.ReadAllBytes(GraphFile), Is.EqualTo(Graph));
    }

    [Test]
    public void FromHub_CopyOfAnOlderCommitDamaged_IsNotTakenOver()
    {
        Download();
        byte[] damaged = [.. Graph];
        damaged[^1] ^= 1;
        File.WriteAllBytes(GraphFile, damaged);
        Contents.Commit = new string('b', 40);

        Assert.That(Download().Sha256, Is.EqualTo(Hash(Graph)));
    }

    [Test]
    public void FromHub_TagWithASlash_IsEscapedAndKept()
    {
        Contents.Revisions["refs/pr/1"] = Contents.Commit;

        Download(Options with { Revision = "refs/pr/1" });

        Assert.That(Hub.Requests[0].Path, Is.EqualTo("/api/models/org/tiny-text/revision/refs%2Fpr%2F1"));
        Assert.That(Download(Options with { Revision = "refs/pr/1", IsOffline = true }).Name, Is.EqualTo("tiny-text"));
    }

    [Test]
    public void FromHub_SeveralGraphs_BringsTheOneAFolderWouldTakeOrTheVariant()
    {
        byte[] small = TinyBackbones.TextGraph(batch: "rows").ToBytes();
        Contents.Files["onnx/model_small.onnx"] = small;

        Download();
        Assert.That(Files(SnapshotFolder), Has.None.Contain("model_small"));
        Backbone variant = Download(Options with { Variant = "model_small" });

        Assert.That(variant.Sha256, Is.EqualTo(Hash(small)));
        Assert.That(Download().Sha256, Is.EqualTo(Hash(Graph)), "both are there");
        Assert.That(() => Download(Options with { Variant = "model_large" }),
            Throws.ArgumentException.With.Message.Contains("HubOptions.Variant is 'model_large'").And.Message.Contains("onnx/model_small.onnx"));
    }

    [Test]
    public void FromHub_SeveralGraphsAndNoneIsTheUsual_ListsThem()
    {
        Contents.Files.Remove(GraphPath);
        Contents.Files["a.onnx"] = Graph;
        Contents.Files["b.onnx"] = Graph;

        Assert.That(() => Download(), Throws.ArgumentException.With.Message.Contains("a.onnx, b.onnx").And.Message.Contains("HubOptions.Variant").And.Message.Contains(Repository));
        Assert.That(Download(Options with { Backbone = new BackboneOptions { Variant = "b.onnx" } }).Sha256, Is.EqualTo(Hash(Graph)));
    }

    [Test]
    public void FromHub_Card_ChoosesTheGraph()
    {
        Contents.Files["other.onnx"] = Graph;
        Contents.Files[BackboneCard.FileName] = System.Text.Encoding.UTF8.GetBytes(TinyBackbones.Text().Card.ToJson().Replace("\"model.onnx\"", "\"other.onnx\"", StringComparison.Ordinal)
            .Replace(TinyBackbones.Text().Sha256, Hash(Graph), StringComparison.Ordinal));

        Backbone backbone = Download();

        Assert.That(backbone.Card.Graph, Is.EqualTo("other.onnx"));
        Assert.That(Files(SnapshotFolder), Has.None.Contain("onnx/model.onnx"));
    }

    [Test]
    public void FromHub_WeightsInOtherFiles_BringsThemAndHashesAll()
    {
        (byte[] graph, byte[] weights) = WithExternalWeights("weights/w.bin");
        Contents.Files[GraphPath] = graph;
        Contents.Files["onnx/weights/w.bin"] = weights;

        Backbone backbone = Download();

        Assert.That(backbone.Sha256, Is.EqualTo(Hash([.. graph, .. weights])));
        Assert.That(File.ReadAllBytes(Path.Combine(SnapshotFolder, "onnx", "weights", "w.bin")), Is.EqualTo(weights));
        Assert.That(() => Download(Options with { Sha256 = Hash(graph) }), Throws.TypeOf<InvalidDataException>().With.Message.Contains(backbone.Sha256));
    }

    [Test]
    public void FromHub_WrongHashOverWeightsInOtherFiles_TheGraphGetsNoName()
    {
        (byte[] graph, byte[] weights) = WithExternalWeights("w.bin");
        Contents.Files[GraphPath] = graph;
        Contents.Files["onnx/w.bin"] = weights;

        Assert.That(() => Download(Options with { Sha256 = Hash(graph) }),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains(Hash(graph)).And.Message.Contains(Hash([.. graph, .. weights])).And.Message.Contains("HubOptions.Sha256"));
        Assert.That(File.Exists(GraphFile) || File.Exists(PartialFile), Is.False);
        Assert.That(Download(Options with { Sha256 = Hash([.. graph, .. weights]) }).Dimension, Is.EqualTo(TinyBackbones.TextDimension));
    }

    [TestCase("../w.bin")]
    [TestCase("/etc/passwd")]
    [TestCase("C:w.bin")]
    public void FromHub_WeightsOutsideOfTheFolder_AreRefused(string location)
    {
        (byte[] graph, byte[] weights) = WithExternalWeights(location);
        Contents.Files[GraphPath] = graph;
        Contents.Files["w.bin"] = weights;

        Assert.That(() => Download(), Throws.TypeOf<InvalidDataException>().With.Message.Contains(location));
        Assert.That(Hub.RequestsFor("w.bin"), Is.Empty);
        Assert.That(File.Exists(GraphFile), Is.False);
    }

    [Test]
    public void FromHub_WeightsThatTheRepositoryLacks_AreNamed()
    {
        Contents.Files[GraphPath] = WithExternalWeights("w.bin").Graph;

        Assert.That(() => Download(), Throws.TypeOf<InvalidDataException>().With.Message.Contains("'onnx/w.bin'").And.Message.Contains("'onnx/model.onnx'"));
    }

    [Test]
    public void Open_OfADownloadedName_FindsIt()
    {
        string? before = Environment.GetEnvironmentVariable("MLTRANSFER_CACHE");
        try
        {
            Environment.SetEnvironmentVariable("MLTRANSFER_CACHE", Cache);
            Assert.That(() => Backbone.Open(Repository), Throws.TypeOf<DirectoryNotFoundException>().With.Message.Contains("Backbone.FromHub").And.Message.Contains(Path.Combine(Cache, "hub")));

            Download(Options with { CacheFolder = null });
            Hub.Forget();

            Assert.That(Backbone.Open(Repository).Name, Is.EqualTo("tiny-text"));
            Assert.That(Hub.Requests, Is.Empty);
            Assert.That(File.Exists(GraphFile), "MLTRANSFER_CACHE counts");
        }
        finally
        {
            Environment.SetEnvironmentVariable("MLTRANSFER_CACHE", before);
        }
    }

    [Test]
    public void FromHub_Offline_UsesTheCopyAndAsksNobody()
    {
        Download();
        Hub.Forget();

        Assert.That(Download(Options with { IsOffline = true }).Sha256, Is.EqualTo(Hash(Graph)));
        Assert.That(Hub.Requests, Is.Empty);
    }

    [Test]
    public void FromHub_OfflineAndNotThere_SaysWhereItLookedAndWhichSwitch()
    {
        Assert.That(() => Download(Options with { IsOffline = true }),
            Throws.TypeOf<DirectoryNotFoundException>().With.Message.Contains($"'{Repository}'").And.Message.Contains("'main'").And.Message.Contains("MLTRANSFER_OFFLINE").And.Message.Contains(Cache));
        Assert.That(Hub.Requests, Is.Empty);
    }

    [Test]
    public void FromHub_OfflineAndAnotherVariant_ListsWhatThereIs()
    {
        Contents.Files["onnx/model_small.onnx"] = Graph;
        Download();

        Assert.That(() => Download(Options with { IsOffline = true, Variant = "model_small" }),
            Throws.TypeOf<DirectoryNotFoundException>().With.Message.Contains("'onnx/model_small.onnx'").And.Message.Contains("Downloaded before: onnx/model.onnx"));
    }

    [Test]
    public void FromHub_FileOfTheCopyGone_IsBroughtAgain()
    {
        Download();
        File.Delete(Path.Combine(SnapshotFolder, "vocab.txt"));
        Hub.Forget();

        Assert.That(() => Download(Options with { IsOffline = true }), Throws.TypeOf<DirectoryNotFoundException>().With.Message.Contains("files of it are gone"));
        Assert.That(Download().Name, Is.EqualTo("tiny-text"));
        Assert.That(Hub.RequestsFor("vocab.txt"), Has.Length.EqualTo(1));
        Assert.That(Hub.RequestsFor("model.onnx"), Is.Empty);
    }

    [Test]
    public void FromHub_RecordDamaged_NamesTheFile()
    {
        Download();
        File.WriteAllText(SnapshotFolder + ".json", "{");

        Assert.That(() => Download(), Throws.TypeOf<InvalidDataException>().With.Message.Contains(Contents.Commit + ".json").And.Message.Contains("Delete it"));
    }

    [Test]
    public void FromHub_ProgressAndOptions_ReachTheirPlaces()
    {
        var told = new Told();

        Backbone backbone = Download(Options with { Progress = told, Backbone = new BackboneOptions { Pooling = Pooling.Cls, MaximumLength = 9 } });

        Assert.That((backbone.Card.Pooling, backbone.Card.MaximumLength), Is.EqualTo((Pooling.Cls, 9)));
        HubProgress[] graph = [.. told.Reports.Where(r => r.File == GraphPath)];
        Assert.That(graph, Has.All.Property(nameof(HubProgress.BytesTotal)).EqualTo(Graph.Length));
        Assert.That(graph.Select(r => r.Stage), Is.Ordered.And.Contains(HubStage.Downloading).And.Contains(HubStage.Checking));
        Assert.That(graph.Last(r => r.Stage == HubStage.Downloading).BytesDone, Is.EqualTo(Graph.Length));
    }

    [Test]
    public void FromHub_RepositoryWithoutGraph_SaysSo()
    {
        Contents.Files.Remove(GraphPath);
        Contents.Files["deep/er/model.onnx"] = Graph;

        Assert.That(() => Download(), Throws.TypeOf<FileNotFoundException>().With.Message.Contains(Repository).And.Message.Contains(".onnx"));
    }

    /// <summary>The graph of the fixture with its table of embeddings in another file.</summary>
    private static (byte[] Graph, byte[] Weights) WithExternalWeights(string location)
    {
        OnnxModel model = TinyBackbones.TextGraph().Build();
        OnnxTensor table = model.Graph.Initializers.Single(t => t.Name == "embeddings");
        byte[] weights = MemoryMarshal.AsBytes<float>(table.ToFloats()).ToArray();
        OnnxTensor elsewhere = new() { Name = table.Name, ElementType = table.ElementType, Dimensions = table.Dimensions, External = new ExternalData(location, 0, weights.Length) };
        OnnxModel changed = model.WithGraph(model.Graph with { Initializers = [.. model.Graph.Initializers.Select(t => t.Name == table.Name ? elsewhere : t)] });
        return (changed.ToBytes(), weights);
    }

    private static string Hash(byte[] bytes) => Convert.ToHexString(SHA256.HashData(bytes)).ToLowerInvariant();

    private static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(folder, f).Replace('\\', '/'));

    private sealed class Told : IProgress<HubProgress>
    {
        public List<HubProgress> Reports { get; } = [];

        public void Report(HubProgress value) => Reports.Add(value);
    }
}
