using MLTransfer.Testing;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Backbones.Hub;

/// <summary>A hub on this machine with one repository, and a cache of its own.</summary>
internal abstract class HubFixture
{
    protected const string Repository = "org/tiny-text";
    protected const string GraphPath = "onnx/model.onnx";

    protected LocalHub Hub { get; private set; } = null!;

    protected HubContents Contents { get; private set; } = null!;

    protected string Cache { get; private set; } = "";

    protected static byte[] Graph { get; } = TinyBackbones.TextGraph().ToBytes();

    /// <summary>Options that touch neither the environment nor the network outside of this machine, and wait for nothing.</summary>
    protected HubOptions Options => new()
    {
        Endpoint = Hub.Address,
        Token = "",
        IsOffline = false,
        CacheFolder = Cache,
        RetryDelay = TimeSpan.FromMilliseconds(1),
        StallTimeout = TimeSpan.FromSeconds(20),
    };

    protected string SnapshotFolder => Path.Combine(Cache, "hub", "models--org--tiny-text", "snapshots", Contents.Commit);

    protected string GraphFile => Path.Combine(SnapshotFolder, "onnx", "model.onnx");

    protected string PartialFile => GraphFile + ".partial";

    [SetUp]
    public void Start()
    {
        Cache = Directory.CreateTempSubdirectory("mltransfer-hub-").FullName;
        Hub = new LocalHub();
        Contents = Hub.Add(Repository,
            (GraphPath, Graph),
            ("vocab.txt", TinyBackbones.VocabularyFile()),
            ("1_Pooling/config.json", """{"word_embedding_dimension": 6, "pooling_mode_mean_tokens": true}"""u8.ToArray()),
            ("modules.json", """[{"type": "sentence_transformers.models.Normalize"}]"""u8.ToArray()),
            ("config.json", """{"max_position_embeddings": 64}"""u8.ToArray()),
            ("README.md", "Nobody needs this."u8.ToArray()),
            ("pytorch_model.bin", new byte[100_000]));
    }

    [TearDown]
    public void End()
    {
        Hub.Dispose();
        Directory.Delete(Cache, recursive: true);
    }

    protected Backbone Download(HubOptions? options = null) => Backbone.FromHub(Repository, options ?? Options);

    /// <summary>Answers the first so many requests for the graph another way.</summary>
    protected void InterceptGraph(int count, Func<HubRequest, HubReply> reply)
    {
        int seen = 0;
        Hub.Intercept = request => request.Path.EndsWith("/model.onnx", StringComparison.Ordinal) && Interlocked.Increment(ref seen) <= count ? reply(request) : null;
    }
}
