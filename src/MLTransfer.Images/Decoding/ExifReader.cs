using System.Buffers.Binary;

namespace MLTransfer.Images;

/// <summary>
/// The orientation in a file's EXIF data, found where Pillow finds it: APP1 of JPEG, eXIf of PNG, EXIF of WebP. Damaged EXIF data mean upright; they say nothing about the pixels.
/// </summary>
internal static class ExifReader
{
    private const int OrientationTag = 0x0112;

    public static ImageOrientation Orientation(ReadOnlySpan<byte> file)
    {
        ReadOnlySpan<byte> exif = file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8]) ? InJpeg(file)
            : file.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G']) ? InPng(file)
            : file.StartsWith("RIFF"u8) ? InWebP(file)
            : default;
        int orientation = Read(exif);
        return orientation is >= 1 and <= 8 ? (ImageOrientation)orientation : ImageOrientation.Upright;
    }

    private static ReadOnlySpan<byte> InJpeg(ReadOnlySpan<byte> file)
    {
        int at = 2;
        while (at + 4 <= file.Length && file[at] == 0xFF)
        {
            byte marker = file[at + 1];
            if (marker == 0xFF)
            {
                at++;
                continue;
            }
            // Start of scan, end of image: no more headers.
            if (marker is 0xDA or 0xD9)
                break;
            int length = BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]);
            if (length < 2 || at + 2 + length > file.Length)
                break;
            ReadOnlySpan<byte> body = file.Slice(at + 4, length - 2);
            if (marker == 0xE1 && body.StartsWith("Exif\0"u8))
                return body;
            at += 2 + length;
        }
        return default;
    }

    private static ReadOnlySpan<byte> InPng(ReadOnlySpan<byte> file)
    {
        long at = 8;
        while (at + 12 <= file.Length)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(file[(int)at..]);
            if (at + 12 + length > file.Length)
                break;
            if (file.Slice((int)at + 4, 4).SequenceEqual("eXIf"u8))
                return file.Slice((int)at + 8, (int)length);
            at += 12 + length;
        }
        return default;
    }

    private static ReadOnlySpan<byte> InWebP(ReadOnlySpan<byte> file)
    {
        long at = 12;
        while (at + 8 <= file.Length)
        {
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(file[((int)at + 4)..]);
            if (at + 8 + length > file.Length)
                break;
            if (file.Slice((int)at, 4).SequenceEqual("EXIF"u8))
                return file.Slice((int)at + 8, (int)length);
            at += 8 + length + (length & 1);
        }
        return default;
    }

    /// <summary>The orientation in a TIFF header's first directory; 0 where there is none.</summary>
    private static int Read(ReadOnlySpan<byte> exif)
    {
        if (exif.StartsWith("Exif\0\0"u8))
            exif = exif[6..];
        bool little = exif.StartsWith("II"u8);
        if (exif.Length < 8 || (!little && !exif.StartsWith("MM"u8)))
            return 0;
        uint directory = UInt32(exif[4..], little);
        if (directory > exif.Length - 2)
            return 0;
        int count = UInt16(exif[(int)directory..], little);
        for (int i = 0; i < count; i++)
        {
            long at = directory + 2 + 12L * i;
            if (at + 12 > exif.Length)
                break;
            ReadOnlySpan<byte> entry = exif.Slice((int)at, 12);
            if (UInt16(entry, little) != OrientationTag)
                continue;
            // Types: 1 byte, 3 two bytes, 4 four bytes.
            return UInt16(entry[2..], little) switch
            {
                1 => entry[8],
                3 => UInt16(entry[8..], little),
                4 => (int)Math.Min(UInt32(entry[8..], little), int.MaxValue),
                _ => 0,
            };
        }
        return 0;
    }

    private static ushort UInt16(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private static uint UInt32(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
}
