using System.Collections.Immutable;
using MLTransfer.Onnx.Graphs;

namespace MLTransfer.Onnx.Training.Parts;

/// <summary>
/// The blocks of a network, found by its structure: between two neighbouring values that everything must pass lies either one layer or a unit of parallel paths (a residual, an
/// attention, a fire module). Single layers in a row between units are one block; units that take turns (attention, feed-forward, attention, …) are joined into the block that
/// repeats, the encoder layer. What has no weights belongs to the block before it, so that a normalisation goes with what it normalises.
/// </summary>
internal sealed class GraphBlocks
{
    private const int LongestPattern = 3;

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
        units = JoinPatterns(JoinLayers(units));
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
                units.Add(new Unit(i, isParallel, [.. layers.Select(l => Signature(l))]));
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

    private static string Signature(OnnxNode layer) => layer.OpType is "Conv" ? $"Conv {layer.Int("group", 1) > 1}" : layer.OpType;

    /// <summary>Single layers in a row become one block where units stand beside them; in a plain chain each stays its own, a depthwise layer with the one after it.</summary>
    private static List<Unit> JoinLayers(List<Unit> units)
    {
        bool isChain = !units.Any(u => u.IsParallel && !u.Layers.IsEmpty);
        var joined = new List<Unit>();
        foreach (Unit unit in units)
        {
            bool joins = joined.Count > 0 && (isChain ? joined[^1].Layers is ["Conv True"] : !unit.IsParallel && !joined[^1].IsParallel && !joined[^1].Layers.IsEmpty);
            if (joins)
                joined[^1] = joined[^1] with { Last = unit.Last, Layers = [.. joined[^1].Layers, .. unit.Layers] };
            else
                joined.Add(unit);
        }
        return joined;
    }

    /// <summary>Different units that repeat in the same order become one block for each round.</summary>
    private static List<Unit> JoinPatterns(List<Unit> units)
    {
        var joined = new List<Unit>();
        for (int i = 0; i < units.Count;)
        {
            int period = 1;
            for (int length = 2; length <= LongestPattern && period == 1; length++)
            {
                bool repeats = i + 2 * length <= units.Count && Enumerable.Range(i, length).All(j => Same(units[j], units[j + length]));
                if (repeats && !Enumerable.Range(i + 1, length - 1).Any(j => Same(units[i], units[j])))
                    period = length;
            }
            int rounds = 1;
            while (period > 1 && i + (rounds + 1) * period <= units.Count && Enumerable.Range(i, period).All(j => Same(units[j], units[j + rounds * period])))
                rounds++;
            for (int round = 0; round < rounds; round++, i += period)
                joined.Add(new Unit(units[i + period - 1].Last, true, [.. units[i..(i + period)].SelectMany(u => u.Layers)]));
        }
        return joined;
    }

    private static bool Same(Unit a, Unit b) => a.Layers.SequenceEqual(b.Layers);

    private sealed record Unit(int Last, bool IsParallel, ImmutableArray<string> Layers);
}
