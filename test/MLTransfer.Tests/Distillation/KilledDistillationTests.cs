using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Microsoft.ML;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.Distillation;

/// <summary>Kills test/MLTransfer.DistillProbe as kill -9 does while the teacher works and while the student trains, and starts it again; and gives it too small a disk.</summary>
internal sealed class KilledDistillationTests
{
    private const int RowCount = 150;
    private const int BatchSize = 16;

    private static readonly string Program = typeof(KilledDistillationTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(a => a.Key == "DistillProbe").Value!;

    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("mltransfer-killed-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Fit_KilledTwiceWhileTheTeacherWorks_LosesAtMostOneBatchEachTime_AndGivesTheSameStudent()
    {
        WriteFiles();
        List<string> whole = await RunAsync(Command("whole", "whole-cache", rest: 0));
        Assert.That(whole[^1], Is.EqualTo($"done {RowCount} 0 51"));

        // In the middle of the third batch, and at the end of the second.
        List<string> first = await RunAsync(Command("resumed", "cache", rest: 300), lines => Rows(lines) == 40);
        List<string> second = await RunAsync(Command("resumed", "cache", rest: 300), lines => Rows(lines) == 2 * BatchSize);
        List<string> last = await RunAsync(Command("resumed", "cache", rest: 0));
        long keptByFirst = Kept(second), keptByBoth = Kept(last);
        Assert.That(keptByFirst, Is.InRange(Rows(first) - BatchSize, Rows(first)).And.Positive, "at most one batch is lost");
        Assert.That(keptByBoth, Is.InRange(keptByFirst + Rows(second) - BatchSize, keptByFirst + Rows(second)).And.GreaterThan(keptByFirst), "and again");
        Assert.That(last[^1], Is.EqualTo($"done {RowCount - keptByBoth} {keptByBoth} 51"));
        Assert.That(Rows(last), Is.EqualTo(RowCount - keptByBoth), "the teacher's own count");
        Assert.That(MemoryFile.Entries(await File.ReadAllBytesAsync(Student("resumed"))), Is.EqualTo(MemoryFile.Entries(await File.ReadAllBytesAsync(Student("whole")))));
    }

    [Test]
    public async Task Fit_KilledWhileTheStudentTrains_RunsNoTeacherAgain_AndGivesTheSameStudent()
    {
        WriteFiles();
        await RunAsync(Command("whole", "cache", rest: 0));
        List<string> killed = await RunAsync(Command("resumed", "cache", rest: 150), lines => Steps(lines) == 8);
        Assert.That(File.Exists(Student("resumed")), Is.False);
        List<string> resumed = await RunAsync(Command("resumed", "cache", rest: 0));
        Assert.That(Rows(killed) + Rows(resumed), Is.Zero, "another process's cache is as good as its own");
        Assert.That(resumed[^1], Is.EqualTo($"done 0 {RowCount} 51"));
        Assert.That(resumed.First(l => l.StartsWith("step", StringComparison.Ordinal)), Is.Not.EqualTo("step 1"), "it went on from a checkpoint");
        Assert.That(MemoryFile.Entries(await File.ReadAllBytesAsync(Student("resumed"))), Is.EqualTo(MemoryFile.Entries(await File.ReadAllBytesAsync(Student("whole")))));
        // Which rows have labels, and what teachers say, decides whose checkpoint it is.
        string[] lines = await File.ReadAllLinesAsync(RowsPath);
        lines[1] = lines[1][..(lines[1].LastIndexOf('\t') + 1)];
        await File.WriteAllLinesAsync(RowsPath, lines);
        Assert.That(async () => await RunAsync(Command("resumed", "cache", rest: 0)), Throws.InstanceOf<AssertionException>().With.Message.Contains("another training"));
    }

    [Test]
    public async Task Fit_DiskReallyFullUnderTheCache_SaysSo_LeavesNothingHalfWritten_AndGoesOnWhenThereIsSpace()
    {
        WriteFiles();
        string[] inNamespace = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"];
        string cache = Directory.CreateDirectory(Path.Combine(_folder, "cache")).FullName;
        string mount = $"mount -t tmpfs -o size=64k tmpfs '{cache}'";
        if (!OperatingSystem.IsLinux() || !Runs([.. inNamespace, mount]))
            Assert.Ignore("This system does not let the tests mount a small file system; FeatureStoreRefusalTests covers it without.");
        string ballast = Path.Combine(cache, "ballast");
        string program = string.Join(' ', Command("full", "cache", rest: 0).Append(ballast).Select(a => $"'{a}'"));
        // Two pages are left: some batches fit.
        List<string> lines = await RunAsync([.. inNamespace, $"{mount} && head -c 57344 /dev/zero > '{ballast}' && exec {program}"]);
        int error = lines.FindIndex(l => l.StartsWith("error", StringComparison.Ordinal));
        Assert.That(error, Is.Positive, string.Join('\n', lines));
        Assert.That(lines[error], Does.Contain(cache).And.Contain("Free space there").And.Contain("No space left"));
        int runBefore = (int)Rows(lines[..error]), runAfter = (int)Rows(lines[error..]);
        int[] done = [.. lines[^1].Split(' ')[1..].Select(n => int.Parse(n, CultureInfo.InvariantCulture))];
        Assert.That(done[1], Is.EqualTo(runBefore - BatchSize), "all batches before the one that did not fit");
        Assert.That(done[1], Is.Positive);
        Assert.That(done[0], Is.EqualTo(RowCount - done[1]).And.EqualTo(runAfter));
    }

    private string RowsPath => Path.Combine(_folder, "rows.tsv");

    private string Student(string name) => Path.Combine(_folder, $"{name}.zip");

    private void WriteFiles()
    {
        MLContext ml = new(0);
        IDataView rows = DistillRows.Keyed(ml, DistillRows.Make(1));
        ml.Model.Save(DistillRows.FitTeacher(ml, "multiclass"), ml.Transforms.SelectColumns(nameof(DistillRow.Hint)).Fit(rows).GetOutputSchema(rows.Schema), Path.Combine(_folder, "teacher.zip"));
        File.WriteAllLines(RowsPath, DistillRows.Make(RowCount, 3).Select(r => $"{DistillLines.Numbers(r.Hint)}\t{DistillLines.Numbers(r.Obs)}\t{r.Class}"));
    }

    private string[] Command(string name, string cache, int rest)
    {
        string? host = Environment.ProcessPath;
        return [Path.GetFileNameWithoutExtension(host) == "dotnet" ? host! : "dotnet", Program, Path.Combine(_folder, "teacher.zip"), RowsPath, Path.Combine(_folder, cache),
            $"{BatchSize}", Path.Combine(_folder, $"{name}.checkpoint"), Student(name), rest.ToString(CultureInfo.InvariantCulture)];
    }

    private static long Rows(IEnumerable<string> lines) => lines.Count(l => l == "row");

    /// <summary>Rows that a run found in the cache when it began.</summary>
    private static long Kept(List<string> lines) => long.Parse(lines.First(l => l.StartsWith("batch", StringComparison.Ordinal)).Split(' ')[2], CultureInfo.InvariantCulture);

    private static long Steps(IEnumerable<string> lines) => lines.Count(l => l.StartsWith("step", StringComparison.Ordinal));

    /// <summary>Runs a command to its end, or kills it once what it printed says so; all that it printed until it died.</summary>
    private async Task<List<string>> RunAsync(string[] command, Func<List<string>, bool>? killWhen = null)
    {
        ProcessStartInfo start = new(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        // What a killed process leaves in its temporary folder goes with ours.
        foreach (string variable in new[] { "TMPDIR", "TMP", "TEMP" })
            start.Environment[variable] = Directory.CreateDirectory(Path.Combine(_folder, "temporary")).FullName;
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(2));
        var lines = new List<string>();
        bool isKilled = false;
        while (await process.StandardOutput.ReadLineAsync(limit.Token) is string line)
        {
            lines.Add(line);
            if (isKilled || killWhen?.Invoke(lines) != true)
                continue;
            process.Kill();
            isKilled = true;
        }
        await process.WaitForExitAsync(limit.Token);
        Assert.That(isKilled, Is.EqualTo(killWhen is not null), await errors);
        Assert.That(process.ExitCode, isKilled ? Is.Not.Zero : Is.Zero, await errors);
        return lines;
    }

    private static bool Runs(string[] command)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
