using System.IO.Compression;
using System.Text;

namespace MLTransfer.Cli.Tests.Scoring;

/// <summary>Makes models that name an assembly which is neither ML.NET's nor ours.</summary>
internal static class ForeignModels
{
    /// <summary>Replaces an assembly's name in the headers of a model by another of the same length.</summary>
    public static void Rename(string path, string name, string other)
    {
        using ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Update);
        foreach (ZipArchiveEntry entry in archive.Entries.Where(e => e.Name == "Model.key"))
        {
            byte[] bytes = new byte[entry.Length];
            using Stream stream = entry.Open();
            stream.ReadExactly(bytes);
            int at = bytes.AsSpan().IndexOf(Encoding.Unicode.GetBytes(name));
            if (at < 0)
                continue;
            stream.Position = at;
            stream.Write(Encoding.Unicode.GetBytes(other));
        }
    }
}
