using System.Diagnostics;
using System.Text.Json;
using MLTransfer.Onnx.Graphs;
using MLTransfer.Testing;

namespace MLTransfer.Cli.Tests;

/// <summary>`get` against a hub on this machine. The cache is a folder of the test, so the environment is set for as long.</summary>
[NonParallelizable]
public sealed class GetTests
{
    private const string Repository = "org/encoder";

    private static readonly string[] Variables = ["MLTRANSFER_CACHE", "MLTRANSFER_OFFLINE", "HF_HUB_OFFLINE", "HF_TOKEN", "HF_TOKEN_PATH", "MLTRANSFER_HUB_ENDPOINT", "HF_ENDPOINT"];

    private readonly Dictionary<string, string?> _before = [];
    private LocalHub _hub = null!;
    private HubContents _contents = null!;
    private string _folder = "";

    private string Snapshot => Path.Combine(_folder, "hub", "models--org--encoder", "snapshots", _contents.Commit);

    [SetUp]
    public void Start()
    {
        _folder = Directory.CreateTempSubdirectory("get").FullName;
        _hub = new LocalHub();
        _contents = _hub.Add(Repository, ("model.onnx", Encoder(2)), ("model_small.onnx", Encoder(1)), ("README.md", new byte[9]));
        foreach (string name in Variables)
        {
            _before[name] = Environment.GetEnvironmentVariable(name);
            Environment.SetEnvironmentVariable(name, null);
        }
        Environment.SetEnvironmentVariable("MLTRANSFER_CACHE", _folder);
        // No token of this machine.
        Environment.SetEnvironmentVariable("HF_TOKEN_PATH", Path.Combine(_folder, "none"));
    }

    [TearDown]
    public void End()
    {
        foreach ((string name, string? value) in _before)
            Environment.SetEnvironmentVariable(name, value);
        _hub.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public void Get_Repository_SaysWhatItIsAndWhere_AndItsNameOpensIt()
    {
        Run run = Get();

        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain(Repository).And.Contain(_contents.Commit).And.Contain(Snapshot).And.Contain("Tensor, 2 numbers").And.Contain("model.onnx"));
        Assert.That(run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(6), "nothing of a bar is left where no person reads");
        Assert.That(run.Error, Is.Empty);
        Assert.That(Run.Of("inspect", Repository).Output, Does.Contain("encoder").And.Contain(Snapshot));
    }

    [Test]
    public void Get_Json_IsOneObject()
    {
        JsonElement report = JsonDocument.Parse(Get("--json", "--variant", "model_small").Output).RootElement;

        Assert.That(report.GetProperty("graph").GetString(), Is.EqualTo("model_small.onnx"));
        Assert.That(report.GetProperty("commit").GetString(), Is.EqualTo(_contents.Commit));
        Assert.That(report.GetProperty("folder").GetString(), Is.EqualTo(Snapshot));
        Assert.That(report.GetProperty("sha256").GetString(), Has.Length.EqualTo(64));
        Assert.That(report.GetProperty("byteCount").GetInt64(), Is.EqualTo(Encoder(1).Length));
        Assert.That(report.GetProperty("files").EnumerateArray().Select(f => f.GetString()), Is.EqualTo(new[] { "model_small.onnx" }));
        Assert.That(report.GetProperty("backbone").GetProperty("dimension").GetInt32(), Is.EqualTo(1));
    }

