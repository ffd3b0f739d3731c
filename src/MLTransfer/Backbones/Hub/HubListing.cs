using System.Text.Json;
using MLTransfer.Internal;

namespace MLTransfer.Backbones;

/// <summary>What a repository holds at a commit, as the server tells it.</summary>
internal sealed class HubListing
{
    private readonly HubRepository _repository;
    private readonly Dictionary<string, JsonElement> _files;

    private HubListing(HubRepository repository, string commit, Dictionary<string, JsonElement> files)
    {
        _repository = repository;
        Commit = commit;
        _files = files;
    }

    /// <summary>40 hexadecimal digits.</summary>
    public string Commit { get; }

    /// <summary>The paths of all files; not checked.</summary>
    public IEnumerable<string> Paths => _files.Keys;

    /// <summary>Reads the server's answer.</summary>
    /// <param name="repository">The repository that was asked for.</param>
    /// <param name="revision">The revision that was asked for.</param>
    /// <param name="json">The answer.</param>
    /// <exception cref="InvalidDataException">It is no such list, or one of another commit.</exception>
    public static HubListing Parse(HubRepository repository, string revision, byte[] json)
    {
        try
        {
            JsonElement root = JsonSerializer.Deserialize<JsonElement>(json);
            string commit = root.GetProperty("sha").GetString() ?? "";
            if (!HubNames.IsCommit(commit))
                throw Throw.HubListing(repository.Id, $"'sha' is '{commit}', not a commit", null);
            if (HubNames.IsCommit(revision) && revision != commit)
                throw Throw.HubListing(repository.Id, $"it is of commit {commit}, not {revision}", null);
            var files = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
            foreach (JsonElement file in root.GetProperty("siblings").EnumerateArray())
            {
                string path = file.GetProperty("rfilename").GetString() ?? "";
                // Such a name is no accident.
                if (path.Length == 0 || path[0] == '/' || path.Split('/', '\\').Contains(".."))
                    throw Throw.HubFileName(repository.Id, path, "it leads out of the repository");
                files[path] = file;
            }
            return new HubListing(repository, commit, files);
        }
        // What is of another kind than asked for, and what is absent.
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw Throw.HubListing(repository.Id, e.Message, e);
        }
    }

    public bool Contains(string path) => _files.ContainsKey(path);

    /// <summary>A file that is in the list.</summary>
    /// <exception cref="InvalidDataException">Its name could do harm, or size and hash are not told.</exception>
    public HubFile File(string path)
    {
        if (HubPath.Problem(path) is string problem)
            throw Throw.HubFileName(_repository.Id, path, problem);
        JsonElement file = _files[path];
        bool isLarge = file.TryGetProperty("lfs", out JsonElement large) && large.ValueKind == JsonValueKind.Object;
        string? sha256 = isLarge ? Text(large, "sha256") : null;
        string? gitSha1 = isLarge ? null : Text(file, "blobId");
        long? size = (isLarge ? Number(large, "size") : null) ?? Number(file, "size");
        bool isHashed = isLarge ? sha256 is not null && HubNames.IsSha256(sha256) : gitSha1 is not null && HubNames.IsCommit(gitSha1);
        if (size is null or < 0 || !isHashed)
            throw Throw.HubFileUnhashed(_repository.Id, path);
        return new HubFile(path, size.Value, sha256?.ToLowerInvariant(), gitSha1);
    }

    private static string? Text(JsonElement parent, string member) =>
        parent.TryGetProperty(member, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long? Number(JsonElement parent, string member) =>
        parent.TryGetProperty(member, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) ? number : null;
}
