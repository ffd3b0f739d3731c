using System.Diagnostics;
using System.Text.Json;

namespace MLTransfer.Cli.Tests.Scoring;

/// <summary>The tool as processes that are killed, told to end, set against each other, and left without space or rights.</summary>
[TestFixture]
public sealed class ScoreProcessTests
{
    private const int RowCount = 12_000;

    private string _folder = "";
    private string _model = "";
    private string _rows = "";
    private byte[] _expected = [];

    [OneTimeSetUp]
    public void ScoreOnce()
    {
        _folder = Directory.CreateTempSubdirectory("score-process").FullName;
        _model = Texts.SaveModel(_folder);
        _rows = Texts.WriteRows(_folder, RowCount);
        Assert.That(Run.Of("score", _model, _rows, At("expected.csv")).Code, Is.Zero);
        _expected = File.ReadAllBytes(At("expected.csv"));
    }

    [OneTimeTearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Score_KilledHalfWay_GoesOnToTheSameBytes()
    {
        string output = At("killed.csv");
        using (Process process = Start(Score(output, "--checkpoint-seconds", "0")))
        {
            await SegmentsAsync($"{output}.partial", 3, process);
            process.Kill();
            await process.WaitForExitAsync();
        }
        Assert.That(File.Exists(output), Is.False, "nothing under a final name");
        JsonElement report = Report(Run.Of([.. Score(output), "--json"]));
        Assert.That(report.GetProperty("resumedRowCount").GetInt64(), Is.InRange(3 * 1024, RowCount - 1));
        Assert.That(File.ReadAllBytes(output), Is.EqualTo(_expected));
        Assert.That(Directory.Exists($"{output}.partial"), Is.False);
    }

    [Test]
    public async Task Score_KilledShards_JoinToTheSameBytes()
    {
        string parts = At("killed-parts");
        for (int i = 0; i < 4; i++)
        {
            string[] args = ["score", _model, _rows, parts, "--format", "csv", "--checkpoint-seconds", "0", "--shard", $"{i}/4"];
            if (i == 2)
            {
                using Process process = Start(args);
                await SegmentsAsync(Path.Combine(parts, "part-00002-of-00004.partial"), 1, process);
                process.Kill();
                await process.WaitForExitAsync();
            }
            Assert.That(Run.Of(args).Code, Is.Zero);
        }
        Assert.That(Run.Of("merge", parts, At("joined.csv")).Code, Is.Zero);
        Assert.That(File.ReadAllBytes(At("joined.csv")), Is.EqualTo(_expected));
    }

    [TestCase("-TERM")]
    [TestCase("-INT")]
    public async Task Score_ToldToEnd_SaysTryAgainAndGoesOn(string signal)
    {
        if (OperatingSystem.IsWindows())
            Assert.Ignore("Signals are sent with kill, which this system lacks.");
        Signals.Require(signal);
        string output = At($"ended{signal}.csv");
        using (Process process = Start(Score(output, "--checkpoint-seconds", "0")))
        {
            Task<string> errors = process.StandardError.ReadToEndAsync();
            await SegmentsAsync($"{output}.partial", 1, process);
            using (var kill = Process.Start("kill", [signal, $"{process.Id}"]))
                await kill.WaitForExitAsync();
            await process.WaitForExitAsync();
            Assert.That(process.ExitCode, Is.EqualTo(75));
            Assert.That(await errors, Does.Contain("the same command goes on from there").And.Contain($"{output}.partial"));
        }
        JsonElement report = Report(Run.Of([.. Score(output), "--json"]));
        Assert.That(report.GetProperty("resumedRowCount").GetInt64(), Is.InRange(1024, RowCount - 1));
        Assert.That(File.ReadAllBytes(output), Is.EqualTo(_expected));
    }

    [Test]
    public async Task Score_TwoOfOnePart_OneWritesAndTheOtherIsToldToTryAgain()
    {
        string output = At("twice.csv");
        using Process first = Start(Score(output, "--checkpoint-seconds", "0"));
        await SegmentsAsync($"{output}.partial", 1, first);
        using Process second = Start(Score(output));
        Task<string> errors = second.StandardError.ReadToEndAsync();
        await second.WaitForExitAsync();
        await first.WaitForExitAsync();
        Assert.That(first.ExitCode, Is.Zero);
        // Where the first was done before the second looked, the second finds a whole part.
        Assert.That(second.ExitCode, Is.EqualTo(75).Or.Zero, await errors);
        if (second.ExitCode == 75)
            Assert.That(await errors, Does.Contain("Another process is writing"));
        Assert.That(File.ReadAllBytes(output), Is.EqualTo(_expected));
    }

    [Test]
    public async Task Score_DiskFull_LeavesNothingUnderTheNameAndGoesOnWhenThereIsSpace()
    {
        // A file system of 400 KiB, in a name space of its own: it takes no rights where the system allows such name spaces to everybody.
        string disk = Directory.CreateDirectory(At("disk")).FullName, report = At("report.txt");
        string[] inNamespace = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"];
        string mount = $"mount -t tmpfs -o size=400k tmpfs '{disk}'";
        if (!OperatingSystem.IsLinux() || await CodeOfAsync([.. inNamespace, mount]) != 0)
            Assert.Ignore("This system does not let the tests mount a small file system.");
        string score = string.Join(' ', Command([.. Score($"{disk}/scored.csv", "--checkpoint-seconds", "0")]).Select(a => $"'{a}'"));
        await CodeOfAsync([.. inNamespace, $"{mount} && {{ {score}; echo \"code $?\"; ls -a '{disk}'; mount -o remount,size=100m '{disk}'; {score}; echo \"code $?\"; cp '{disk}/scored.csv' '{At("after.csv")}'; }} > '{report}' 2>&1"]);
        string[] lines = File.ReadAllLines(report);
        Assert.That(lines.Where(l => l.StartsWith("code ", StringComparison.Ordinal)), Is.EqualTo(new[] { "code 75", "code 0" }), string.Join('\n', lines));
        Assert.That(lines, Has.None.EqualTo("scored.csv").And.None.EqualTo("scored.csv.manifest.json"));
        Assert.That(lines.Single(l => l.StartsWith("error:", StringComparison.Ordinal)), Does.Contain("No space left"));
        Assert.That(File.ReadAllBytes(At("after.csv")), Is.EqualTo(_expected));
    }

    [Test]
    public async Task Score_WithoutRights_NamesTheFile()
    {
        // root may read and write everything: only somebody else can be refused.
        string[] asNobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "env", $"HOME={_folder}", "DOTNET_CLI_HOME=/tmp"];
        if (!OperatingSystem.IsLinux())
        {
            Assert.Ignore("Rights are taken away with setpriv, which is Linux's.");
            return;
        }
        if (await CodeOfAsync([.. asNobody, "dotnet", typeof(Tool).Assembly.Location, "--version"]) != 0)
            Assert.Ignore("This system does not let the tests run a process as somebody else, or hides the program from them.");
        string secret = Texts.WriteRows(_folder, 5, "secret.tsv"), closed = Directory.CreateDirectory(At("closed")).FullName;
        File.SetUnixFileMode(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        File.SetUnixFileMode(secret, UnixFileMode.UserRead);
        File.SetUnixFileMode(closed, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        string open = Directory.CreateTempSubdirectory("open").FullName;
        File.SetUnixFileMode(open, (UnixFileMode)0b111_111_111);
        try
        {
            (string[] Args, string Named)[] cases = [(["score", _model, secret, $"{open}/x.csv"], "secret.tsv"), (["score", _model, _rows, $"{closed}/x.csv"], closed), (["score", _model, _rows, closed], closed)];
            foreach ((string[] args, string named) in cases)
            {
                using Process process = StartCommand([.. asNobody, .. Command(args)]);
                string error = await process.StandardError.ReadToEndAsync();
                await process.WaitForExitAsync();
                Assert.That((process.ExitCode, error.Contains(named, StringComparison.Ordinal), error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length), Is.EqualTo((2, true, 1)), error);
            }
            Assert.That(Directory.EnumerateFileSystemEntries(open), Is.Empty);
            Assert.That(Directory.EnumerateFileSystemEntries(closed), Is.Empty);
        }
        finally
        {
            Directory.Delete(open, recursive: true);
        }
    }

    private string At(string name) => Path.Combine(_folder, name);

    private string[] Score(string output, params string[] more) => ["score", _model, _rows, output, .. more];

    private static string[] Command(string[] args) => ["dotnet", typeof(Tool).Assembly.Location, .. args];

    private static Process Start(string[] args) => StartCommand(Command(args));

    private static Process StartCommand(string[] command)
    {
        Process process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        return process;
    }

    private static async Task<int> CodeOfAsync(string[] command)
    {
        try
        {
            using Process process = StartCommand(command);
            await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1;
        }
    }

    /// <summary>Waits until a process has put so many segments on the disk.</summary>
    private static async Task SegmentsAsync(string state, int count, Process process)
    {
        var limit = Stopwatch.StartNew();
        while (!Directory.Exists(state) || Directory.GetFiles(state, "rows-*.json").Length < count)
        {
            if (process.HasExited)
                Assert.Fail($"The process ended with {process.ExitCode} before it had {count} segments.");
            Assert.That(limit.Elapsed, Is.LessThan(TimeSpan.FromMinutes(2)));
            await Task.Delay(5);
        }
    }

    private static JsonElement Report(Run run)
    {
        Assert.That(run.Code, Is.Zero, run.Error);
        return JsonDocument.Parse(run.Output).RootElement;
    }
}
