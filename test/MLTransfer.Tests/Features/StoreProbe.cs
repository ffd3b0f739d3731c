using System.Diagnostics;
using System.Reflection;

namespace MLTransfer.Tests.Features;

/// <summary>Runs test/MLTransfer.StoreProbe.</summary>
internal static class StoreProbe
{
    private static readonly string Program = typeof(StoreProbe).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(a => a.Key == "StoreProbe").Value!;

    /// <summary>The command that runs the program with these arguments.</summary>
    public static string[] Command(params string[] arguments)
    {
        string? host = Environment.ProcessPath;
        return [Path.GetFileNameWithoutExtension(host) == "dotnet" ? host! : "dotnet", Program, .. arguments];
    }

    /// <summary>Runs the program to its end, or kills it as kill -9 does after it printed a line that ends the wait.</summary>
    /// <returns>The lines that it printed.</returns>
    public static Task<List<string>> RunAsync(string[] arguments, Func<string, bool>? killAfter = null) => RunCommandAsync(Command(arguments), killAfter);

    public static async Task<List<string>> RunCommandAsync(string[] command, Func<string, bool>? killAfter = null)
    {
        ProcessStartInfo start = new(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(2));
        var lines = new List<string>();
        bool isKilled = false;
        while (await process.StandardOutput.ReadLineAsync(limit.Token) is string line)
        {
            lines.Add(line);
            if (killAfter?.Invoke(line) == true)
            {
                process.Kill();
                isKilled = true;
                break;
            }
        }
        await process.WaitForExitAsync(limit.Token);
        string said = await errors;
        Assert.That(isKilled, Is.EqualTo(killAfter is not null), said);
        Assert.That(process.ExitCode, isKilled ? Is.Not.Zero : Is.Zero, said);
        return lines;
    }
}
