namespace MLTransfer.Backbones;

/// <summary>One download of a repository at a time, among all processes and threads that share the cache. Ends with its process, however that ends.</summary>
internal static class HubLock
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    /// <summary>Waits for its turn.</summary>
    /// <param name="folder">The repository's folder in the cache; made where it is not there.</param>
    /// <param name="waiting">Called each time that somebody else holds it.</param>
    /// <param name="cancel">Ends the waiting.</param>
    /// <exception cref="IOException">The file cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public static async Task<IDisposable> AcquireAsync(string folder, Action waiting, CancellationToken cancel)
    {
        Directory.CreateDirectory(folder);
        while (true)
        {
            try
            {
                // Never deleted: who waits for a file that is gone would hold another lock than who makes it anew.
                return new FileStream(Path.Combine(folder, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            }
            catch (IOException e) when (IsHeld(e))
            {
                waiting();
            }
            await Task.Delay(Interval, cancel);
        }
    }

    // A sharing or lock violation on Windows; EWOULDBLOCK, which is 11 on Linux and 35 on macOS.
    private static bool IsHeld(IOException e) => OperatingSystem.IsWindows() ? (e.HResult & 0xFFFF) is 32 or 33 : e.HResult is 11 or 35;
}
