using System.Collections.Immutable;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Training.Parts;

/// <summary>
/// The blocks of a network, found by its structure: between two neighbouring values that everything must pass lies either one layer or a unit of parallel paths (a residual, an
/// attention). An attention and the feed-forward unit behind it are one block, the encoder layer; so are a layer and a unit that take turns (squeeze and expand: a fire module).
/// Other single layers in a row between units are one block. What has no weights belongs to the block before it, so that a normalisation goes with what it normalises.
/// </summary>
internal sealed class GraphBlocks
{
    private const int LongestPattern = 3;
    private const string Depthwise = "depthwise Conv";

    // Rows multiplied by rows.
    private const string Attention = "attention";

    private readonly Dictionary<OnnxNode, int> _blocks;

    private GraphBlocks(Dictionary<OnnxNode, int> blocks, ImmutableArray<string> ends)
    {
        _blocks = blocks;
        Ends = ends;
    }

    public int Count => Ends.Length;

    /// <summary>The value that leaves each block.</summary>
    public ImmutableArray<string> Ends { get; }

    /// <summary>The block of a node; −1 for nodes that the output does not need or that no row passes.</summary>
    public int Of(OnnxNode node) => _blocks.GetValueOrDefault(node, -1);

    /// <summary>Finds the blocks in front of an output.</summary>
    public static GraphBlocks Before(OnnxGraph graph, string output)
    {
        var heavy = new HeavyFlow(graph);
        OnnxNode[] nodes = Cone(graph, output, heavy);
        List<Unit> units = Units(nodes, Passes(nodes, heavy), heavy);
        units = JoinLayers(JoinPatterns(units));
        var blocks = new Dictionary<OnnxNode, int>(ReferenceEqualityComparer.Instance);
        int start = 0;
        for (int b = 0; b < units.Count; b++)
        {
            for (int i = start; i <= units[b].Last; i++)
                blocks[nodes[i]] = b;
            start = units[b].Last + 1;
        }
        return new GraphBlocks(blocks, [.. units.Select(u => nodes[u.Last].Outputs.First(heavy.Contains))]);
    }

    /// <summary>The nodes that rows pass on their way to the output, in order.</summary>
    private static OnnxNode[] Cone(OnnxGraph graph, string output, HeavyFlow heavy)
    {
        HashSet<string> needed = [output];
        var nodes = new List<OnnxNode>();
        foreach (OnnxNode node in graph.Nodes.Reverse())
        {
            if (!node.Outputs.Any(o => needed.Contains(o) && heavy.Contains(o)))
                continue;
            nodes.Add(node);
            needed.UnionWith(NodeReads.Of(node));
        }
        nodes.Reverse();
        return [.. nodes];
    }

    /// <summary>The nodes that all rows pass: those that no edge leads over.</summary>
    private static bool[] Passes(OnnxNode[] nodes, HeavyFlow heavy)
    {
        Dictionary<string, int> makers = new(StringComparer.Ordinal);
        int[] furthest = new int[nodes.Length];
        int firstSource = -1;
        bool[] passes = new bool[nodes.Length];
        for (int i = 0; i < nodes.Length; i++)
        {
            string[] read = [.. NodeReads.Of(nodes[i]).Where(heavy.Contains)];
            foreach (string value in read.Where(makers.ContainsKey))
                furthest[makers[value]] = i;
            // A further source (token types beside tokens) is an edge from the input.
            if (read.Length == 0)
                firstSource = i;
            foreach (string made in nodes[i].Outputs)
                makers[made] = i;
        }
        int reach = firstSource;
        for (int i = 0; i < nodes.Length; i++)
        {
            passes[i] = reach <= i;
            reach = Math.Max(reach, furthest[i]);
        }
        return passes;
    }

