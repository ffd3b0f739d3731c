using MLTransfer.Backbones;
using MLTransfer.Testing;

namespace MLTransfer.Tests.Backbones.Hub;

/// <summary>Names, tokens, redirects, and servers that are not to be trusted.</summary>
internal sealed class HubAccessTests : HubFixture
{
    private const string Secret = "hf_secretsecret";

    [TestCase("")]
    [TestCase("a/b/c")]
    [TestCase("../etc")]
    [TestCase("org/na me")]
    [TestCase("org/..")]
    [TestCase("org/a--b")]
    [TestCase("org\\name")]
    [TestCase("https://host/org")]
    public void FromHub_NoNameOfARepository_IsRefused(string id)
    {
        Assert.That(() => Backbone.FromHub(id, Options), Throws.InstanceOf<ArgumentException>().With.Property("ParamName").EqualTo("repository"));
        Assert.That(Hub.Requests, Is.Empty);
    }

    [TestCase("")]
    [TestCase("../main")]
    [TestCase("a//b")]
    [TestCase("a b")]
    [TestCase("main?x=1")]
    [TestCase("a\\b")]
    public void Options_NoRevision_IsRefused(string revision) =>
        Assert.That(() => new HubOptions { Revision = revision }, Throws.InstanceOf<ArgumentException>().With.Property("ParamName").EqualTo("Revision"));

