using System.Collections.Immutable;

namespace MLTransfer.Onnx.Graphs;

/// <summary>
/// Makes weights that a graph computes from constants into constants themselves, so that they can be trained: a weight behind DequantizeLinear, Cast, Transpose, Reshape or Identity becomes a
/// float initializer with the name that its value has in the graph. What the graph computes stays the same.
/// </summary>
/// <remarks>
/// DequantizeLinear is (W − zero point) · scale, both one number or one for each place of an axis. A table of quantised numbers with one scale is also unfolded where rows are taken
/// out of it first: Gather and DequantizeLinear may be exchanged. So is one with a scale for each row (<see cref="ScaledTable"/>). A Constant node of several real numbers becomes an initializer.
/// </remarks>
internal static class WeightUnfolding
{
    private const string FloatSuffix = "_float";

    /// <summary>Rewrites the main graph; the copy shares the original's mapped file.</summary>
    /// <param name="model">The model.</param>
    /// <param name="wanted">Which weights become constants, by the names that they then have. Default: all.</param>
    public static OnnxModel Unfold(OnnxModel model, Func<string, bool>? wanted = null)
    {
        OnnxGraph graph = model.Graph;
        var index = new NodeIndex(graph);
        wanted ??= _ => true;
        var constants = graph.Initializers.ToDictionary(t => t.Name, StringComparer.Ordinal);
        var gathers = new Dictionary<string, OnnxNode>(StringComparer.Ordinal);
        var made = new List<OnnxTensor>();
        var nodes = new List<OnnxNode>();
        foreach (OnnxNode node in graph.Nodes)
        {
            if (Compute(node, constants) is OnnxTensor tensor)
            {
                constants[tensor.Name] = tensor;
                if (wanted(tensor.Name))
                    made.Add(tensor);
                else
                    nodes.Add(node);
            }
            else if ((Exchange(node, gathers, constants, made, wanted) ?? Unscale(node, index, constants, made, wanted)) is OnnxNode gather)
            {
                nodes.Add(gather);
            }
            else
            {
                if (node is { OpType: "Gather", IsStandard: true })
                    gathers[node.Outputs[0]] = node;
                nodes.Add(node);
            }
        }
        return made.Count == 0 ? model : model.WithGraph(Prune(graph, nodes, made));
    }

    /// <summary>The value of a node over constants; null where it is none of the known ones, or where its value is no weight.</summary>
    private static OnnxTensor? Compute(OnnxNode node, Dictionary<string, OnnxTensor> constants)
    {
        if (!node.IsStandard || node.Outputs.Length != 1)
            return null;
        if (node.OpType == "Constant")
            return node.Attribute("value")?.Tensor is { ElementCount: > 1 } value && value.ElementType.IsReal() ? value with { Name = node.Outputs[0] } : null;
        OnnxTensor?[] inputs = [.. node.Inputs.Select(i => constants.GetValueOrDefault(i))];
        if (inputs.Length == 0 || inputs[0] is not OnnxTensor x || inputs.Zip(node.Inputs).Any(p => p.First is null && p.Second.Length > 0))
            return null;
        string name = node.Outputs[0];
        return node.OpType switch
        {
            "Identity" => x with { Name = name },
            "Cast" when node.Int("to", 0) == (long)OnnxElementType.Float && (x.ElementType.IsReal() || x.ElementType.Bits() >= 8) => OnnxTensor.Of(name, x.ToFloats(), x.Dimensions.AsSpan()),
            "Transpose" when x.ElementType.Bits() >= 8 => Transpose(name, x, node.Attribute("perm")?.Ints is { Length: > 0 } stated ? stated : [.. Enumerable.Range(0, x.Dimensions.Length).Reverse()]),
            "Reshape" when x.ElementType.IsReal() => Reshape(name, x, inputs[1]!.ToInt64s(), node.Int("allowzero", 0) != 0),
            "DequantizeLinear" => Dequantize(name, x, inputs[1]!, inputs.ElementAtOrDefault(2), node),
            _ => null,
        };
    }

    /// <summary>Gather, then DequantizeLinear with one scale: a Gather from the dequantised table.</summary>
    private static OnnxNode? Exchange(OnnxNode node, Dictionary<string, OnnxNode> gathers, Dictionary<string, OnnxTensor> constants, List<OnnxTensor> made, Func<string, bool> wanted)
    {
        if (node is not { OpType: "DequantizeLinear", IsStandard: true } || !gathers.TryGetValue(node.Inputs[0], out OnnxNode? gather)
            || !constants.TryGetValue(gather.Inputs[0], out OnnxTensor? table) || constants.GetValueOrDefault(node.Inputs[1]) is not { ElementCount: 1 } scale
            || (node.Input(2).Length > 0 && !constants.ContainsKey(node.Inputs[2])))
        {
            return null;
        }
        string name = gather.Inputs[0] + FloatSuffix;
        if (constants.ContainsKey(name))
            name = node.Outputs[0] + FloatSuffix;
        if (!wanted(name) || Dequantize(name, table, scale, constants.GetValueOrDefault(node.Input(2)), node) is not OnnxTensor weights)
            return null;
        constants[name] = weights;
        made.Add(weights);
        return gather with { Inputs = [name, .. gather.Inputs[1..]], Outputs = node.Outputs };
    }

