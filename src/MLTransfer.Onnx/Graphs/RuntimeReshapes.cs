using System.Collections.Immutable;

namespace MLTransfer.Onnx.Graphs;

/// <summary>
/// Reshapes to a shape that is computed while the graph runs, as exporters write attention: [Gather(Shape(x), 0), Gather(Shape(x), 1), 12, 32]. ONNX Runtime's inference loses
/// the sizes there, below opset 14 even the rank, and with them the shapes of what is behind: of a MiniLM's 317 candidates 24 were left. What stands there as constants says the
/// rank and most sizes.
/// </summary>
internal sealed class RuntimeReshapes
{
    private readonly NodeIndex _index;
    private readonly OnnxNode[] _nodes;

    public RuntimeReshapes(OnnxGraph graph)
    {
        _index = new NodeIndex(graph);
        HashSet<string> reached = InputReach.Of(graph);
        _nodes = [.. graph.Nodes.Where(n => n is { OpType: "Reshape", IsStandard: true, Inputs.Length: 2, Outputs.Length: 1 } && reached.Contains(n.Inputs[1]))];
        Asked = [.. _nodes.SelectMany(n => Parts(n.Inputs[1]).Append(n.Outputs[0]).Append(n.Inputs[1])).Where(reached.Contains).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The values whose types <see cref="Hints"/> needs; none where the graph has no such reshape.</summary>
    public ImmutableArray<string> Asked { get; }

    /// <summary>For each such reshape of which more is known than ONNX Runtime infers, its output with both.</summary>
    /// <param name="inferred">What ONNX Runtime infers of <see cref="Asked"/>.</param>
    public IEnumerable<OnnxValue> Hints(IReadOnlyDictionary<string, OnnxValue> inferred)
    {
        foreach (OnnxNode node in _nodes)
        {
            if (!inferred.TryGetValue(node.Outputs[0], out OnnxValue? output) || Axes(node.Inputs[1], inferred) is not OnnxDimension[] axes)
                continue;
            ImmutableArray<OnnxDimension> known = output.Dimensions.Length == axes.Length ? output.Dimensions : [.. axes];
            ImmutableArray<OnnxDimension> both = [.. known.Select((axis, i) => axis.Value is null && axes[i].Value is not null ? axes[i] : axis)];
            if (!both.SequenceEqual(output.Dimensions))
                yield return output with { Dimensions = both };
        }
    }

    private OnnxDimension[]? Axes(string shape, IReadOnlyDictionary<string, OnnxValue> inferred)
    {
        var axes = new List<OnnxDimension>();
        foreach (string part in Parts(shape))
        {
            // −1 and 0 stand for what the input has.
            if (_index.Constant(_index.Origin(part, "Unsqueeze", "Identity")) is OnnxTensor constant)
                axes.AddRange(constant.ToInt64s().Select(size => size > 0 ? size : default(OnnxDimension)));
            else if (inferred.TryGetValue(part, out OnnxValue? computed) && computed.Dimensions is [{ Value: long count and > 0 and <= ReadContext.LargestRank }])
                axes.AddRange(Enumerable.Repeat(default(OnnxDimension), (int)count));
            else
                return null;
        }
        return axes.Count is > 0 and <= ReadContext.LargestRank ? [.. axes] : null;
    }

    private ImmutableArray<string> Parts(string shape) => _index.Producer(shape) is { OpType: "Concat" } concat ? concat.Inputs : [shape];
}
