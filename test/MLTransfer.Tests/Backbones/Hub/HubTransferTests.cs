using System.Net;
using System.Net.Sockets;
using MLTransfer.Testing;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Backbones.Hub;

/// <summary>Cut, slow, busy and wrong transfers, and what they leave behind.</summary>
internal sealed class HubTransferTests : HubFixture
{
    private const int Cut = 700;

    [Test]
    public void FromHub_ConnectionCut_AsksForTheRestOnly()
    {
        InterceptGraph(1, r => Hub.Usual(r) with { CutAfter = Cut });

        Download();

        HubRequest[] requests = Hub.RequestsFor("model.onnx");
        Assert.That(requests, Has.Length.EqualTo(2));
        Assert.That(requests[0].Headers.ContainsKey("Range"), Is.False);
        Assert.That(requests[1].Headers["Range"], Is.EqualTo($"bytes={Cut}-"));
        Assert.That(requests[1].Headers["If-Range"], Does.StartWith("\""));
        Assert.That(File.ReadAllBytes(GraphFile), Is.EqualTo(Graph));
    }

    [Test]
    public void FromHub_CutForGood_LeavesAPartThatALaterCallGoesOnFrom()
    {
        InterceptGraph(1, r => Hub.Usual(r) with { CutAfter = Cut });
        Func<HubRequest, HubReply?> once = Hub.Intercept;
        Hub.Intercept = r => once(r) ?? (r.Path.EndsWith("/model.onnx", StringComparison.Ordinal) ? new HubReply(503) : null);

        Assert.That(() => Download(), Throws.InstanceOf<HttpRequestException>().With.Property("StatusCode").EqualTo(HttpStatusCode.ServiceUnavailable).And.Message.Contains("model.onnx"));
        Assert.That(new FileInfo(PartialFile).Length, Is.EqualTo(Cut));
        Assert.That(File.Exists(GraphFile), Is.False);
        Assert.That(() => Download(Options with { IsOffline = true }), Throws.TypeOf<DirectoryNotFoundException>(), "what is not whole is not there");

        Hub.Intercept = _ => null;
        Hub.Forget();
        Download();
        Assert.That(Hub.RequestsFor("model.onnx").Single().Headers["Range"], Is.EqualTo($"bytes={Cut}-"));
        Assert.That(Hub.RequestsFor("vocab.txt"), Is.Empty, "what was whole is not asked for again");
        Assert.That(File.Exists(PartialFile) || File.Exists(PartialFile + ".tag"), Is.False);
    }

    [Test]
    public void FromHub_ServerKnowsNoParts_StartsAnew()
    {
        int seen = 0;
        InterceptGraph(int.MaxValue, _ => new HubReply(200) { Body = Graph, CutAfter = Interlocked.Increment(ref seen) == 1 ? Cut : null });

        Download();

        Assert.That(Hub.RequestsFor("model.onnx"), Has.Length.EqualTo(2));
        Assert.That(File.ReadAllBytes(GraphFile), Is.EqualTo(Graph));
    }

    [Test]
    public void FromHub_ServerKnowsNoPartsAndAlwaysCuts_EndsAfterFiveTries()
    {
        InterceptGraph(int.MaxValue, _ => new HubReply(200) { Body = Graph, CutAfter = Cut });

        Assert.That(() => Download(), Throws.InstanceOf<HttpRequestException>().With.Message.Contains("ended").And.Message.Contains("Try again"));
        Assert.That(Hub.RequestsFor("model.onnx"), Has.Length.EqualTo(5), "one that brought something, and four that brought no more than it");
    }

    [Test]
    public void FromHub_FileChangedBetweenTheTries_IsNotMixed()
    {
        byte[] other = TinyBackbones.TextGraph(batch: "others").ToBytes();
        InterceptGraph(1, r => Hub.Usual(r) with { CutAfter = Cut });
        Func<HubRequest, HubReply?> once = Hub.Intercept;
        Hub.Intercept = r => once(r) ?? (r.Path.EndsWith("/model.onnx", StringComparison.Ordinal) ? new HubReply(503) : null);
        Assert.That(() => Download(), Throws.InstanceOf<HttpRequestException>());

        Hub.Intercept = _ => null;
        Contents.Files[GraphPath] = other;
        Hub.Forget();
        Download();

        Assert.That(Hub.RequestsFor("model.onnx").Single().Headers.ContainsKey("If-Range"));
        Assert.That(File.ReadAllBytes(GraphFile), Is.EqualTo(other));
    }