    /// <summary>Rows of a table times their scales: a Gather from the table in float, under the name that the table had before it was stored in 8 bits.</summary>
    private static OnnxNode? Unscale(OnnxNode node, NodeIndex index, Dictionary<string, OnnxTensor> constants, List<OnnxTensor> made, Func<string, bool> wanted)
    {
        if (ScaledTable.Before(node, index) is not ScaledTable table)
            return null;
        string stored = table.Numbers.Name;
        string name = stored.EndsWith(Int8Storage.NumbersEnd, StringComparison.Ordinal) ? stored[..^Int8Storage.NumbersEnd.Length] : stored + FloatSuffix;
        if (!wanted(name))
            return null;
        // A table that several Gathers pick from is one weight.
        if (made.TrueForAll(t => t.Name != name))
        {
            if (!constants.TryAdd(name, table.ToFloat(name)))
                return null;
            made.Add(constants[name]);
        }
        return table.Gather with { Inputs = [name, .. table.Gather.Inputs[1..]], Outputs = node.Outputs };
    }

    private static OnnxTensor? Dequantize(string name, OnnxTensor x, OnnxTensor scale, OnnxTensor? zero, OnnxNode node)
    {
        if (x.ElementType is not (OnnxElementType.Int8 or OnnxElementType.UInt8 or OnnxElementType.Int16 or OnnxElementType.UInt16 or OnnxElementType.Int32)
            || scale.ElementType != OnnxElementType.Float || node.Int("block_size", 0) != 0)
        {
            return null;
        }
        long run = x.ElementCount, places = 1;
        if (scale.ElementCount > 1)
        {
            long axis = node.Int("axis", 1);
            axis = axis < 0 ? axis + x.Dimensions.Length : axis;
            if (axis < 0 || axis >= x.Dimensions.Length || x.Dimensions[(int)axis] != scale.ElementCount)
                return null;
            places = scale.ElementCount;
            run = x.Dimensions[((int)axis + 1)..].Aggregate(1L, (a, b) => a * b);
        }
        float[] scales = scale.ToFloats();
        long[] zeros = zero?.ToInt64s() ?? new long[scales.Length], stored = x.ToInt64s();
        if (zeros.Length != scales.Length)
            return null;
        float[] values = new float[stored.Length];
        for (long i = 0; i < values.Length; i++)
        {
            long place = i / run % places;
            values[i] = (stored[i] - zeros[place]) * scales[place];
        }
        return OnnxTensor.Of(name, values, x.Dimensions.AsSpan());
    }

    private static OnnxTensor? Reshape(string name, OnnxTensor x, long[] shape, bool zeroIsZero)
    {
        for (int i = 0; i < shape.Length && !zeroIsZero; i++)
        {
            if (shape[i] == 0 && i < x.Dimensions.Length)
                shape[i] = x.Dimensions[i];
        }
        int open = Array.IndexOf(shape, -1);
        if (open >= 0)
        {
            long others = shape.Where((_, i) => i != open).Aggregate(1L, (a, b) => a * b);
            shape[open] = others == 0 ? 0 : x.ElementCount / others;
        }
        return shape.Aggregate(1L, (a, b) => a * b) == x.ElementCount ? OnnxTensor.Of(name, x.ElementType, x.ToBytes().Span, shape) : null;
    }

    private static OnnxTensor Transpose(string name, OnnxTensor x, ImmutableArray<long> permutation)
    {
        int rank = x.Dimensions.Length, size = x.ElementType.Bits() / 8;
        long[] steps = new long[rank];
        long step = 1;
        for (int i = rank - 1; i >= 0; i--)
        {
            steps[i] = step;
            step *= x.Dimensions[i];
        }
        long[] shape = [.. permutation.Select(p => x.Dimensions[(int)p])], strides = [.. permutation.Select(p => steps[p])], place = new long[rank];
        ReadOnlySpan<byte> from = x.ToBytes().Span;
        byte[] to = new byte[from.Length];
        long source = 0;
        for (int target = 0; target < to.Length; target += size)
        {
            from.Slice((int)source * size, size).CopyTo(to.AsSpan(target));
            // The next place, counted from the last axis.
            for (int axis = rank - 1; axis >= 0; axis--)
            {
                source += strides[axis];
                if (++place[axis] < shape[axis])
                    break;
                source -= strides[axis] * shape[axis];
                place[axis] = 0;
            }
        }
        return OnnxTensor.Of<byte>(name, x.ElementType, to, shape);
    }

    /// <summary>The graph over the new weights, without those that nothing reads any more and without what is said about values that became constants.</summary>
    private static OnnxGraph Prune(OnnxGraph graph, List<OnnxNode> nodes, List<OnnxTensor> made)
    {
        HashSet<string> read = [.. graph.Outputs.Select(o => o.Name)], before = [.. graph.Nodes.SelectMany(NodeReads.Of)];
        var kept = new List<OnnxNode>();
        foreach (OnnxNode node in Enumerable.Reverse(nodes))
        {
            // Nodes that nobody read before are the author's affair.
            if (node.Outputs.Any(read.Contains) || !node.Outputs.Any(before.Contains))
            {
                kept.Add(node);
                read.UnionWith(NodeReads.Of(node));
            }
        }
        kept.Reverse();
        HashSet<string> computed = [.. kept.SelectMany(n => n.Outputs)];
        HashSet<string> left = [.. graph.Initializers.Where(t => !read.Contains(t.Name)).Select(t => t.Name)];
        return graph with
        {
            Nodes = [.. kept],
            // Files of the first versions list constants among the inputs.
            Inputs = [.. graph.Inputs.Where(i => !left.Contains(i.Name))],
            Initializers = [.. graph.Initializers.Where(t => !left.Contains(t.Name)), .. made.Where(t => read.Contains(t.Name))],
            ValueInfo = [.. graph.ValueInfo.Where(v => computed.Contains(v.Name))],
        };
    }
}
