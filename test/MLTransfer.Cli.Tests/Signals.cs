using System.Globalization;

namespace MLTransfer.Cli.Tests;

/// <summary>Whether processes that a test starts hear signals.</summary>
internal static class Signals
{
    private const int Interrupt = 2;
    private const string Ignored = "SigIgn:";

    /// <summary>
    /// Passes a test over whose processes could not hear Ctrl-C: who was started in the background by a shell ignores SIGINT, and so do its children, .NET's too.
    /// </summary>
    /// <param name="signal">The signal, as kill takes it.</param>
    public static void Require(string signal)
    {
        const string status = "/proc/self/status";
        if (signal != "-INT" || !File.Exists(status))
            return;
        string mask = File.ReadLines(status).First(l => l.StartsWith(Ignored, StringComparison.Ordinal))[Ignored.Length..].Trim();
        if ((ulong.Parse(mask, NumberStyles.HexNumber, CultureInfo.InvariantCulture) & (1UL << (Interrupt - 1))) != 0)
            Assert.Ignore("SIGINT is ignored here, as it is for whatever a shell starts in the background; SIGTERM is tested.");
    }
}
