using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using MLTransfer.Tests.Support;

namespace MLTransfer.Tests.FineTuning;

/// <summary>Kills test/MLTransfer.FineTuneProbe as kill -9 does and starts it again.</summary>
internal sealed class KilledFineTuningTests
{
    private static readonly string Program = typeof(KilledFineTuningTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(a => a.Key == "FineTuneProbe").Value!;

    [Test]
    public async Task Fit_KilledAndBegunAgain_SavesTheSameBytes()
    {
        string folder = Directory.CreateTempSubdirectory("mltransfer-killed-").FullName;
        try
        {
            TrainableBackbones.WriteTextFolder(Path.Combine(folder, "encoder"));
            string rows = Path.Combine(folder, "rows.tsv");
            await File.WriteAllLinesAsync(rows, FineTuneRows.Make(80).Select(r => $"{r.Class}\t{r.Text}"));
            string whole = Path.Combine(folder, "whole.zip"), resumed = Path.Combine(folder, "resumed.zip");
            string checkpoint = Path.Combine(folder, "run.checkpoint");
            await StartAsync(folder, rows, Path.Combine(folder, "whole.checkpoint"), whole, killAfter: null);
            // Within the first epoch, and where both blocks are trained.
            long first = await StartAsync(folder, rows, checkpoint, resumed, killAfter: 5);
            long second = await StartAsync(folder, rows, checkpoint, resumed, killAfter: 20);
            Assert.That(File.Exists(resumed), Is.False, "no killed process came to its end");
            long third = await StartAsync(folder, rows, checkpoint, resumed, killAfter: null);

            Assert.That(first, Is.EqualTo(1));
            Assert.That(second, Is.GreaterThan(1), "it went on from a checkpoint");
            Assert.That(third, Is.GreaterThan(second));
            Assert.That(MemoryFile.Entries(await File.ReadAllBytesAsync(resumed)), Is.EqualTo(MemoryFile.Entries(await File.ReadAllBytesAsync(whole))));
            Assert.That(Directory.GetFiles(folder, "*.rows"), Is.Empty);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <returns>The number of the first step that the process made.</returns>
    private static async Task<long> StartAsync(string folder, string rows, string checkpoint, string model, long? killAfter)
    {
        string? host = Environment.ProcessPath;
        ProcessStartInfo start = new(Path.GetFileNameWithoutExtension(host) == "dotnet" ? host! : "dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in new[] { Program, Path.Combine(folder, "encoder"), rows, checkpoint, model, killAfter is null ? "0" : "15" })
            start.ArgumentList.Add(argument);
        // What a killed process leaves in its temporary folder goes with ours.
        foreach (string variable in new[] { "TMPDIR", "TMP", "TEMP" })
            start.Environment[variable] = Directory.CreateDirectory(Path.Combine(folder, "temporary")).FullName;
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(2));
        long first = 0;
        while (await process.StandardOutput.ReadLineAsync(limit.Token) is string line)
        {
            long step = long.Parse(line, CultureInfo.InvariantCulture);
            first = first == 0 ? step : first;
            if (step >= killAfter)
            {
                process.Kill();
                break;
            }
        }
        await process.WaitForExitAsync(limit.Token);
        Assert.That(process.ExitCode, killAfter is null ? Is.Zero : Is.Not.Zero, await errors);
        return first;
    }
}
