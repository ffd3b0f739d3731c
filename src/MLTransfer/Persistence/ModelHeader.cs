using System.Buffers.Binary;
using System.Text;

namespace MLTransfer.Persistence;

/// <summary>
/// What ML.NET's binary model header says about who loads the model. The layout is fixed: 0x100 bytes, little-endian; version at 0x08, two loader
/// names of 24 bytes at 0x50 and 0x68, position (from the header's start) and size of the assembly's name in UTF-16 at 0x90 and 0x98.
/// </summary>
internal readonly record struct ModelHeader(string Loader, string AlternativeLoader, long NamePosition, int NameLength)
{
    public const int Size = 0x100;

    private const uint FirstVersionWithName = 0x00010002;
    private const int LongestName = 4096;

    /// <summary>The eight bytes every header begins with: "ML", zero, "MODEL".</summary>
    public static ReadOnlySpan<byte> Signature => "ML\0MODEL"u8;

    /// <summary>Reads a header; null for one that ML.NET would refuse.</summary>
    public static ModelHeader? Read(ReadOnlySpan<byte> header)
    {
        uint version = BinaryPrimitives.ReadUInt32LittleEndian(header[0x08..]);
        long position = BinaryPrimitives.ReadInt64LittleEndian(header[0x90..]);
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(header[0x98..]);
        if (version < FirstVersionWithName)
            (position, length) = (0, 0);
        bool isSound = position == 0 ? length == 0 : position >= Size && length % sizeof(char) == 0 && length <= LongestName;
        return isSound ? new ModelHeader(Text(header.Slice(0x50, 24)), Text(header.Slice(0x68, 24)), position, (int)length) : null;
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes.TrimEnd((byte)0)).Trim();
}
