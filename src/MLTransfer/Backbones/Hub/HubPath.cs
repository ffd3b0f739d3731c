using System.Buffers;

namespace MLTransfer.Backbones;

/// <summary>The rule for names that a server gives: a plain relative path, which every system reads alike. Anything else could write outside of the cache.</summary>
internal static class HubPath
{
    private const int Longest = 1024;

    // What Windows reads as something else, or refuses.
    private static readonly SearchValues<char> Forbidden = SearchValues.Create("\\:*?\"<>|");

    /// <summary>What is wrong with a path, or null.</summary>
    public static string? Problem(string path)
    {
        if (path.Length is 0 or > Longest)
            return $"it has {path.Length} characters";
        if (path.Any(char.IsControl))
            return "it has control characters";
        if (path.AsSpan().ContainsAny(Forbidden))
            return "it has one of the characters \\ : * ? \" < > |";
        foreach (string part in path.Split('/'))
        {
            if (part is "" or "." or "..")
                return "a part of it is empty, '.' or '..'";
            // Windows drops these, so that two names would mean one file.
            if (part[^1] is '.' or ' ')
                return $"'{part}' ends in a dot or a space";
        }
        return null;
    }

    /// <summary>The path of a file that another names relative to its own folder.</summary>
    public static string Beside(string path, string relative)
    {
        int slash = path.LastIndexOf('/');
        return slash < 0 ? relative : $"{path[..slash]}/{relative}";
    }
}
