namespace MLTransfer.Cli.Tables;

/// <summary>Opens files whose bytes are read once, in order.</summary>
internal static class FileOpening
{
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read, or is a folder.</exception>
    public static FileStream Read(string path)
    {
        if (Directory.Exists(path))
            throw new UnauthorizedAccessException($"'{path}' is a folder, not a file. Give the path of a file in it.");
        try
        {
            // Readers have buffers of their own.
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new UnauthorizedAccessException($"'{path}' may not be read. Give whoever runs this the right to read it.", e);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FileNotFoundException($"'{path}' is not there.", path, e);
        }
    }
}
