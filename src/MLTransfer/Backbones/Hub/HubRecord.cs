using System.Text.Json;
using MLTransfer.Internal;

namespace MLTransfer.Backbones;

/// <summary>
/// What is known about a snapshot: which graphs the repository has, and for each that was downloaded whole, all the files it needs. Lies beside the snapshot's folder as its name with
/// ".json", written after the last file, so that a graph that is named here is complete.
/// </summary>
internal sealed record HubRecord
{
    private const int CurrentVersion = 1;
    private const long LargestRecord = 64 << 20;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public int FormatVersion { get; init; } = CurrentVersion;

    public required string Repository { get; init; }

    public required string Commit { get; init; }

    /// <summary>The graphs there are to choose from, downloaded or not, in the order of <see cref="GraphChoice"/>.</summary>
    public required IReadOnlyList<string> Graphs { get; init; }

    /// <summary>Of each graph that was downloaded, every file it needs, itself last.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<HubFile>> Downloads { get; init; }

    /// <summary>Reads a record; null where there is none.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or of a newer version.</exception>
    public static HubRecord? Read(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
            return null;
        try
        {
            if (file.Length > LargestRecord)
                throw new JsonException($"It has {file.Length} bytes.");
            HubRecord record = JsonSerializer.Deserialize<HubRecord>(File.ReadAllBytes(path), Json) ?? throw new JsonException("It holds null.");
            if (record.FormatVersion != CurrentVersion)
                throw new JsonException($"It is of version {record.FormatVersion}; this version of MLTransfer reads {CurrentVersion}.");
            return record;
        }
        catch (JsonException e)
        {
            throw Throw.HubRecordUnreadable(path, e);
        }
    }

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, Json);
}
