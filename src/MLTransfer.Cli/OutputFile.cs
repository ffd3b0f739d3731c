using MLTransfer.Cli.Scoring;

namespace MLTransfer.Cli;

/// <summary>Whether a file can be written, asked before the work whose result it is to hold.</summary>
internal static class OutputFile
{
    /// <summary>Opens the file for writing and leaves everything as it was.</summary>
    /// <param name="path">The file; it may be there already.</param>
    /// <param name="option">The option that named it, for messages.</param>
    /// <exception cref="ArgumentException">The path is a folder, or its folder is not there.</exception>
    /// <exception cref="IOException">The file cannot be written now.</exception>
    /// <exception cref="UnauthorizedAccessException">Writing is not permitted.</exception>
    public static void Check(string path, string option)
    {
        if (path.Length == 0)
            throw new ArgumentException($"{option} is empty. Give the path of a file.");
        string full = Path.GetFullPath(path);
        if (Directory.Exists(full))
            throw new ArgumentException($"{option} names '{path}', which is a folder. Give the path of a file in it.");
        if (!Directory.Exists(Path.GetDirectoryName(full)))
            throw new ArgumentException($"{option} names '{path}', but there is no folder '{Path.GetDirectoryName(full)}'. Make the folder first.");
        bool isNew = !File.Exists(full);
        using (File.Open(full, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None))
        {
        }
        if (isNew)
            File.Delete(full);
    }

    /// <summary>Refuses a folder that cannot be made; it may be there already.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="option">The option that named it, for messages.</param>
    /// <param name="expected">What the option takes, for messages.</param>
    /// <exception cref="ArgumentException">The path is a file, or the folder above it is not there.</exception>
    public static void CheckFolder(string path, string option, string expected = "a folder")
    {
        if (path.Length == 0)
            throw new ArgumentException($"{option} is empty. Give {expected}.");
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (File.Exists(full))
            throw new ArgumentException($"{option} names '{path}', which is a file. Give {expected}.");
        if (Path.GetDirectoryName(full) is string parent && !Directory.Exists(parent))
            throw new ArgumentException($"{option} names '{path}', but there is no folder '{parent}'. Make it first.");
    }

    /// <summary>Writes a file under another name and renames it once it is whole, so that a run that is killed leaves an older one as it was.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes to the path it is given.</param>
    public static void Replace(string path, Action<string> write)
    {
        string full = Path.GetFullPath(path);
        string temporary = DurableFile.TemporaryPath(full);
        try
        {
            write(temporary);
            File.Move(temporary, full, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