    private static List<Unit> Units(OnnxNode[] nodes, bool[] passes, HeavyFlow heavy)
    {
        var units = new List<Unit>();
        int start = 0;
        for (int i = 0; i < nodes.Length; i++)
        {
            if (!passes[i])
                continue;
            OnnxNode[] layers = [.. nodes[start..(i + 1)].Where(HeavyFlow.IsLayer)];
            // One node is no parallel path; nor is a normalisation written out, which has no layer.
            bool isParallel = i > start;
            if (layers.Length == 0 && units.Count > 0)
                units[^1] = units[^1] with { Last = i };
            else
                units.Add(new Unit(i, isParallel, [.. layers.Select(l => Signature(l, heavy))]));
            start = i + 1;
        }
        // In front of the first layer: the input's scaling, or the tables of a text encoder.
        if (units.Count > 1 && units[0].Layers.IsEmpty)
        {
            bool isEmbedding = nodes[..(units[0].Last + 1)].Any(n => n.OpType == "Gather" && n.Outputs.Any(heavy.Contains));
            if (!isEmbedding)
                units.RemoveAt(0);
        }
        return units;
    }

    private static string Signature(OnnxNode layer, HeavyFlow heavy) => layer.OpType switch
    {
        "Conv" when layer.Int("group", 1) > 1 => Depthwise,
        _ when HeavyFlow.IsAttention(layer) || (layer.OpType is "MatMul" or "Einsum" && layer.Inputs.Count(heavy.Contains) > 1) => Attention,
        _ => layer.OpType,
    };

    /// <summary>Single layers in a row become one block where units stand beside them; in a plain chain each stays its own, a depthwise layer with the one after it.</summary>
    private static List<Unit> JoinLayers(List<Unit> units)
    {
        bool isChain = !units.Any(u => u.IsParallel && !u.Layers.IsEmpty);
        var joined = new List<Unit>();
        foreach (Unit unit in units)
        {
            bool joins = joined.Count > 0 && (isChain ? joined[^1].Layers is [Depthwise] : !unit.IsParallel && !joined[^1].IsParallel && !joined[^1].Layers.IsEmpty);
            if (joins)
                joined[^1] = joined[^1] with { Last = unit.Last, Layers = [.. joined[^1].Layers, .. unit.Layers] };
            else
                joined.Add(unit);
        }
        return joined;
    }

    /// <summary>Units that belong together become one block: an attention with what follows it, layers and a unit that take turns.</summary>
    private static List<Unit> JoinPatterns(List<Unit> units)
    {
        var joined = new List<Unit>();
        for (int i = 0; i < units.Count;)
        {
            int period = Enumerable.Range(2, LongestPattern - 1).FirstOrDefault(length => Repeats(units, i, length), defaultValue: 1);
            // The last encoder layer, or the only one.
            if (period == 1 && units[i].Attends && i + 1 < units.Count && units[i + 1] is { IsParallel: true, Layers.IsEmpty: false, Attends: false })
                period = 2;
            int rounds = 1;
            while (period > 1 && i + (rounds + 1) * period <= units.Count && Enumerable.Range(i, period).All(j => Same(units[j], units[j + rounds * period])))
                rounds++;
            for (int round = 0; round < rounds; round++, i += period)
                joined.Add(period == 1 ? units[i] : new Unit(units[i + period - 1].Last, true, [.. units[i..(i + period)].SelectMany(u => u.Layers)]));
        }
        return joined;
    }

    /// <summary>Whether different units from here on repeat in the same order. Residual units with and without a layer in their shortcut take turns, too, and stay apart.</summary>
    private static bool Repeats(List<Unit> units, int start, int length)
    {
        if (start + 2 * length > units.Count || !Enumerable.Range(start, length).All(j => Same(units[j], units[j + length])))
            return false;
        Unit[] pattern = [.. units[start..(start + length)]];
        return !pattern.Skip(1).Any(u => Same(u, pattern[0])) && (pattern.Any(u => u.Attends) || (!pattern[0].IsParallel && pattern[^1].IsParallel));
    }

    private static bool Same(Unit a, Unit b) => a.Layers.SequenceEqual(b.Layers);

    private sealed record Unit(int Last, bool IsParallel, ImmutableArray<string> Layers)
    {
        public bool Attends => Layers.Contains(Attention);
    }
}
