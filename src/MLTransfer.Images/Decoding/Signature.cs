namespace MLTransfer.Images;

/// <summary>What the first bytes of a file say it is; for messages.</summary>
internal static class Signature
{
    /// <summary>The format, where it is one that we read.</summary>
    public static string? Name(ReadOnlySpan<byte> file) =>
        file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) ? "JPEG"
        : file.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G']) ? "PNG"
        : file.Length >= 12 && file.StartsWith("RIFF"u8) && file[8..].StartsWith("WEBP"u8) ? "WEBP"
        : file.StartsWith("GIF8"u8) ? "GIF"
        : file.StartsWith("BM"u8) ? "BMP"
        : null;

    /// <summary>A few words about a file that is none of these.</summary>
    public static string Describe(ReadOnlySpan<byte> file)
    {
        ReadOnlySpan<byte> start = file[..Math.Min(file.Length, 64)];
        if (start.StartsWith("%PDF"u8))
            return "a PDF document";
        if (start.StartsWith("II*\0"u8) || start.StartsWith("MM\0*"u8))
            return "a TIFF file";
        if (start.Length >= 12 && start[4..].StartsWith("ftyp"u8))
            return "a HEIC, AVIF or MP4 file";
        foreach (byte value in start)
        {
            if (value < 0x20 && value is not ((byte)'\t' or (byte)'\n' or (byte)'\r'))
                return $"{file.Length} bytes that begin with {Convert.ToHexString(start[..Math.Min(start.Length, 8)])}";
        }
        return start.TrimStart(" \r\n\t"u8).StartsWith("<"u8) ? "a text that looks like HTML, XML or SVG" : "a text";
    }
}
