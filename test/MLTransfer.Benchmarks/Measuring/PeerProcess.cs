using System.Diagnostics;
using System.Text.Json;
using MLTransfer.Testing;

namespace MLTransfer.Benchmarks.Measuring;

/// <summary>A peer in a process of its own, told line by line (Peers/README.md).</summary>
internal sealed class PeerProcess : IDisposable
{
    private readonly Process _process;

    private PeerProcess(Process process, JsonElement ready)
    {
        _process = process;
        Ready = ready;
    }

    public static string Folder { get; } = Path.Combine(Assets.RepositoryRoot, "test", "MLTransfer.Benchmarks", "Peers");

    /// <summary>What it said of itself when it was warm.</summary>
    public JsonElement Ready { get; }

    /// <summary>Starts a peer, or says why it cannot be.</summary>
    public static (PeerProcess? Peer, string? Problem) Start(string program, params string[] arguments)
    {
        Process? process;
        try
        {
            process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = Folder,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            });
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return (null, $"{program} is not installed ({e.Message})");
        }
        string said = "";
        while (process!.StandardOutput.ReadLine() is string line)
        {
            if (line.StartsWith("ready ", StringComparison.Ordinal))
                return (new PeerProcess(process, JsonDocument.Parse(line["ready ".Length..]).RootElement), null);
            said = line;
        }
        process.WaitForExit();
        string problem = $"{Path.GetFileName(arguments[0])} ended with {process.ExitCode}{(said.Length > 0 ? $": {said}" : "")}; see Peers/README.md";
        process.Dispose();
        return (null, problem);
    }

    /// <summary>One pass; its own clock, so that the pipe costs nothing.</summary>
    /// <param name="kind">Which kind of pass, where a peer has several.</param>
    public double Run(string kind = "run") => Pass(kind).GetProperty("seconds").GetDouble();

    /// <summary>One pass, with all that the peer says of it.</summary>
    public JsonElement Pass(string kind = "run")
    {
        _process.StandardInput.WriteLine(kind);
        _process.StandardInput.Flush();
        string line = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("The peer ended in the middle of a round.");
        return JsonDocument.Parse(line).RootElement;
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
