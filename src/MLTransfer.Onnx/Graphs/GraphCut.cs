using MLTransfer.Onnx.Internal;

namespace MLTransfer.Onnx.Graphs;

/// <summary>
/// Cuts a model at values inside it: they become its only outputs, and nodes, constants, inputs, functions and stated types that none of them needs fall away. What stays
/// keeps its bytes: weights remain slices of the original's file, external data its place.
/// </summary>
internal static class GraphCut
{
    /// <summary>The model whose outputs are these values, in this order. Shares the original's mapped file.</summary>
    /// <param name="model">The whole model.</param>
    /// <param name="values">Names of values that nodes of the main graph make and that depend on an input. Those without a type in the file get none: ONNX Runtime infers it.</param>
    /// <exception cref="ArgumentException">A name is unknown, an input, a constant, or lies inside a sub-graph or function.</exception>
    public static OnnxModel At(OnnxModel model, params IReadOnlyCollection<string> values)
    {
        ArgumentOutOfRangeException.ThrowIfZero(values.Count, nameof(values));
        foreach (string value in values)
            Check(model, value);
        OnnxGraph graph = model.Graph;
        (HashSet<OnnxNode> nodes, HashSet<string> read) = Needed(graph, values);
        OnnxNode[] kept = [.. graph.Nodes.Where(nodes.Contains)];
        HashSet<string> made = [.. kept.SelectMany(n => n.Outputs)];
        HashSet<string> outputs = [.. values];
        HashSet<(string, string)> called = Called(model, kept);
        return model with
        {
            Graph = graph with
            {
                Nodes = [.. kept],
                Inputs = [.. graph.Inputs.Where(i => read.Contains(i.Name))],
                Outputs = [.. values.Distinct(StringComparer.Ordinal).Select(name => Stated(graph, name))],
                Initializers = [.. graph.Initializers.Where(t => read.Contains(t.Name))],
                SparseInitializers = [.. graph.SparseInitializers.Where(t => t.Values is not null && read.Contains(t.Values.Name))],
                ValueInfo = [.. graph.ValueInfo.Where(v => made.Contains(v.Name) && !outputs.Contains(v.Name))],
            },
            Functions = [.. model.Functions.Where(f => called.Contains((f.Domain, f.Name)))],
        };
    }

    /// <summary>Where a name of the model stands.</summary>
    public static ValuePlace PlaceOf(OnnxModel model, string name)
    {
        OnnxGraph graph = model.Graph;
        if (name.Length == 0)
            return ValuePlace.Nowhere;
        if (graph.Initializers.Any(t => t.Name == name) || graph.SparseInitializers.Any(t => t.Values?.Name == name))
            return ValuePlace.Constant;
        if (graph.Inputs.Any(i => i.Name == name))
            return ValuePlace.Input;
        if (graph.Nodes.Any(n => n.Outputs.Contains(name)))
            return InputReach.Of(graph).Contains(name) ? ValuePlace.Node : ValuePlace.Constant;
        bool isInner = model.AllGraphs().Any(g => Defines(g, name)) || model.Functions.Any(f => f.Nodes.Any(n => n.Outputs.Contains(name)));
        return isInner ? ValuePlace.Inside : ValuePlace.Nowhere;
    }

    private static bool Defines(OnnxGraph graph, string name) =>
        graph.Nodes.Any(n => n.Outputs.Contains(name)) || graph.Inputs.Any(i => i.Name == name) || graph.Initializers.Any(t => t.Name == name);

    private static void Check(OnnxModel model, string value)
    {
        switch (PlaceOf(model, value))
        {
            case ValuePlace.Node:
                return;
            case ValuePlace.Input:
                throw Throw.CutAtInput(value);
            case ValuePlace.Constant:
                throw Throw.CutAtConstant(value);
            case ValuePlace.Inside:
                throw Throw.CutInside(value);
            default:
                throw Throw.CutAtNothing(value);
        }
    }

    /// <summary>The nodes that the values need, and every name that those nodes read.</summary>
    private static (HashSet<OnnxNode> Nodes, HashSet<string> Read) Needed(OnnxGraph graph, IReadOnlyCollection<string> values)
    {
        var producers = new Dictionary<string, OnnxNode>(StringComparer.Ordinal);
        foreach (OnnxNode node in graph.Nodes)
        {
            foreach (string output in node.Outputs.Where(o => o.Length > 0))
                producers.TryAdd(output, node);
        }
        // By reference: two nodes may be equal records.
        var nodes = new HashSet<OnnxNode>(ReferenceEqualityComparer.Instance);
        var read = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>(values);
        while (open.TryPop(out string? name))
        {
            if (!producers.TryGetValue(name, out OnnxNode? node) || !nodes.Add(node))
                continue;
            foreach (string input in NodeReads.Of(node))
            {
                if (read.Add(input))
                    open.Push(input);
            }
        }
        return (nodes, read);
    }

    /// <summary>The type that the file states of a value, if it does.</summary>
    private static OnnxValue Stated(OnnxGraph graph, string name) => graph.Outputs.Concat(graph.ValueInfo).FirstOrDefault(v => v.Name == name)
        ?? new OnnxValue { Name = name, IsRankKnown = false };

    /// <summary>Domains and names of the operators in these nodes, in their sub-graphs, and in the bodies of the functions that those are.</summary>
    private static HashSet<(string, string)> Called(OnnxModel model, IEnumerable<OnnxNode> nodes)
    {
        ILookup<(string, string), OnnxFunction> functions = model.Functions.ToLookup(f => (f.Domain, f.Name));
        var called = new HashSet<(string, string)>();
        var open = new Stack<OnnxNode>(nodes);
        while (open.TryPop(out OnnxNode? node))
        {
            bool isNew = called.Add((node.Domain, node.OpType));
            foreach (OnnxNode inner in node.Attributes.SelectMany(a => a.SubGraphs).SelectMany(g => g.Nodes))
                open.Push(inner);
            if (!isNew)
                continue;
            foreach (OnnxNode inner in functions[(node.Domain, node.OpType)].SelectMany(f => f.Nodes))
                open.Push(inner);
        }
        return called;
    }
}
