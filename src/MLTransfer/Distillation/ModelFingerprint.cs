using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Microsoft.ML;
using MLTransfer.Internal;

namespace MLTransfer.Distillation;

/// <summary>
/// What a fitted model is, whoever holds it: SHA-256 over the entries of the file that <c>mlContext.Model.Save</c> would write, without the stamps of the archive. Two processes that load one
/// file get one fingerprint.
/// </summary>
internal static class ModelFingerprint
{
    /// <param name="model">The model.</param>
    /// <param name="more">What else decides its outputs, such as the column that is read.</param>
    /// <exception cref="NotSupportedException">The model cannot be saved.</exception>
    public static string Of(ITransformer model, string more)
    {
        string path = Path.Combine(Path.GetTempPath(), $"mltransfer-{Guid.NewGuid():N}.zip");
        try
        {
            using var file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
            Save(model, file);
            file.Position = 0;
            using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            using var archive = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
            byte[] buffer = new byte[1 << 16];
            foreach (ZipArchiveEntry entry in archive.Entries.OrderBy(e => e.FullName, StringComparer.Ordinal))
            {
                hash.AppendData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{entry.FullName}|{entry.Length}|")));
                using Stream content = entry.Open();
                for (int read; (read = content.Read(buffer)) > 0;)
                    hash.AppendData(buffer, 0, read);
            }
            hash.AppendData(Encoding.UTF8.GetBytes(more));
            return Convert.ToHexString(hash.GetHashAndReset()).ToLowerInvariant();
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static void Save(ITransformer model, Stream file)
    {
        try
        {
            new MLContext().Model.Save(model, null, file);
        }
        catch (Exception e) when (e is (InvalidOperationException or ArgumentException or NotSupportedException) and not ObjectDisposedException)
        {
            throw Throw.TeacherNotSaved(e);
        }
    }
}
