using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MLTransfer.Backbones;

/// <summary>The hashes of a file's bytes, lower-case hexadecimal.</summary>
/// <param name="Sha256">SHA-256.</param>
/// <param name="GitSha1">The name that git gives the file's contents: SHA-1 over "blob LENGTH", a zero byte, and the bytes.</param>
internal sealed record FileHashes(string Sha256, string GitSha1)
{
    private const int ChunkSize = 1 << 20;

    public static async Task<FileHashes> OfAsync(string path, CancellationToken cancel)
    {
        await using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan | FileOptions.Asynchronous);
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var git = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        git.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {file.Length}\0")));
        byte[] chunk = new byte[ChunkSize];
        for (int read; (read = await file.ReadAsync(chunk, cancel)) > 0;)
        {
            sha256.AppendData(chunk.AsSpan(0, read));
            git.AppendData(chunk.AsSpan(0, read));
        }
        return new FileHashes(Hexadecimal(sha256), Hexadecimal(git));
    }

    /// <summary>Whether these are the bytes that the server announced.</summary>
    public bool Match(HubFile file) => file.Sha256 is null ? GitSha1 == file.GitSha1 : Sha256 == file.Sha256;

    private static string Hexadecimal(IncrementalHash hash) => Convert.ToHexString(hash.GetHashAndReset()).ToLowerInvariant();
}
