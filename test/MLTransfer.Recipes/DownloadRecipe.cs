using MLTransfer.Testing;

namespace MLTransfer.Recipes;

public sealed class DownloadRecipe : Recipe
{
    private static readonly string[] Variables = ["MLTRANSFER_HUB_ENDPOINT", "MLTRANSFER_CACHE", "MLTRANSFER_OFFLINE", "HF_HUB_OFFLINE", "HF_TOKEN", "HF_TOKEN_PATH"];

    private readonly Dictionary<string, string?> _before = [];
    private LocalHub _hub = null!;

    /// <summary>What the sample calls the hub is one on this machine.</summary>
    [SetUp]
    public void StartHub()
    {
        _hub = new LocalHub();
        foreach (string name in Variables)
        {
            _before[name] = Environment.GetEnvironmentVariable(name);
            Environment.SetEnvironmentVariable(name, null);
        }
        Environment.SetEnvironmentVariable("MLTRANSFER_HUB_ENDPOINT", _hub.Address.AbsoluteUri);
        Environment.SetEnvironmentVariable("MLTRANSFER_CACHE", Path.GetFullPath("cache"));
        Environment.SetEnvironmentVariable("HF_TOKEN_PATH", Path.GetFullPath("none"));
        DefaultBackbones.Text.Save("encoder");
        HubContents contents = _hub.Add("example/small-text", [.. Directory.EnumerateFiles("encoder").Select(f => (Path.GetFileName(f), File.ReadAllBytes(f)))]);
        contents.Commit = "5c38ec7c405ec4b44b94cc5a9bb96e735b38267a";
    }

    [TearDown]
    public void EndHub()
    {
        foreach ((string name, string? value) in _before)
            Environment.SetEnvironmentVariable(name, value);
        _hub.Dispose();
    }

    [Test]
    public void FromHub()
    {
        // sample: from-hub
        Backbone backbone = Backbone.FromHub("example/small-text");
        Console.WriteLine($"{backbone.Card.Modality}, {backbone.Dimension} numbers");

        // The same weights for ever: a commit in place of a branch, and the hash that the graph must have.
        Backbone pinned = Backbone.FromHub("example/small-text", revision: "5c38ec7c405ec4b44b94cc5a9bb96e735b38267a", sha256: backbone.Sha256);

        // What was downloaded is found without network.
        Backbone copy = Backbone.FromHub("example/small-text", new HubOptions { IsOffline = true });
        Backbone opened = Backbone.Open("example/small-text");
        Console.WriteLine($"all the same: {backbone.Sha256 == pinned.Sha256 && pinned.Sha256 == copy.Sha256 && copy.Sha256 == opened.Sha256}");
        // end
        Show("from-hub");
        Assert.That(_hub.RequestsFor("model.onnx"), Has.Length.EqualTo(1));
    }
}
