namespace MLTransfer.Persistence;

/// <summary>
/// What the manifest says of a binary part: a plain file name, its length in bytes, and its SHA-256 as 64 lower-case hexadecimal digits.
/// </summary>
internal sealed record PayloadPart(string Name, long Length, string Sha256)
{
    public const int HashLength = 64;
    private const int LongestName = 100;

    // Entries that ML.NET itself reads in a step's directory.
    private static readonly string[] Reserved = ["Model.key", "Model.bin", PayloadManifest.FileName];

    /// <summary>
    /// True for names that are plain file names on every system: ASCII letters, digits, '.', '_' and '-', beginning with a letter or digit, without
    /// "..".
    /// </summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= LongestName && char.IsAsciiLetterOrDigit(name[0]) && !name.Contains("..", StringComparison.Ordinal)
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-') && !Reserved.Contains(name, StringComparer.OrdinalIgnoreCase);
}
