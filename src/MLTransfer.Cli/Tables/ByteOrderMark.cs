namespace MLTransfer.Cli.Tables;

/// <summary>The mark that some programs put before a text.</summary>
internal static class ByteOrderMark
{
    public const int MaximumLength = 3;

    /// <summary>The bytes of UTF-8's mark at the start of a text: 3 or 0.</summary>
    /// <exception cref="InvalidDataException">It has the mark of UTF-16.</exception>
    public static int Length(ReadOnlySpan<byte> text, string path) => text switch
    {
        [0xEF, 0xBB, 0xBF, ..] => 3,
        [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] => throw new InvalidDataException($"'{path}' begins with the byte order mark of UTF-16. Save the file as UTF-8."),
        _ => 0,
    };
}
