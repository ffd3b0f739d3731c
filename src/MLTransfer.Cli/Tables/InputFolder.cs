using System.IO.Enumeration;

namespace MLTransfer.Cli.Tables;

/// <summary>The files in a folder of input and the folders below it.</summary>
internal static class InputFolder
{
    /// <summary>
    /// The files that can be read, all of one kind, by their places below the folder (with forward slashes) in ordinal order. Left out are names that begin with a point or an underscore, where other
    /// programs keep what is no data, and folders behind links.
    /// </summary>
    /// <exception cref="ArgumentException">There is none, there are several kinds, or one is a link to a file elsewhere.</exception>
    public static (InputKind Kind, string[] Places) Find(string folder)
    {
        string[] places = [.. Places(folder)];
        Array.Sort(places, StringComparer.Ordinal);
        IGrouping<InputKind, string>[] kinds = [.. places.GroupBy(p => InputKind.Of(p)!)];
        if (kinds.Length == 0)
            throw new ArgumentException($"The folder '{folder}' holds no input. Supported: {InputKind.Supported}. Links to folders are not followed.");
        if (kinds.Length > 1)
        {
            string found = string.Join(", ", kinds.Select(k => $"{k.Count()} {k.Key.Name} (as '{k.First()}')"));
            throw new ArgumentException($"The folder '{folder}' holds several kinds of input: {found}. Give the files of one kind by name, or a folder for each kind.");
        }
        return (kinds[0].Key, places);
    }

    private static FileSystemEnumerable<string> Places(string folder)
    {
        string root = Path.GetFullPath(folder);
        return new FileSystemEnumerable<string>(root, Place, new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = false })
        {
            ShouldIncludePredicate = Includes,
            ShouldRecursePredicate = (ref FileSystemEntry entry) => !IsLeftOut(entry.FileName) && (entry.Attributes & FileAttributes.ReparsePoint) == 0,
        };
    }

    private static bool Includes(ref FileSystemEntry entry)
    {
        if (entry.IsDirectory || IsLeftOut(entry.FileName) || InputKind.Of(entry.FileName.ToString()) is null)
            return false;
        if ((entry.Attributes & FileAttributes.ReparsePoint) != 0)
            RefuseLinkElsewhere(entry.ToFullPath(), entry.RootDirectory.ToString());
        return true;
    }

    private static void RefuseLinkElsewhere(string path, string root)
    {
        string? target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName;
        if (target?.StartsWith(Path.TrimEndingDirectorySeparator(root) + Path.DirectorySeparatorChar, StringComparison.Ordinal) != true)
            throw new ArgumentException($"'{path}' is a link to '{target}', which is not in the folder that was given. Give the file itself, or the folder where it is.");
    }

    private static string Place(ref FileSystemEntry entry) =>
        Path.GetRelativePath(entry.RootDirectory.ToString(), entry.ToFullPath()).Replace(Path.DirectorySeparatorChar, '/');

    private static bool IsLeftOut(ReadOnlySpan<char> name) => name is ['.' or '_', ..];
}
