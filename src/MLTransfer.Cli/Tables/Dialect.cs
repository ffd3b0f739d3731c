namespace MLTransfer.Cli.Tables;

/// <summary>How a file separates its fields.</summary>
/// <param name="Separator">The byte between two fields.</param>
/// <param name="HasQuotes">Whether a field in quotes may hold separators and line ends, and a quote as two (RFC 4180). Else a quote is a character like any other.</param>
internal sealed record Dialect(byte Separator, bool HasQuotes)
{
    /// <summary>Commas and quotes.</summary>
    public static Dialect Csv { get; } = new((byte)',', true);

    /// <summary>Tabs, no quotes.</summary>
    public static Dialect Tsv { get; } = new((byte)'\t', false);

    /// <summary>The dialect of a file by its extension; null where it has none.</summary>
    /// <param name="extension">The extension with its point.</param>
    public static Dialect? Of(string extension) => extension.ToLowerInvariant() switch
    {
        ".csv" => Csv,
        ".tsv" => Tsv,
        _ => null,
    };
}