    [Test]
    public void Get_Output_IsAFolderOfItsOwn()
    {
        string folder = Path.Combine(_folder, "own");

        Run run = Get("--output", folder);

        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain(folder));
        Assert.That(Backbone.Open(folder).Dimension, Is.EqualTo(2));
        Assert.That(Get("--output", Path.Combine(_folder, "no", "such")).Error, Does.Contain("--output").And.Contain("Make it first"));
    }

    [Test]
    public void Get_BackboneThatIsAmbiguous_IsHereAllTheSame()
    {
        var builder = new GraphBuilder("two");
        builder.Input("x", OnnxElementType.Float, "rows", 2);
        foreach (string name in (string[])["left", "right"])
            builder.Output(builder.Node("Tanh", ["x"], name), OnnxElementType.Float, "rows", 2);
        _contents.Files["model.onnx"] = builder.ToBytes();

        Run run = Get();

        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(run.Output, Does.Contain("no: ").And.Contain("'left'").And.Contain("'right'"));
        Assert.That(Get("--output", Path.Combine(_folder, "own")).Code, Is.EqualTo(2), "but cannot be saved as a backbone");
    }

    [Test]
    public void Get_Offline_UsesWhatIsThere()
    {
        Run without = Get("--offline");
        Get();
        _hub.Forget();
        Run with = Get("--offline");

        Assert.That((without.Code, with.Code), Is.EqualTo((2, 0)));
        Assert.That(without.Error, Does.Contain("--offline").And.Not.Contain("HubOptions"));
        Assert.That(_hub.Requests, Is.Empty);
    }

    [TestCase(new[] { "--sha256", "abc" }, "--sha256")]
    [TestCase(new[] { "--sha256", "0000000000000000000000000000000000000000000000000000000000000000" }, "--sha256")]
    [TestCase(new[] { "--revision", "no such" }, "'no such'")]
    [TestCase(new[] { "--revision", "v9" }, "'v9'")]
    [TestCase(new[] { "--variant", "model_large" }, "--variant is 'model_large'")]
    [TestCase(new[] { "--endpoint", "mirror" }, "--endpoint")]
    [TestCase(new[] { "--endpoint", "ftp://mirror" }, "--endpoint")]
    public void Get_WrongOptions_AreNamedAsTheyWereTyped(string[] args, string expected)
    {
        Run run = args[0] == "--endpoint" ? Run.Of(["get", Repository, .. args]) : Get(args);

        Assert.That(run.Code, Is.EqualTo(2));
        Assert.That(run.ErrorLines, Has.Length.EqualTo(1));
        Assert.That(run.Error, Does.Contain(expected).And.Not.Contain("HubOptions").And.Not.Contain("(Parameter"));
    }

    [TestCase(401, 2)]
    [TestCase(403, 2)]
    [TestCase(404, 2)]
    [TestCase(429, 75)]
    public void Get_RefusedByTheServer_HasTheCodeOfItsKind(int status, int code)
    {
        _hub.Intercept = _ => new HubReply(status) { Headers = { ["Retry-After"] = "600" } };

        Run run = Get();

        Assert.That(run.Code, Is.EqualTo(code), run.Error);
        Assert.That(run.ErrorLines, Has.Length.EqualTo(1));
        Assert.That(run.Error, Does.Contain(Repository));
    }

    [Test]
    public void Get_NobodyAnswers_MayBeTriedAgain()
    {
        Uri gone = _hub.Address;
        _hub.Dispose();

        Run run = Run.Of("get", Repository, "--endpoint", gone.AbsoluteUri);

        Assert.That(run.Code, Is.EqualTo(75));
        Assert.That(run.Error, Does.Contain("cannot be reached").And.Contain("--endpoint"));
    }

    [Test]
    public async Task Get_TwoProcessesAtOnce_OneDownloads()
    {
        var gate = new TaskCompletionSource();
        Hold(gate.Task);
        using Process first = Begin();
        while (_hub.RequestsFor("model.onnx").Length == 0)
            await Task.Delay(20);
        using Process second = Begin();
        string? waiting = await second.StandardOutput.ReadLineAsync();
        gate.SetResult();

        string[] outputs = [await EndAsync(first, 0), await EndAsync(second, 0)];

        Assert.That(waiting, Is.EqualTo($"waiting for another download of {Repository}"));
        Assert.That(outputs, Has.All.Contain(_contents.Commit));
        Assert.That(_hub.RequestsFor("model.onnx"), Has.Length.EqualTo(1));
    }

    [Test]
    public async Task Get_ProcessKilled_TheNextGoesOn()
    {
        Hold(Task.Delay(Timeout.Infinite));
        using (Process first = Begin())
        {
            await SomeHasComeAsync();
            first.Kill();
            await first.WaitForExitAsync();
        }
        _hub.Intercept = _ => null;
        _hub.Forget();

        Run run = Get();

        Assert.That(run.Code, Is.Zero, run.Error);
        Assert.That(_hub.RequestsFor("model.onnx").Single().Headers["Range"], Does.Match(@"^bytes=[1-9]\d*-$"));
    }

    [Test]
    [Platform(Include = "Linux,MacOsX", Reason = "Sends a signal of Unix.")]
    public async Task Get_ToldToEnd_SaysThatWhatHasComeIsKept()
    {
        Signals.Require("-INT");
        Hold(Task.Delay(Timeout.Infinite));
        using Process process = Begin();
        await SomeHasComeAsync();
        using (var kill = Process.Start("kill", ["-INT", $"{process.Id}"]))
            await kill.WaitForExitAsync();

        string error = await EndAsync(process, 75);

        Assert.That(error, Does.Contain("models--org--encoder").And.Contain("goes on from there"));
    }

    [Test]
    public async Task Get_DiskFull_MayBeTriedAgainAndGoesOn()
    {
        if (!OperatingSystem.IsLinux() || !Runs("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", $"mount -t tmpfs -o size=100k tmpfs '{_folder}'"))
            Assert.Ignore("This system does not let the tests mount a small file system.");
        _contents.Files["model.onnx"] = Encoder(20_000);
        // A file system of 100 KiB in a name space of its own; then, in the same one, a larger one over the same files.
        string tool = $"dotnet '{typeof(Tool).Assembly.Location}' get {Repository} --endpoint {_hub.Address.AbsoluteUri}";
        using Process process = Process.Start(new ProcessStartInfo("unshare",
            ["--user", "--map-root-user", "--mount", "sh", "-c", $"mount -t tmpfs -o size=100k tmpfs '{_folder}' && {tool}; echo code $?; mount -o remount,size=10m '{_folder}'; {tool}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        string error = await errors;

        Assert.That(process.ExitCode, Is.Zero, error);
        Assert.That(output, Does.Contain("code 75").And.Contain("Tensor, 20000 numbers"));
        Assert.That(error, Does.Contain("space"));
        Assert.That(_hub.RequestsFor("model.onnx").Select(r => r.Headers.ContainsKey("Range")), Is.EqualTo(new[] { false, true }));
    }

    private async Task SomeHasComeAsync()
    {
        string partial = Path.Combine(Snapshot, "model.onnx.partial");
        while (!File.Exists(partial) || new FileInfo(partial).Length == 0)
            await Task.Delay(20);
    }

    /// <summary>Keeps the end of the graph back.</summary>
    private void Hold(Task gate) => _hub.Intercept = r => r.Path.EndsWith("/model.onnx", StringComparison.Ordinal)
        ? LocalHub.FileReply(r, _contents.Files["model.onnx"]) with { ChunkSize = _contents.Files["model.onnx"].Length / 2, Gate = gate } : null;

    private static bool Runs(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        // There is no such program.
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private Run Get(params string[] args) => Run.Of(["get", Repository, "--endpoint", _hub.Address.AbsoluteUri, .. args]);

    private Process Begin() => Process.Start(new ProcessStartInfo("dotnet", [typeof(Tool).Assembly.Location, "get", Repository, "--endpoint", _hub.Address.AbsoluteUri])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    private static async Task<string> EndAsync(Process process, int code)
    {
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(2));
        string error = await process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        Assert.That(process.ExitCode, Is.EqualTo(code), error);
        return await output + error;
    }

    private static byte[] Encoder(int dimension)
    {
        var builder = new GraphBuilder("encoder");
        builder.Input("x", OnnxElementType.Float, "rows", 2);
        builder.Node("MatMul", ["x", builder.Initializer("w", new float[2 * dimension], 2, dimension)], "features");
        return builder.Output("features", OnnxElementType.Float, "rows", dimension).ToBytes();
    }
}