    [Test]
    public void Options_OtherWrongValues_AreRefused()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => new HubOptions { Sha256 = "abc" }, Throws.ArgumentException.With.Message.Contains("HubOptions.Sha256").And.Message.Contains("64"));
            Assert.That(() => new HubOptions { FileHashes = new Dictionary<string, string> { ["a.txt"] = "abc" } }, Throws.ArgumentException.With.Message.Contains("a.txt"));
            Assert.That(() => new HubOptions { Endpoint = new Uri("ftp://host/") }, Throws.ArgumentException.With.Message.Contains("HubOptions.Endpoint"));
            Assert.That(() => new HubOptions { Endpoint = new Uri("https://user:pass@host/") }, Throws.ArgumentException.With.Message.Not.Contains("pass"));
            Assert.That(() => new HubOptions { Token = $"{Secret}\r\nX: y" }, Throws.ArgumentException.With.Message.Contains("HubOptions.Token").And.Message.Not.Contains(Secret));
            Assert.That(() => Download(Options with { Variant = "a", Backbone = new BackboneOptions { Variant = "b" } }), Throws.ArgumentException.With.Message.Contains("Variant"));
            Assert.That(new HubOptions { Token = Secret }.ToString(), Does.Not.Contain(Secret).And.Contain("main"));
        }
    }

    [TestCase(null, "org/other", "no repository 'org/other' with a revision 'main'")]
    [TestCase("RepoNotFound", "org/other", "no repository 'org/other'")]
    [TestCase("RevisionNotFound", Repository, "no revision 'main'")]
    public void FromHub_NotFound_SaysWhatAsFarAsTheServerTells(string? code, string id, string expected)
    {
        Hub.Intercept = _ => code is null ? new HubReply(404) : new HubReply(404) { Headers = { ["X-Error-Code"] = code } };

        Assert.That(() => Backbone.FromHub(id, Options), Throws.ArgumentException.With.Message.Contains(expected));
        Assert.That(Hub.Requests, Has.Length.EqualTo(1), "it is not asked for again");
    }

    [Test]
    public void FromHub_NoSuchRevision_NamesIt() =>
        Assert.That(() => Backbone.FromHub(Repository, Options with { Revision = "v9" }), Throws.ArgumentException.With.Message.Contains("'v9'").And.Message.Contains(Repository));

    [Test]
    public void FromHub_FileListedButNotThere_NamesIt()
    {
        InterceptGraph(1, _ => new HubReply(404));

        Assert.That(() => Download(), Throws.TypeOf<FileNotFoundException>().With.Message.Contains("'onnx/model.onnx'").And.Message.Contains(Contents.Commit));
    }

    [Test]
    public void FromHub_Private_TellsWhatTheTokenHasToDoWithIt()
    {
        Hub.Intercept = r => r.Headers.ContainsKey("Authorization") ? null : new HubReply(401);

        Assert.That(() => Download(), Throws.TypeOf<UnauthorizedAccessException>().With.Message.Contains("HF_TOKEN").And.Message.Contains(Repository));
        Assert.That(Download(Options with { Token = Secret }).Name, Is.EqualTo("tiny-text"));
        Assert.That(Hub.Requests.Skip(1).Select(r => r.Headers["Authorization"]), Has.All.EqualTo($"Bearer {Secret}"));
    }

    [TestCase(401, "does not accept the access token")]
    [TestCase(403, "forbids access")]
    public void FromHub_TokenRefused_SaysSoWithoutIt(int status, string expected)
    {
        Hub.Intercept = _ => new HubReply(status);

        Assert.That(() => Download(Options with { Token = Secret }),
            Throws.TypeOf<UnauthorizedAccessException>().With.Message.Contains(expected).And.Message.Not.Contains(Secret));
    }

    [Test]
    public void FromHub_Gated_NamesThePage()
    {
        Hub.Intercept = _ => new HubReply(401) { Headers = { ["X-Error-Code"] = "GatedRepo" } };

        Assert.That(() => Download(), Throws.TypeOf<UnauthorizedAccessException>().With.Message.Contains($"{Hub.Address}{Repository}").And.Message.Contains("gated"));
    }

    [TestCase(302)]
    [TestCase(307)]
    public void FromHub_LargeFileOnAnotherHost_TheTokenStaysHome(int status)
    {
        using var other = new LocalHub();
        other.Intercept = r => LocalHub.FileReply(r, Graph);
        InterceptGraph(int.MaxValue, _ => new HubReply(status) { Headers = { ["Location"] = $"{other.Address}store/abc?signature=1" } });

        Download(Options with { Token = Secret });

        Assert.That(other.Requests.Single().Headers.ContainsKey("Authorization"), Is.False);
        Assert.That(other.Requests.Single().Query, Is.EqualTo("signature=1"));
        Assert.That(Hub.RequestsFor("model.onnx").Single().Headers["Authorization"], Is.EqualTo($"Bearer {Secret}"));
        Assert.That(File.ReadAllBytes(GraphFile), Is.EqualTo(Graph));
    }

    [Test]
    public void FromHub_AnotherHostSendsBackHome_TheTokenStaysHome()
    {
        using var other = new LocalHub();
        other.Intercept = _ => new HubReply(302) { Headers = { ["Location"] = $"{Hub.Address}bounced" } };
        Hub.Intercept = r => r.Path.EndsWith("/model.onnx", StringComparison.Ordinal) ? new HubReply(302) { Headers = { ["Location"] = $"{other.Address}away" } }
            : r.Path == "/bounced" ? LocalHub.FileReply(r, Graph) : null;

        Download(Options with { Token = Secret });

        Assert.That(Hub.Requests.Single(r => r.Path == "/bounced").Headers.ContainsKey("Authorization"), Is.False);
    }

    [Test]
    public void FromHub_CutOnAnotherHost_GoesOnThere()
    {
        using var other = new LocalHub();
        int seen = 0;
        other.Intercept = r => LocalHub.FileReply(r, Graph) with { CutAfter = Interlocked.Increment(ref seen) == 1 ? 500 : null };
        InterceptGraph(int.MaxValue, _ => new HubReply(302) { Headers = { ["Location"] = $"{other.Address}store/abc" } });

        Download();

        Assert.That(other.Requests.Select(r => r.Headers.GetValueOrDefault("Range")), Is.EqualTo(new[] { null, "bytes=500-" }));
    }

    [Test]
    public void FromHub_RepositoryRenamed_FollowsOnTheSameHost()
    {
        Hub.Intercept = r => r.Path.Contains("org/old", StringComparison.Ordinal)
            ? new HubReply(307) { Headers = { ["Location"] = r.Path.Replace("org/old", Repository, StringComparison.Ordinal) + (r.Query.Length > 0 ? $"?{r.Query}" : "") } } : null;

        Assert.That(Backbone.FromHub("org/old", Options with { Token = Secret }).Sha256, Has.Length.EqualTo(64));
        Assert.That(Hub.Requests, Has.All.Matches<HubRequest>(r => r.Headers.ContainsKey("Authorization")));
    }

    [Test]
    public void FromHub_RedirectsInACircle_EndsWithTheAddressAndWithoutItsQuery()
    {
        Hub.Intercept = _ => new HubReply(302) { Headers = { ["Location"] = "/again?signature=secret" } };

        Assert.That(() => Download(), Throws.TypeOf<InvalidDataException>().With.Message.Contains("more than 10 times").And.Message.Not.Contains("secret"));
        Assert.That(Hub.Requests, Has.Length.EqualTo(11));
    }

    [TestCase("file:///etc/passwd")]
    [TestCase(null)]
    public void FromHub_RedirectToNoWebAddress_IsRefused(string? location)
    {
        Hub.Intercept = _ => location is null ? new HubReply(302) : new HubReply(302) { Headers = { ["Location"] = location } };

        Assert.That(() => Download(), Throws.TypeOf<InvalidDataException>().With.Message.Contains("redirected"));
    }

    [TestCase("../../evil.onnx")]
    [TestCase("/evil.onnx")]
    [TestCase("onnx/..\\..\\evil.onnx")]
    [TestCase("onnx/../evil.txt")]
    [TestCase("")]
    public void FromHub_ListWithANameThatLeadsOut_IsRefusedAsAWhole(string name)
    {
        Contents.Files[name] = Graph;

        Assert.That(() => Download(), Throws.TypeOf<InvalidDataException>().With.Message.Contains($"'{name}'").And.Message.Contains("refused"));
        Assert.That(Hub.Requests, Has.Length.EqualTo(1));
        Assert.That(Directory.EnumerateFiles(Cache, "*evil*", SearchOption.AllDirectories), Is.Empty);
    }

    [TestCase("c:evil.onnx")]
    [TestCase("evil\\a.onnx")]
    [TestCase("evil\u0001.onnx")]
    public void FromHub_GraphWithANameThatSystemsReadDifferently_IsRefused(string name)
    {
        Contents.Files.Remove(GraphPath);
        Contents.Files[name] = Graph;

        Assert.That(() => Download(), Throws.TypeOf<InvalidDataException>().With.Message.Contains("refused"));
    }

    [TestCase("<html>Please log in.</html>")]
    [TestCase("{}")]
    [TestCase("[]")]
    [TestCase("""{"sha": "main", "siblings": []}""")]
    [TestCase("""{"sha": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", "siblings": []}""", Description = "Another commit than asked for.")]
    [TestCase("""{"sha": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "siblings": 3}""")]
    public void FromHub_AnswerThatIsNoList_SaysThatTheAddressMayBeWrong(string body)
    {
        Hub.Intercept = _ => new HubReply(200) { Body = System.Text.Encoding.UTF8.GetBytes(body) };

        Assert.That(() => Download(Options with { Revision = Contents.Commit }), Throws.TypeOf<InvalidDataException>().With.Message.Contains("MLTRANSFER_HUB_ENDPOINT"));
    }

    [Test]
    public void FromHub_ListWithoutEnd_IsNotReadToItsEnd()
    {
        Hub.Intercept = _ => new HubReply(200) { Body = new byte[40 << 20], IsChunked = true };

        Assert.That(() => Download(), Throws.TypeOf<InvalidDataException>().With.Message.Contains("more than"));
    }

    [Test]
    public void FromHub_FileWithoutHash_IsRefused()
    {
        Contents.Told[GraphPath] = new { rfilename = GraphPath };

        Assert.That(() => Download(), Throws.TypeOf<InvalidDataException>().With.Message.Contains("size and hash of 'onnx/model.onnx'"));
    }

    [Test]
    public void FromHub_SmallFileThatIsHuge_IsRefusedBeforeItComes()
    {
        Contents.Told["vocab.txt"] = new { rfilename = "vocab.txt", size = 1L << 40, blobId = new string('1', 40) };

        Assert.That(() => Download(), Throws.TypeOf<InvalidDataException>().With.Message.Contains("vocab.txt").And.Message.Contains($"{1L << 40}"));
        Assert.That(Hub.RequestsFor("vocab.txt"), Is.Empty);
    }

    [Test]
    public void FromHub_WebPageInPlaceOfTheGraph_IsNotKept()
    {
        Contents.Files[GraphPath] = "<html>404</html>"u8.ToArray();

        Assert.That(() => Download(), Throws.TypeOf<InvalidDataException>().With.Message.Contains("model.onnx"));
        Assert.That(File.Exists(GraphFile) || File.Exists(PartialFile), Is.False);
    }

    [Test]
    public void FromHub_EndpointWithAPath_IsAskedBelowIt()
    {
        Hub.Intercept = r => Hub.Usual(r with { Path = r.Path.Replace("/mirror/hub/", "/", StringComparison.Ordinal) });

        Assert.That(Download(Options with { Endpoint = new Uri(Hub.Address, "mirror/hub/") }).Name, Is.EqualTo("tiny-text"));
        Assert.That(Hub.Requests, Has.All.Matches<HubRequest>(r => r.Path.StartsWith("/mirror/hub/", StringComparison.Ordinal) && !r.Path.Contains("//", StringComparison.Ordinal)));
    }

    [Test]
    public void Settings_Environment_DecidesWhatOptionsDoNot()
    {
        string file = Path.Combine(Cache, "token");
        File.WriteAllText(file, $"{Secret}\n");
        HubSettings of = Of(new HubOptions(), ("HF_ENDPOINT", "https://second.example"), ("MLTRANSFER_HUB_ENDPOINT", "https://first.example/hub"), ("HF_TOKEN_PATH", file), ("HF_HUB_OFFLINE", "true"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(of.Endpoint.AbsoluteUri, Is.EqualTo("https://first.example/hub"));
            Assert.That(of.Token, Is.EqualTo(Secret));
            Assert.That(of.IsOffline);
            Assert.That(Of(new HubOptions(), ("HF_ENDPOINT", "https://second.example"), ("HF_HOME", Cache)).Token, Is.EqualTo(Secret));
            Assert.That(Of(new HubOptions(), ("HF_ENDPOINT", "https://second.example")).Endpoint.Host, Is.EqualTo("second.example"));
            Assert.That(Of(new HubOptions(), ("MLTRANSFER_OFFLINE", "0"), ("HF_HUB_OFFLINE", "1")).IsOffline, Is.False);
            Assert.That(Of(new HubOptions { IsOffline = false }, ("MLTRANSFER_OFFLINE", "1")).IsOffline, Is.False);
            Assert.That(Of(new HubOptions(), ("HF_TOKEN", "t1"), ("HF_TOKEN_PATH", file)).Token, Is.EqualTo("t1"));
            Assert.That(Of(new HubOptions { Token = "" }, ("HF_TOKEN", "t1")).Token, Is.Null);
            Assert.That(Of(new HubOptions()).Endpoint.Scheme, Is.EqualTo("https"));
            Assert.That(() => Of(new HubOptions(), ("HF_ENDPOINT", "mirror")), Throws.ArgumentException.With.Message.Contains("HF_ENDPOINT"));
            Assert.That(() => Of(new HubOptions(), ("HF_TOKEN", "two words")), Throws.ArgumentException.With.Message.Contains("HF_TOKEN").And.Message.Not.Contains("two words"));
        }
    }

    [TestCase("http://mirror.example", "Withheld")]
    [TestCase("https://mirror.example", "Sent")]
    [TestCase("http://127.0.0.1:5000", "Sent")]
    [TestCase("http://localhost:5000", "Sent")]
    public void Client_PlainHttpOnAnotherMachine_GetsNoToken(string endpoint, string expected)
    {
        using var client = new HubClient(Of(new HubOptions { Endpoint = new Uri(endpoint), Token = Secret }), "");

        Assert.That(client.Token.ToString(), Is.EqualTo(expected));
    }

    private static HubSettings Of(HubOptions options, params (string Name, string Value)[] variables) =>
        HubSettings.Of(options, name => variables.FirstOrDefault(v => v.Name == name).Value);
}
