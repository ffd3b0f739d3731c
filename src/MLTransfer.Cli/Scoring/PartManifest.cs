using System.Security.Cryptography;

namespace MLTransfer.Cli.Scoring;

/// <summary>What a finished part says of itself, in a JSON file beside it.</summary>
internal sealed record PartManifest
{
    private const int NewestVersion = 1;

    /// <summary>The version of this format.</summary>
    public int Version { get; init; } = NewestVersion;

    /// <summary>What the part belongs to.</summary>
    public required JobDescription Job { get; init; }

    /// <summary>Which shard it is, from zero.</summary>
    public required int ShardIndex { get; init; }

    /// <summary>Its first row over all input, from zero.</summary>
    public required long FirstRow { get; init; }

    /// <summary>Rows of the input that it covers.</summary>
    public required long RowCount { get; init; }

    /// <summary>Of those, the ones that could not be scored and stand in the errors file.</summary>
    public required long ErrorCount { get; init; }

    /// <summary>The part's file, without its folder.</summary>
    public required string File { get; init; }

    /// <summary>Its length.</summary>
    public required long ByteCount { get; init; }

    /// <summary>SHA-256 over its bytes.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The errors file, without its folder; null where no row failed.</summary>
    public string? ErrorsFile { get; init; }

    /// <summary>Which shard of how many.</summary>
    public Shard Shard() => new(ShardIndex, Job.ShardCount);

    /// <summary>Reads a manifest.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or of a newer version.</exception>
    public static PartManifest Read(string path)
    {
        PartManifest manifest = JsonFile.Read<PartManifest>(path, "a part's manifest");
        return manifest.Version == NewestVersion
            ? manifest
            : throw new InvalidDataException($"'{path}' is a manifest of version {manifest.Version}, but this tool reads version {NewestVersion}. Use the version of the tool that wrote it.");
    }

    /// <summary>SHA-256 of a file, lower-case hexadecimal.</summary>
    public static string Hash(string path)
    {
        using FileStream file = System.IO.File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
