namespace MLTransfer.Cli.Tables;

/// <summary>Makes files that are written once, in order.</summary>
internal static class FileCreation
{
    /// <exception cref="DirectoryNotFoundException">The folder is not there.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written, or is a folder.</exception>
    public static FileStream Write(string path)
    {
        try
        {
            // Writers have buffers of their own.
            return new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read | FileShare.Delete, bufferSize: 0);
        }
        catch (UnauthorizedAccessException e)
        {
            string what = Directory.Exists(path) ? "is a folder. Give the path of a file in it." : "may not be written. Give whoever runs this the right to write there.";
            throw new UnauthorizedAccessException($"'{path}' {what}", e);
        }
        catch (DirectoryNotFoundException e)
        {
            throw new DirectoryNotFoundException($"'{path}' cannot be made, because there is no folder '{Path.GetDirectoryName(Path.GetFullPath(path))}'. Make the folder first.", e);
        }
    }
}
