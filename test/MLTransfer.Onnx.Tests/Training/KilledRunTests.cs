using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using MLTransfer.Onnx.Training;

namespace MLTransfer.Onnx.Tests.Training;

/// <summary>Kills test/MLTransfer.TrainingProbe as kill -9 does and starts it again.</summary>
internal sealed class KilledRunTests
{
    private static readonly string Program = typeof(KilledRunTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(a => a.Key == "TrainingProbe").Value!;

    [Test]
    public async Task Run_KilledThreeTimes_EndsWithTheSameBits()
    {
        string folder = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"killed-{Guid.NewGuid():N}");
        Directory.CreateDirectory(folder);
        try
        {
            string checkpoint = Path.Combine(folder, "run.checkpoint");
            string weights = Path.Combine(folder, "weights.bin");
            // Within the first epoch, just behind a checkpoint, and in the last epoch.
            long first = await StartAsync(checkpoint, weights, killAfter: 8);
            long second = await StartAsync(checkpoint, weights, killAfter: 41);
            long third = await StartAsync(checkpoint, weights, killAfter: 72);
            Assert.That(File.Exists(weights), Is.False, "no killed process came to its end");
            long last = await StartAsync(checkpoint, weights, killAfter: null);

            Assert.That(first, Is.EqualTo(1));
            Assert.That(new[] { second, third, last }, Is.All.GreaterThan(1), "each went on from a checkpoint");
            Assert.That(new[] { second, third, last }, Is.Ordered);
            float[] found = MemoryMarshal.Cast<byte, float>(await File.ReadAllBytesAsync(weights)).ToArray();
            TrainingResult uninterrupted = ResumableRun.Train(null, _ => { });
            Assert.That(uninterrupted.StepCount, Is.EqualTo(ResumableRun.StepCount));
            Assert.That(MemoryMarshal.Cast<float, int>(found).ToArray(), Is.EqualTo(MemoryMarshal.Cast<float, int>(uninterrupted.Parameters).ToArray()), "bit for bit");
            Assert.That(found, Has.Some.Not.Zero);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <returns>The number of the first step that the process made.</returns>
    private static async Task<long> StartAsync(string checkpoint, string weights, long? killAfter)
    {
        string? host = Environment.ProcessPath;
        ProcessStartInfo start = new(Path.GetFileNameWithoutExtension(host) == "dotnet" ? host! : "dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in new[] { Program, checkpoint, weights, killAfter is null ? "0" : "15" })
            start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(2));
        long first = 0;
        while (await process.StandardOutput.ReadLineAsync(limit.Token) is string line)
        {
            long step = long.Parse(line, System.Globalization.CultureInfo.InvariantCulture);
            first = first == 0 ? step : first;
            if (step >= killAfter)
            {
                // SIGKILL on Unix, TerminateProcess on Windows: nothing in the process runs any more.
                process.Kill();
                break;
            }
        }
        await process.WaitForExitAsync(limit.Token);
        Assert.That(process.ExitCode, killAfter is null ? Is.Zero : Is.Not.Zero, await errors);
        return first;
    }
}
