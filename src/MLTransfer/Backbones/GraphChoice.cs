using MLTransfer.Internal;

namespace MLTransfer.Backbones;

/// <summary>Which of several .onnx files is a backbone's graph: one rule for folders and for repositories that are not here yet.</summary>
internal static class GraphChoice
{
    private const string Extension = ".onnx";
    private const string InnerFolder = "onnx/";

    /// <summary>Those paths that can be the graph: in the folder itself, then in its subfolder <c>onnx</c>.</summary>
    /// <param name="paths">Relative to the folder, with forward slashes.</param>
    public static string[] Candidates(IEnumerable<string> paths)
    {
        string[] graphs = [.. paths.Where(p => p.EndsWith(Extension, StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal)];
        return
        [
            .. graphs.Where(p => !p.Contains('/', StringComparison.Ordinal)),
            .. graphs.Where(p => p.StartsWith(InnerFolder, StringComparison.Ordinal) && p.LastIndexOf('/') == InnerFolder.Length - 1),
        ];
    }

    /// <summary>The one asked for, else the card's, else the only one, else <c>model.onnx</c>.</summary>
    /// <param name="place">Where they are, for messages.</param>
    /// <param name="names">The candidates, at least one.</param>
    /// <param name="card">The card, where there is one.</param>
    /// <param name="variant">What was asked for: a path, a file name, or a file name without extension.</param>
    /// <exception cref="ArgumentException">There is no such variant, or several graphs and none is called model.onnx.</exception>
    /// <exception cref="InvalidDataException">The card names a graph that is not there.</exception>
    public static string Choose(GraphPlace place, IReadOnlyList<string> names, BackboneCard? card, string? variant)
    {
        if (variant is not null)
        {
            string[] matches = [.. names.Where(n => n == variant || Path.GetFileName(n) == variant || Path.GetFileNameWithoutExtension(n) == variant)];
            return matches.Length == 1 ? matches[0] : throw Throw.NoSuchVariant(place, variant, names);
        }
        if (card is not null)
            return names.Contains(card.Graph) ? card.Graph : throw Throw.CardValue(place.CardPath, "graph", card.Graph, $"one of {string.Join(", ", names)}");
        if (names.Count == 1)
            return names[0];
        string[] plain = [.. names.Where(n => Path.GetFileName(n) == "model.onnx")];
        return plain.Length == 1 ? plain[0] : throw Throw.SeveralGraphs(place, names);
    }
}
