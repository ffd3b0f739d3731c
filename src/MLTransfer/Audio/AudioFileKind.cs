namespace MLTransfer.Audio;

/// <summary>Names what a file is that is no wav file, so that its user knows what to do.</summary>
internal static class AudioFileKind
{
    /// <summary>What the first bytes say.</summary>
    public static string Describe(ReadOnlySpan<byte> file)
    {
        if (file.IsEmpty)
            return "an empty file";
        if (file.StartsWith("RIFX"u8))
            return "a wav file of reversed byte order (RIFX)";
        if (file.StartsWith("RF64"u8) || file.StartsWith("BW64"u8))
            return "a wav file of 64-bit sizes (RF64)";
        if (file.StartsWith("RIFF"u8))
            return file.Length < 12 ? "a wav file cut off in its first bytes" : "a RIFF file, but not of waves";
        if (file.StartsWith("OggS"u8))
            return "an Ogg file (Vorbis or Opus)";
        if (file.StartsWith("fLaC"u8))
            return "a FLAC file";
        if (file.StartsWith("ID3"u8) || file.Length > 2 && file[0] == 0xFF && (file[1] & 0xE6) == 0xE2)
            return "an MP3 file";
        if (file.Length > 2 && file[0] == 0xFF && (file[1] & 0xF6) == 0xF0)
            return "an AAC stream";
        if (file.Length > 8 && file[4..].StartsWith("ftyp"u8))
            return "an MP4 or M4A file";
        if (file.StartsWith("FORM"u8))
            return "an AIFF file";
        if (file.StartsWith(".snd"u8))
            return "an AU file";
        if (file.StartsWith((ReadOnlySpan<byte>)[0x1A, 0x45, 0xDF, 0xA3]))
            return "a WebM or Matroska file";
        if (file.StartsWith("version https://git-lfs"u8))
            return "a Git LFS pointer, not the file itself";
        return IsText(file[..Math.Min(file.Length, 256)]) ? "a text file" : "no known audio file";
    }

    /// <summary>The name of a wav file's encoding.</summary>
    public static string Encoding(ushort tag) => tag switch
    {
        2 => "Microsoft ADPCM",
        6 => "A-law",
        7 => "µ-law",
        0x11 => "IMA ADPCM",
        0x31 => "GSM 6.10",
        0x50 or 0x55 => "MPEG audio",
        _ => $"format 0x{tag:X4}",
    };

    private static bool IsText(ReadOnlySpan<byte> bytes)
    {
        foreach (byte b in bytes)
        {
            if (b is < 0x20 and not ((byte)'\t' or (byte)'\n' or (byte)'\r') or 0x7F)
                return false;
        }
        return true;
    }
}
