using MLTransfer.Cli.Data;

namespace MLTransfer.Cli.Tables;

/// <summary>What a file of an input is: a table, a picture or a sound.</summary>
/// <param name="Name">What such files are called.</param>
/// <param name="Extensions">How their names end, with the point.</param>
/// <param name="Format">The format of tables; null for pictures and sounds.</param>
/// <param name="Media">What pictures and sounds are for; null for tables.</param>
internal sealed record InputKind(string Name, IReadOnlyList<string> Extensions, TableFormat? Format, BackboneModality? Media)
{
    /// <summary>All that can be read.</summary>
    public static IReadOnlyList<InputKind> All { get; } =
    [
        .. TableFormat.All.Select(f => new InputKind(f.Name, f.Extensions, f, null)),
        new InputKind("pictures", ClassFolder.PictureExtensions, null, BackboneModality.Image),
        new InputKind("sounds", [".wav"], null, BackboneModality.Audio),
    ];

    /// <summary>The kind of a file by its name; null where none has its ending.</summary>
    public static InputKind? Of(string path) => All.FirstOrDefault(k => k.Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase));

    /// <summary>All kinds with their endings, for messages.</summary>
    public static string Supported => string.Join("; ", All.Select(k => k.ToString()));

    public override string ToString() => $"{Name} ({string.Join(", ", Extensions)})";
}
