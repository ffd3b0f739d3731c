using System.Text.Encodings.Web;
using System.Text.Json;

namespace MLTransfer.Cli.Scoring;

/// <summary>Small JSON files that are whole or not there.</summary>
internal static class JsonFile
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    /// <param name="path">The file.</param>
    /// <param name="what">What it is to be, for messages.</param>
    /// <exception cref="InvalidDataException">It is no such file.</exception>
    public static T Read<T>(string path, string what)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllBytes(path), Options) ?? throw new JsonException("the file holds null.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"'{path}' is not {what}: {e.Message} Delete it, and run the job's shard again.", e);
        }
    }

    public static void Write<T>(string path, T value) => DurableFile.Write(path, stream => JsonSerializer.Serialize(stream, value, Options));
}
