namespace MLTransfer.Internal;

internal static partial class Throw
{
    public static Exception SaveOverFile(string name, string folder) => new IOException(
        $"Backbone '{name}' cannot be saved to '{folder}', which is a file or a root. Give the path of a folder.");

    public static Exception SaveFolderMissing(string name, string folder, string parent) => new DirectoryNotFoundException(
        $"Backbone '{name}' cannot be saved to '{folder}': there is no folder '{parent}'. Make that folder first.");

    public static Exception SaveOverOthers(string name, string folder, IReadOnlyCollection<string> found) => new IOException(
        $"Backbone '{name}' cannot be saved to '{folder}', which holds {string.Join(", ", found.Take(8))}{(found.Count > 8 ? $" and {found.Count - 8} more" : "")}. " +
        "Only a folder that is empty, or holds a saved backbone and nothing else, is written over. Give another folder.");

    public static Exception SaveOverItself(string name, string folder) => new IOException(
        $"Backbone '{name}' was opened from '{folder}' and reads its graph there, so it cannot be saved over it. Give another folder.");

    public static Exception SaveNotWritable(string name, string folder, Exception inner) => new UnauthorizedAccessException(
        $"Backbone '{name}' cannot be saved to '{folder}': {inner.Message} Give a folder that may be written.", inner);
}
