using System.Collections.Immutable;

namespace MLTransfer.Onnx.Graphs;

/// <summary>
/// Reshapes to a shape that is computed while the graph runs, as exporters write attention: [Gather(Shape(x), 0), Gather(Shape(x), 1), 12, 32]. ONNX Runtime's inference loses
/// even the rank there, and with it the shapes of everything behind: 613 of 637 nodes of a MiniLM. What stands there as constants says the rank and most axes.
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

    /// <summary>For each such reshape whose rank was lost, its output with the axes that are known.</summary>
    /// <param name="inferred">What ONNX Runtime infers of <see cref="Asked"/>.</param>
    public IEnumerable<OnnxValue> Hints(IReadOnlyDictionary<string, OnnxValue> inferred)
    {
        foreach (OnnxNode node in _nodes)
        {
            if (inferred.TryGetValue(node.Outputs[0], out OnnxValue? output) && output.Dimensions.Length == 0 && Axes(node.Inputs[1], inferred) is OnnxDimension[] axes)
                yield return output with { Dimensions = [.. axes] };
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