    [Test]
    public void FromHub_PartOfSomethingElseAndNoTags_IsFoundByItsHash()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PartialFile)!);
        File.WriteAllBytes(PartialFile, new byte[Cut]);
        Hub.Intercept = r => r.IsList ? null : Untagged(Hub.Usual(r));

        Download();

        Assert.That(Hub.RequestsFor("model.onnx").Select(r => r.Headers.GetValueOrDefault("Range")), Is.EqualTo(new[] { $"bytes={Cut}-", null }));
        Assert.That(File.ReadAllBytes(GraphFile), Is.EqualTo(Graph));

        static HubReply Untagged(HubReply reply)
        {
            reply.Headers.Remove("ETag");
            return reply;
        }
    }

    [Test]
    public void FromHub_AnotherPartThanAskedFor_StartsAnew()
    {
        int seen = 0;
        InterceptGraph(2, r => Interlocked.Increment(ref seen) == 1
            ? Hub.Usual(r) with { CutAfter = Cut }
            : new HubReply(206) { Body = Graph[100..], Headers = { ["Content-Range"] = $"bytes 100-{Graph.Length - 1}/{Graph.Length}" } });

        Download();

        Assert.That(Hub.RequestsFor("model.onnx").Select(r => r.Headers.GetValueOrDefault("Range")), Is.EqualTo(new[] { null, $"bytes={Cut}-", null }));
        Assert.That(File.ReadAllBytes(GraphFile), Is.EqualTo(Graph));
    }

    [Test]
    public void FromHub_PartLongerThanTheFile_IsThrownAway()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PartialFile)!);
        File.WriteAllBytes(PartialFile, new byte[Graph.Length + 1]);

        Assert.That(Download().Dimension, Is.EqualTo(TinyBackbones.TextDimension));
    }

    [Test]
    public void FromHub_OtherBytesThanTheServerStates_NamesFileAndBothHashes()
    {
        byte[] wrong = [.. Graph];
        wrong[^1] ^= 1;
        InterceptGraph(int.MaxValue, r => LocalHub.FileReply(r, wrong));

        Assert.That(() => Download(), Throws.TypeOf<InvalidDataException>().With.Message.Contains("'onnx/model.onnx'").And.Message.Contains(Hash(Graph)).And.Message.Contains(Hash(wrong)));
        Assert.That(File.Exists(GraphFile) || File.Exists(PartialFile), Is.False);
        Assert.That(Hub.RequestsFor("model.onnx"), Has.Length.EqualTo(1));
    }

    [Test]
    public void FromHub_OtherBytesOfASmallFile_AreFoundByGitsHash()
    {
        Hub.Intercept = r => r.Path.EndsWith("/vocab.txt", StringComparison.Ordinal) ? LocalHub.FileReply(r, [.. TinyBackbones.VocabularyFile().Reverse()]) : null;

        Assert.That(() => Download(), Throws.TypeOf<InvalidDataException>().With.Message.Contains("'vocab.txt'").And.Message.Contains("the server states"));
    }

    [Test]
    public void FromHub_AnotherHashThanTheCallerStates_IsNotUsed()
    {
        string expected = new('0', 64);

        Assert.That(() => Backbone.FromHub(Repository, Options with { Sha256 = expected }),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains(expected).And.Message.Contains(Hash(Graph)).And.Message.Contains("HubOptions.Sha256"));
        Assert.That(File.Exists(GraphFile) || File.Exists(PartialFile), Is.False);
        Assert.That(Download(Options with { Sha256 = Hash(Graph).ToUpperInvariant() }).Sha256, Is.EqualTo(Hash(Graph)));
        Assert.That(() => Download(Options with { Sha256 = expected }), Throws.TypeOf<InvalidDataException>(), "of the copy too");
        Assert.That(File.Exists(GraphFile), "which stays, because the server's hash is right");
    }

    [Test]
    public void FromHub_HashesOfFiles_AreCheckedOfLargeSmallAndCopied()
    {
        Dictionary<string, string> right = new() { [GraphPath] = Hash(Graph), ["vocab.txt"] = Hash(TinyBackbones.VocabularyFile()) };
        string zeros = new('0', 64);

        foreach (string path in right.Keys)
        {
            Assert.That(() => Download(Options with { FileHashes = new Dictionary<string, string> { [path] = zeros } }),
                Throws.TypeOf<InvalidDataException>().With.Message.Contains($"FileHashes[\"{path}\"]").And.Message.Contains(right[path]));
            Assert.That(File.Exists(GraphFile), Is.False);
        }
        Assert.That(Download(Options with { FileHashes = right }).Name, Is.EqualTo("tiny-text"));
        Assert.That(() => Download(Options with { FileHashes = new Dictionary<string, string> { ["vocab.txt"] = zeros } }), Throws.TypeOf<InvalidDataException>());
        Assert.That(() => Download(Options with { FileHashes = new Dictionary<string, string> { ["README.md"] = zeros } }), Throws.ArgumentException.With.Message.Contains("README.md").And.Message.Contains("vocab.txt"));
    }

    [TestCase(-1)]
    [TestCase(+1)]
    public void FromHub_OtherLengthThanAnnounced_IsRefused(int difference)
    {
        byte[] wrong = difference < 0 ? Graph[..^1] : [.. Graph, 0];
        InterceptGraph(int.MaxValue, _ => new HubReply(200) { Body = wrong });

        Assert.That(() => Download(), Throws.TypeOf<InvalidDataException>().With.Message.Contains($"announced with {Graph.Length} bytes").And.Message.Contains($"{wrong.Length}"));
        Assert.That(new FileInfo(PartialFile).Length, Is.Zero);
    }

    [Test]
    public void FromHub_NoLengthAndMoreThanAnnounced_EndsAtOnce()
    {
        InterceptGraph(int.MaxValue, _ => new HubReply(200) { Body = [.. Graph, .. new byte[1 << 20]], IsChunked = true });

        Assert.That(() => Download(), Throws.TypeOf<InvalidDataException>().With.Message.Contains("sends more"));
        Assert.That(new FileInfo(PartialFile).Length, Is.Zero);
    }

    [Test]
    public void FromHub_NoLength_IsRead()
    {
        InterceptGraph(1, _ => new HubReply(200) { Body = Graph, IsChunked = true });

        Assert.That(Download().Sha256, Is.EqualTo(Hash(Graph)));
    }

    [TestCase(500)]
    [TestCase(503)]
    [TestCase(429)]
    [TestCase(408)]
    public void FromHub_ServerFailsForAMoment_IsAskedAgain(int status)
    {
        int lists = 0;
        InterceptGraph(2, _ => new HubReply(status));
        Func<HubRequest, HubReply?> graph = Hub.Intercept;
        Hub.Intercept = r => r.IsList && Interlocked.Increment(ref lists) == 1 ? new HubReply(status) : graph(r);

        Assert.That(Download().Name, Is.EqualTo("tiny-text"));
        Assert.That(Hub.RequestsFor("model.onnx"), Has.Length.EqualTo(3));
        Assert.That(Hub.Requests.Count(r => r.IsList), Is.EqualTo(2));
    }

    [Test]
    public void FromHub_ServerAsksToWait_WaitsThatLong()
    {
        InterceptGraph(1, _ => new HubReply(429) { Headers = { ["Retry-After"] = "1" } });
        long start = System.Diagnostics.Stopwatch.GetTimestamp();

        Download();

        Assert.That(System.Diagnostics.Stopwatch.GetElapsedTime(start), Is.GreaterThan(TimeSpan.FromSeconds(0.95)));
    }

    [Test]
    public void FromHub_ServerAsksToWaitForAnHour_IsToldToTheCaller()
    {
        Hub.Intercept = _ => new HubReply(429) { Headers = { ["Retry-After"] = "3600" } };

        Assert.That(() => Download(), Throws.InstanceOf<HttpRequestException>().With.Message.Contains("in 3600 seconds").And.Message.Contains("429").And.Message.Contains("HF_TOKEN"));
        Assert.That(Hub.Requests, Has.Length.EqualTo(1));
    }

    [Test]
    public void FromHub_NothingComesForTooLong_IsAskedAgainAndThenAnError()
    {
        InterceptGraph(int.MaxValue, r => Hub.Usual(r) with { DeclaredLength = null, CutAfter = 0, IsStuck = true });

        Assert.That(() => Download(Options with { StallTimeout = TimeSpan.FromMilliseconds(100) }), Throws.InstanceOf<HttpRequestException>().With.Message.Contains("0.1 seconds"));
        Assert.That(Hub.RequestsFor("model.onnx"), Has.Length.EqualTo(5));
    }

    [Test]
    public void FromHub_SlowButSteady_IsNoStall()
    {
        InterceptGraph(1, r => Hub.Usual(r) with { ChunkSize = Graph.Length / 8, Pause = TimeSpan.FromMilliseconds(100) });

        Assert.That(Download(Options with { StallTimeout = TimeSpan.FromMilliseconds(600) }).Name, Is.EqualTo("tiny-text"), "it took longer than that in all");
        Assert.That(Hub.RequestsFor("model.onnx"), Has.Length.EqualTo(1));
    }

    [Test]
    public async Task FromHub_Cancelled_LeavesWhatHasCome()
    {
        using var cancel = new CancellationTokenSource();
        InterceptGraph(1, r => Hub.Usual(r) with { CutAfter = Cut, IsStuck = true });
        var download = Task.Run(() => Download(Options with { CancellationToken = cancel.Token }));
        while (!File.Exists(PartialFile) || new FileInfo(PartialFile).Length < Cut)
            await Task.Delay(10);

        await cancel.CancelAsync();

        Assert.That(async () => await download, Throws.InstanceOf<OperationCanceledException>());
        Hub.Forget();
        Download();
        Assert.That(Hub.RequestsFor("model.onnx").Single().Headers["Range"], Is.EqualTo($"bytes={Cut}-"));
    }

    [Test]
    public async Task FromHub_TwoThreadsAtOnce_OneDownloadsAndTheOtherWaits()
    {
        var gate = new TaskCompletionSource();
        InterceptGraph(1, r => Hub.Usual(r) with { Gate = gate.Task });
        var first = Task.Run(() => Download());
        while (Hub.RequestsFor("model.onnx").Length == 0)
            await Task.Delay(10);
        var waits = new List<HubProgress>();

        Backbone second = await Task.Run(() => Download(Options with { Progress = new Listener(OnProgress) }));

        Assert.That((await first).Sha256, Is.EqualTo(second.Sha256));
        Assert.That(Hub.RequestsFor("model.onnx"), Has.Length.EqualTo(1));
        Assert.That(waits, Is.Not.Empty.And.All.EqualTo(new HubProgress(HubStage.Waiting, Repository, 0, 0)));

        void OnProgress(HubProgress progress)
        {
            waits.Add(progress);
            gate.TrySetResult();
        }
    }

    [Test]
    public async Task FromHub_CancelledWhileItWaits_Ends()
    {
        InterceptGraph(1, r => Hub.Usual(r) with { CutAfter = 0, IsStuck = true });
        using var end = new CancellationTokenSource();
        var first = Task.Run(() => Download(Options with { CancellationToken = end.Token }));
        while (Hub.RequestsFor("model.onnx").Length == 0)
            await Task.Delay(10);
        using var cancel = new CancellationTokenSource();

        Assert.That(() => Download(Options with { CancellationToken = cancel.Token, Progress = new Listener(p => CancelIf(p.Stage == HubStage.Waiting)) }), Throws.InstanceOf<OperationCanceledException>());
        await end.CancelAsync();
        Assert.That(async () => await first, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(Hub.RequestsFor("model.onnx"), Has.Length.EqualTo(1));

        void CancelIf(bool isWaiting)
        {
            if (isWaiting)
                cancel.Cancel();
        }
    }

    [Test]
    public void FromHub_NobodyAnswers_NamesTheSwitchAndTheCopy()
    {
        int port;
        using (var closed = new TcpListener(IPAddress.Loopback, 0))
        {
            closed.Start();
            port = ((IPEndPoint)closed.LocalEndpoint).Port;
        }
        HubOptions nobody = Options with { Endpoint = new Uri($"http://127.0.0.1:{port}") };

        Assert.That(() => Download(nobody), Throws.InstanceOf<HttpRequestException>().With.Message.Contains($"127.0.0.1:{port}").And.Message.Contains("nothing of it was downloaded before"));
        Download();
        Assert.That(() => Download(nobody), Throws.InstanceOf<HttpRequestException>().With.Message.Contains("HubOptions.IsOffline").And.Message.Contains(Contents.Commit), "no copy is taken unasked");
        Assert.That(Download(nobody with { IsOffline = true }).Name, Is.EqualTo("tiny-text"));
    }

    [Test]
    public void FromHub_CacheThatCannotBeWritten_IsItsOwnError()
    {
        string file = Path.Combine(Cache, "file");
        File.WriteAllText(file, "");

        Assert.That(() => Download(Options with { CacheFolder = file }), Throws.InstanceOf<IOException>().And.Not.InstanceOf<HttpRequestException>());
    }

    private static string Hash(byte[] bytes) => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(bytes)).ToLowerInvariant();

    private sealed class Listener(Action<HubProgress> told) : IProgress<HubProgress>
    {
        public void Report(HubProgress value) => told(value);
    }
}
