using System.Text.Json.Serialization;

namespace MLTransfer.Backbones;

/// <summary>A file of a repository at a commit, as the server announces it.</summary>
/// <param name="Path">Relative to the repository, with forward slashes; checked to be harmless.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">SHA-256 of its bytes, of a file in large file storage; lower-case hexadecimal.</param>
/// <param name="GitSha1">Git's hash of it, of any other: SHA-1 over "blob", its length and its bytes.</param>
internal sealed record HubFile(string Path, long Size, string? Sha256, string? GitSha1)
{
    /// <summary>The path with the separators of this system.</summary>
    [JsonIgnore]
    public string LocalPath => Path.Replace('/', System.IO.Path.DirectorySeparatorChar);

    /// <summary>Whether the server announces the same bytes.</summary>
    public bool IsSameContent(HubFile other) => Size == other.Size && Sha256 == other.Sha256 && GitSha1 == other.GitSha1;
}
