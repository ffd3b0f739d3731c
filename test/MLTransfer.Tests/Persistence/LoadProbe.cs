using System.Diagnostics;
using System.Reflection;

namespace MLTransfer.Tests.Persistence;

/// <summary>Runs test/MLTransfer.LoadProbe, a program that references MLTransfer and never names it, with a temporary folder of its own.</summary>
internal static class LoadProbe
{
    public static string Program { get; } = Built("LoadProbe");

    /// <summary>The same program with a reference to MLTransfer.Images.</summary>
    public static string ProgramWithImages { get; } = Built("ImageProbe");

    public static Task<Result> RunAsync(bool knowsTestSteps, params string[] arguments) => RunAsync(Program, knowsTestSteps, arguments);

    public static async Task<Result> RunAsync(string program, bool knowsTestSteps, params string[] arguments)
    {
        string temporary = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"temporary-{Guid.NewGuid():N}");
        Directory.CreateDirectory(temporary);
        try
        {
            string? host = Environment.ProcessPath;
            ProcessStartInfo start = new(Path.GetFileNameWithoutExtension(host) == "dotnet" ? host! : "dotnet")
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            start.ArgumentList.Add(program);
            foreach (string argument in arguments)
                start.ArgumentList.Add(argument);
            foreach (string variable in new[] { "TMPDIR", "TMP", "TEMP" })
                start.Environment[variable] = temporary;
            // The runtime's own diagnostics would put a socket there.
            start.Environment["DOTNET_EnableDiagnostics"] = "0";
            if (knowsTestSteps)
                start.Environment["DOTNET_STARTUP_HOOKS"] = typeof(StartupHook).Assembly.Location;
            using Process process = Process.Start(start)!;
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> errors = process.StandardError.ReadToEndAsync();
            using CancellationTokenSource limit = new(TimeSpan.FromMinutes(2));
            await process.WaitForExitAsync(limit.Token);
            string[] lines = (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            return new Result(process.ExitCode, lines, await errors, Directory.GetFileSystemEntries(temporary, "*", SearchOption.AllDirectories));
        }
        finally
        {
            Directory.Delete(temporary, recursive: true);
        }
    }

    private static string Built(string name) => typeof(LoadProbe).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(a => a.Key == name).Value!;

    /// <param name="ExitCode">0, or 1 where the model did not load.</param>
    /// <param name="Lines">The scores, one row a line.</param>
    /// <param name="Errors">What was written to the error stream.</param>
    /// <param name="LeftBehind">What the process left in its temporary folder.</param>
    public sealed record Result(int ExitCode, string[] Lines, string Errors, string[] LeftBehind);
}
