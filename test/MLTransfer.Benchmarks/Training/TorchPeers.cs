using System.Diagnostics;
using MLTransfer.Benchmarks.Measuring;

namespace MLTransfer.Benchmarks.Training;

/// <summary>The peers of training steps: TorchSharp, built into a temporary folder; PyTorch of the system where it cannot be built.</summary>
internal sealed class TorchPeers : IDisposable
{
    private const string Program = "torchsharp_steps";

    private readonly string? _folder;

    private TorchPeers(string? folder, string? problem)
    {
        _folder = folder;
        Problem = problem;
    }

    /// <summary>Why TorchSharp is not the peer; null where it is.</summary>
    public string? Problem { get; }

    public static TorchPeers Build()
    {
        string folder = Directory.CreateTempSubdirectory("mltransfer-peer-").FullName;
        using Process build = Process.Start(new ProcessStartInfo("dotnet", ["build", "-c", "Release", $"{Program}.cs", "-o", folder, "-v", "q", "--nologo"])
        {
            WorkingDirectory = PeerProcess.Folder,
            RedirectStandardOutput = true,
        })!;
        string said = build.StandardOutput.ReadToEnd();
        build.WaitForExit();
        if (build.ExitCode == 0)
            return new TorchPeers(folder, null);
        Directory.Delete(folder, recursive: true);
        string error = said.Split('\n').FirstOrDefault(l => l.Contains("error", StringComparison.Ordinal))?.Trim() ?? $"dotnet build ended with {build.ExitCode}";
        return new TorchPeers(null, $"TorchSharp could not be built ({error})");
    }

    /// <summary>Starts a peer, or says why it cannot be.</summary>
    /// <param name="step">Which step.</param>
    /// <param name="count">Steps of a pass.</param>
    /// <param name="setting">"stock" or "best".</param>
    public (PeerProcess? Peer, string? Problem) Start(string step, int count, string setting)
    {
        if (_folder is not null)
            return PeerProcess.Start("dotnet", Path.Combine(_folder, $"{Program}.dll"), step, $"{count}", setting);
        (PeerProcess? peer, string? problem) = PeerProcess.Start("/usr/bin/python3", Path.Combine(PeerProcess.Folder, "training_steps.py"), step, $"{count}", setting);
        return (peer, peer is null ? $"{Problem}; {problem}" : null);
    }

    public void Dispose()
    {
        if (_folder is not null)
            Directory.Delete(_folder, recursive: true);
    }
}
