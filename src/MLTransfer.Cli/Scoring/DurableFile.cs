namespace MLTransfer.Cli.Scoring;

/// <summary>Files that appear under their name when they are whole and on the disk, and not before.</summary>
internal static class DurableFile
{
    /// <summary>The ending of names that are not final.</summary>
    public const string TemporaryExtension = ".tmp";

    /// <summary>A name in the same folder that no other process has.</summary>
    public static string TemporaryPath(string path) => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}{TemporaryExtension}");

    /// <summary>Writes a file and gives it its name.</summary>
    public static void Write(string path, Action<Stream> write)
    {
        string temporary = TemporaryPath(path);
        try
        {
            using (FileStream file = new(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                write(file);
                file.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
