using System.Buffers.Binary;

namespace MLTransfer.Images;

/// <summary>
/// What a GIF file says about its first frame. Pillow's convert("RGB") shows a transparent pixel in the palette's colour, and what the frame does not cover in the transparent
/// colour or, without one, in colour 0; Skia leaves both empty. So the flag of transparency is taken out before Skia sees the file, and the rest is filled in here.
/// </summary>
internal readonly record struct GifFirstFrame
{
    /// <summary>The place of the byte with the transparency flag, or −1.</summary>
    public int FlagsAt { get; private init; }

    public int Left { get; private init; }

    public int Top { get; private init; }

    public int Width { get; private init; }

    public int Height { get; private init; }

    /// <summary>Colour (red in the lowest byte) of what the frame does not cover.</summary>
    public uint Around { get; private init; }

    /// <summary>Null where the file is not understood; then Skia decides what is wrong with it.</summary>
    public static GifFirstFrame? Read(ReadOnlySpan<byte> file)
    {
        if (file.Length < 13 || !file.StartsWith("GIF8"u8))
            return null;
        ReadOnlySpan<byte> palette = default;
        int at = 13;
        if ((file[10] & 0x80) != 0)
        {
            int bytes = 3 << ((file[10] & 7) + 1);
            if (at + bytes > file.Length)
                return null;
            palette = file.Slice(at, bytes);
            at += bytes;
        }
        int flagsAt = -1;
        int transparent = 0;
        while (at + 10 <= file.Length)
        {
            if (file[at] == 0x2C)
            {
                ReadOnlySpan<byte> frame = file[at..];
                byte flags = frame[9];
                if ((flags & 0x80) != 0)
                {
                    int bytes = 3 << ((flags & 7) + 1);
                    if (frame.Length < 10 + bytes)
                        return null;
                    palette = frame.Slice(10, bytes);
                }
                return new GifFirstFrame
                {
                    FlagsAt = flagsAt,
                    Left = BinaryPrimitives.ReadUInt16LittleEndian(frame[1..]),
                    Top = BinaryPrimitives.ReadUInt16LittleEndian(frame[3..]),
                    Width = BinaryPrimitives.ReadUInt16LittleEndian(frame[5..]),
                    Height = BinaryPrimitives.ReadUInt16LittleEndian(frame[7..]),
                    Around = 3 * transparent + 3 <= palette.Length
                        ? palette[3 * transparent] | (uint)palette[3 * transparent + 1] << 8 | (uint)palette[3 * transparent + 2] << 16 | 0xFF000000 : 0xFF000000,
                };
            }
            if (file[at] != 0x21)
                return null;
            // A graphic control extension: its block of four bytes is flags, delay, transparent colour.
            if (file[at + 1] == 0xF9 && file[at + 2] >= 4 && (file[at + 3] & 1) != 0)
            {
                flagsAt = at + 3;
                transparent = file[at + 6];
            }
            at += 2;
            while (at < file.Length && file[at] != 0)
                at += 1 + file[at];
            at++;
        }
        return null;
    }
}
