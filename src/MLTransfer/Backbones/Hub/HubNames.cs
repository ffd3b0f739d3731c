using System.Collections.ObjectModel;
using MLTransfer.Internal;

namespace MLTransfer.Backbones;

/// <summary>Checks of what a caller says about a download. A value that passes can stand in an address, in a header and in a path of the cache.</summary>
internal static class HubNames
{
    private const int Sha256Length = 64;
    private const int CommitLength = 40;
    private const int LongestRevision = 200;

    // Besides letters and digits; a slash parts "refs/pr/1".
    private const string RevisionMarks = "._-+=/";

    public static bool IsSha256(string text) => text.Length == Sha256Length && text.All(char.IsAsciiHexDigit);

    /// <summary>Whether a revision is a commit itself: what it names can never change.</summary>
    public static bool IsCommit(string text) => text.Length == CommitLength && text.All(char.IsAsciiHexDigitLower);

    public static string Revision(string value, string parameter)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(value, parameter);
        bool isName = value.Length <= LongestRevision && value.All(c => char.IsAsciiLetterOrDigit(c) || RevisionMarks.Contains(c, StringComparison.Ordinal))
            && value.Split('/').All(part => part.Length > 0 && part[0] != '.' && part[^1] != '.');
        if (!isName)
            throw Throw.HubRevision(value, parameter);
        // Commits are compared with what the server answers, and name folders.
        return value.Length == CommitLength && value.All(char.IsAsciiHexDigit) ? value.ToLowerInvariant() : value;
    }

    public static string? Sha256(string? value, string parameter) =>
        value is null || IsSha256(value) ? value?.ToLowerInvariant() : throw Throw.HubSha256(value, parameter);

    public static ReadOnlyDictionary<string, string> FileHashes(IReadOnlyDictionary<string, string> value, string parameter)
    {
        ArgumentNullException.ThrowIfNull(value, parameter);
        return value.ToDictionary(f => f.Key, f => Sha256(f.Value, $"{parameter}[\"{f.Key}\"]")!, StringComparer.Ordinal).AsReadOnly();
    }

    public static Uri Endpoint(Uri value, string source)
    {
        bool isBase = value.IsAbsoluteUri && value.Scheme is "http" or "https" && value.UserInfo.Length == 0 && value.Query.Length == 0 && value.Fragment.Length == 0;
        return isBase ? value : throw Throw.HubEndpoint(source);
    }

    // The message must not hold it.
    public static string Token(string value, string source) => value.All(c => c is > ' ' and <= '~') ? value : throw Throw.HubTokenText(source);
}
