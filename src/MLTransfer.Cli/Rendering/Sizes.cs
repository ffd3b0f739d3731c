using System.Globalization;

namespace MLTransfer.Cli.Rendering;

/// <summary>Numbers as people read them.</summary>
internal static class Sizes
{
    /// <summary>Bytes in decimal units, such as "90.4 MB".</summary>
    public static string Bytes(long count) => count switch
    {
        >= 1_000_000_000 => Text(count / 1e9, "GB"),
        >= 1_000_000 => Text(count / 1e6, "MB"),
        >= 1_000 => Text(count / 1e3, "KB"),
        _ => $"{count} bytes",
    };

    /// <summary>A count with thousands separated, such as "22,713,216".</summary>
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Text(double value, string unit) => string.Create(CultureInfo.InvariantCulture, $"{value:0.0} {unit}");
}
