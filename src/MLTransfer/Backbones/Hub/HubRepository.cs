using MLTransfer.Internal;

namespace MLTransfer.Backbones;

/// <summary>The name of a repository: "org/name", or "name" alone as the oldest are called.</summary>
internal sealed record HubRepository
{
    private const int LongestPart = 96;

    private HubRepository(string id) => Id = id;

    /// <summary>"org/name".</summary>
    public string Id { get; }

    /// <summary>"name".</summary>
    public string Name => Id[(Id.IndexOf('/', StringComparison.Ordinal) + 1)..];

    /// <summary>The name of its folder in the cache. No two repositories share one, because "--" is in no name.</summary>
    public string FolderName => $"models--{Id.Replace("/", "--", StringComparison.Ordinal)}";

    public static HubRepository Parse(string id)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(id, "repository");
        return TryParse(id) ?? throw Throw.HubRepository(id);
    }

    /// <summary>The repository, or null where this cannot be the name of one.</summary>
    public static HubRepository? TryParse(string id)
    {
        string[] parts = id.Split('/');
        return parts.Length is 1 or 2 && parts.All(IsPart) ? new HubRepository(id) : null;
    }

    private static bool IsPart(string part) =>
        part.Length is > 0 and <= LongestPart && part.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-') && part[0] is not ('.' or '-') && part[^1] is not ('.' or '-')
        && !part.Contains("--", StringComparison.Ordinal) && !part.Contains("..", StringComparison.Ordinal);

    public override string ToString() => Id;
}
