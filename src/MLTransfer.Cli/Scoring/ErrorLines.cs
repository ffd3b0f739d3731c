using System.Text.Encodings.Web;
using System.Text.Json;

namespace MLTransfer.Cli.Scoring;

/// <summary>Files of rows that could not be scored: JSON lines in the order of the rows.</summary>
internal static class ErrorLines
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(string path, IEnumerable<RowFailure> failures) => DurableFile.Write(path, stream =>
    {
        foreach (RowFailure failure in failures)
        {
            JsonSerializer.Serialize(stream, failure, Options);
            stream.WriteByte((byte)'\n');
        }
    });

    /// <summary>Puts files behind each other.</summary>
    /// <returns><paramref name="output"/>.</returns>
    public static string Join(IEnumerable<string> files, string output)
    {
        using FileStream target = new(output, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        foreach (string file in files)
        {
            using FileStream source = File.OpenRead(file);
            source.CopyTo(target);
        }
        target.Flush(flushToDisk: true);
        return output;
    }
}
