using MLTransfer.Internal;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Backbones;

/// <summary>
/// Tells a text graph's integer inputs apart by what the graph does with them: token ids index the largest embedding table, token types and positions another, and the mask
/// none. Names decide only between inputs that the graph treats alike.
/// </summary>
internal static class InputRoles
{
    public const string Ids = "ids";
    public const string Mask = "mask";
    public const string Types = "types";
    public const string Positions = "positions";

    public static IReadOnlyDictionary<string, string> Infer(OnnxGraph graph, BackboneModality modality, string origin)
    {
        OnnxValue[] inputs = RequiredInputs(graph);
        return modality == BackboneModality.Text ? InferText(graph, inputs, origin) : inputs.ToDictionary(i => i.Name, i => i.Name);
    }

    /// <summary>Inputs without an initializer of the same name: old files list their weights among the inputs.</summary>
    public static OnnxValue[] RequiredInputs(OnnxGraph graph) => [.. InputReach.Entries(graph)];

    private static SortedDictionary<string, string> InferText(OnnxGraph graph, OnnxValue[] inputs, string origin)
    {
        IEnumerable<string> all = inputs.Select(CardInference.Describe);
        OnnxValue[] integers = [.. inputs.Where(i => i.ElementType is OnnxElementType.Int64 or OnnxElementType.Int32)];
        var roles = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var tables = new List<(OnnxValue Input, long Rows)>();
        var index = new NodeIndex(graph);
        foreach (OnnxValue input in integers)
        {
            long? rows = TableRows(graph, index, input.Name);
            if (rows is not null && !SaysRole(input.Name, Mask))
                tables.Add((input, rows.Value));
            else if (roles.TryAdd(Mask, input.Name) is false)
                throw Throw.AmbiguousInputs(origin, all, $"both '{roles[Mask]}' and '{input.Name}' could be the attention mask");
        }
        if (tables.Count == 0 && integers.Length == 1)
            return new SortedDictionary<string, string>(StringComparer.Ordinal) { [Ids] = integers[0].Name };
        if (tables.Count == 0)
            throw Throw.AmbiguousInputs(origin, all, "none of them indexes an embedding table");

        long largest = tables.Max(t => t.Rows);
        OnnxValue[] ids = [.. tables.Where(t => t.Rows == largest).Select(t => t.Input)];
        OnnxValue chosen = ids.Length == 1 ? ids[0] : ids.FirstOrDefault(i => SaysRole(i.Name, Ids))
            ?? throw Throw.AmbiguousInputs(origin, all, $"{string.Join(" and ", ids.Select(i => $"'{i.Name}'"))} index tables of equal size");
        roles[Ids] = chosen.Name;
        foreach ((OnnxValue input, _) in tables.Where(t => t.Input != chosen))
        {
            string role = SaysRole(input.Name, Positions) ? Positions : Types;
            if (!roles.TryAdd(role, input.Name))
                throw Throw.AmbiguousInputs(origin, all, $"both '{roles[role]}' and '{input.Name}' could be the {role}");
        }
        return roles;
    }

    private static bool SaysRole(string input, string role) => role switch
    {
        Ids => input.Contains("input_id", StringComparison.OrdinalIgnoreCase) || input.Equals("ids", StringComparison.OrdinalIgnoreCase),
        Mask => input.Contains("mask", StringComparison.OrdinalIgnoreCase),
        Positions => input.Contains("position", StringComparison.OrdinalIgnoreCase),
        _ => false,
    };

    /// <summary>Rows of the table that an input's values index through Gather, past casts and reshapes; null where they index none.</summary>
    private static long? TableRows(OnnxGraph graph, NodeIndex index, string input)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal) { input };
        long? rows = null;
        // Nodes are in topological order, so one pass follows every path.
        foreach (OnnxNode node in graph.Nodes)
        {
            if (node.OpType is "Cast" or "Identity" or "Reshape" or "Squeeze" or "Unsqueeze" or "Flatten" && reached.Contains(node.Input(0)))
                reached.UnionWith(node.Outputs);
            else if (node.OpType == "Gather" && reached.Contains(node.Input(1))
                && index.Constant(index.Origin(node.Input(0), "DequantizeLinear", "Cast", "Identity")) is { Dimensions.Length: >= 2 } table)
                rows = Math.Max(rows ?? 0, table.Dimensions[0]);
        }
        return rows;
    }
}
