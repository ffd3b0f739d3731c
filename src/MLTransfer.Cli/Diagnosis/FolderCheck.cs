namespace MLTransfer.Cli.Diagnosis;

/// <summary>Whether a folder can be used, found out by using it.</summary>
internal static class FolderCheck
{
    /// <summary>A folder that is written to; it may not be there yet.</summary>
    public static FolderReport Written(string path)
    {
        string? there = Existing(path);
        string? problem = there is null ? "No folder above it is there." : TryWrite(there);
        return new FolderReport(path, Directory.Exists(path), problem is null, there is null ? null : Free(there), problem, Backbones(path));
    }

    /// <summary>A folder that is only read, and that somebody named.</summary>
    public static FolderReport Read(string path) => Directory.Exists(path)
        ? new FolderReport(path, true, null, null, null, Backbones(path))
        : new FolderReport(path, false, null, null, File.Exists(path) ? "It is a file, not a folder." : "It is not there. Make it, or take it out of MLTRANSFER_MODELS.", []);

    /// <summary>The folder itself, or the nearest one above it that is there.</summary>
    private static string? Existing(string path)
    {
        string? folder = Path.GetFullPath(path);
        while (folder is not null && !Directory.Exists(folder))
        {
            // A file in the folder's place is met when it is written to.
            if (File.Exists(folder))
                return folder;
            folder = Path.GetDirectoryName(folder);
        }
        return folder;
    }

    private static string? TryWrite(string folder)
    {
        if (File.Exists(folder))
            return $"'{folder}' is a file, so there can be no folder.";
        try
        {
            using var probe = new FileStream(Path.Combine(folder, $".mltransfer-{Guid.NewGuid():N}.tmp"), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            probe.WriteByte(0);
            probe.Flush(flushToDisk: true);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    private static long? Free(string folder)
    {
        try
        {
            return new DriveInfo(folder).AvailableFreeSpace;
        }
        // Network folders of Windows are no drives; some mounts tell nothing.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    private static string[] Backbones(string path)
    {
        try
        {
            return Directory.Exists(path) ? [.. Directory.EnumerateDirectories(path).Where(HoldsGraph).Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal)] : [];
        }
        catch (UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static bool HoldsGraph(string folder) =>
        Directory.EnumerateFiles(folder, "*.onnx").Any()
        || (Directory.Exists(Path.Combine(folder, "onnx")) && Directory.EnumerateFiles(Path.Combine(folder, "onnx"), "*.onnx").Any());
}
